package dev.tasker.testkit.interleaving;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A database with tasks in mid-run, put back before every performance, a clock that stands still, and two writers. Since even times are
 * equal, performances are compared by all their rows.
 *
 * <p>The mesh: {@code root} is complete; {@code a} is in progress with session 1 and {@code b} with session 2, both expired, and {@code c}
 * needs both; {@code d} waits in the queue; {@code e} waits for its retry, which is due; {@code z} needs c, d and e. Two smaller tasks:
 * of both, {@code p} and {@code q} are in progress with session 3, and in the trio {@code r} needs q. In the batch task, {@code cut} has
 * created four instances, of which two are in progress with session 3 and two wait for a slot. Sessions 3 and 4 are alive.
 */
final class Stage implements AutoCloseable {
    static final String TASK = "01900000-0000-7000-8000-000000000000";
    static final String PAIR_TASK = "01900000-0000-7000-8000-000000100000";
    static final String TRIO_TASK = "01900000-0000-7000-8000-000000200000";

    static final String BATCH_TASK = "01900000-0000-7000-8000-000000300000";

    /** A task given up while its parts a and b were running; c needs a, d needs b, and e waits for a retry that is due. */
    static final String GIVEN_UP_TASK = "01900000-0000-7000-8000-000000400000";

    /**
     * A task with faults, which the doctor mends: its part p is in progress with session 3, q could start and was never enqueued, r waits
     * in the queue with a priority that is not its own, and the task's counter of active steps is off.
     */
    static final String LAME_TASK = "01900000-0000-7000-8000-000000500000";

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final String MESH = """
        name: mesh
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: root, handler: {callable: work}}
          - {name: a, handler: {callable: work}, dependencies: [root]}
          - {name: b, handler: {callable: work}, dependencies: [root], retry: {retryable: true, max_attempts: 1}}
          - {name: d, handler: {callable: work}, dependencies: [root]}
          - {name: e, handler: {callable: work}, dependencies: [root]}
          - {name: c, handler: {callable: work}, dependencies: [a, b]}
          - {name: z, handler: {callable: work}, dependencies: [c, d, e]}
        """;

    private static final String PAIR = """
        name: pair
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: p, handler: {callable: work}}
          - {name: q, handler: {callable: work}}
        """;

    private static final String TRIO = """
        name: trio
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: p, handler: {callable: work}}
          - {name: q, handler: {callable: work}}
          - {name: r, handler: {callable: work}, dependencies: [q]}
        """;

    private static final String BATCH = """
        name: batch
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: cut, handler: {callable: work}}
        """;

    private static final String FEED = "rollup_feed";

    private static final String GIVEN_UP = """
        name: given_up
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: a, handler: {callable: work}}
          - {name: b, handler: {callable: work}}
          - {name: e, handler: {callable: work}}
          - {name: c, handler: {callable: work}, dependencies: [a]}
          - {name: d, handler: {callable: work}, dependencies: [b]}
        """;

    private static final String LAME = """
        name: lame
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: p, handler: {callable: work}}
          - {name: q, handler: {callable: work}}
          - {name: r, handler: {callable: work}}
          - {name: s, handler: {callable: work}, dependencies: [p, q, r]}
        """;

    private static final List<String> TABLES = List.of(
            "task_identities",
            "task_requests",
            "tasks",
            "workflow_steps",
            "batches",
            "ready_steps",
            "timers",
            "worker_sessions",
            "session_leases",
            "task_history",
            "step_history",
            "domain_events",
            "tasks_dlq",
            "lifetime_clocks",
            FEED);

    private static final String CHANGES = """
        SELECT format('rollup_feed %s/%s from %s to %s: %s, of %s ms, %s steps', template_id, template_step, from_state, to_state,
                      sum(entities), sum((SELECT sum(ms) FROM unnest(ages) AS age(ms))), sum(steps))
        FROM   tasker.rollup_feed GROUP BY template_id, template_step, from_state, to_state
        """;

    private static final String CLOCK = """
        CREATE OR REPLACE FUNCTION tasker.engine_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        RETURN '2030-01-01 00:00:00Z'::timestamptz
        """;

    private static final List<String> SCENE = List.of(
            // one before that of the tasks: only when earlier partitions are pruned does PostgreSQL lose rows it has
            // waited for
            "SELECT tasker.create_period('2024-05-01Z', '2024-06-01Z')",
            "SELECT tasker.create_period('2024-06-01Z', '2024-07-01Z')",
            """
            INSERT INTO tasker.worker_sessions (session_id, session_uuid, node_uuid, worker_name, in_process, lease_duration, created_at, expires_at)
            OVERRIDING SYSTEM VALUE
            SELECT id, ('00000000-0000-0000-0000-00000000000' || id)::uuid, '00000000-0000-0000-0000-000000000000', 'worker', true, '30 s',
                   tasker.engine_now(), tasker.engine_now() + CASE WHEN id < 3 THEN interval '-1 min' ELSE interval '30 s' END
            FROM   generate_series(1, 4) AS id
            """,
            """
            SELECT tasker.create_tasks(1, '{}', ARRAY['%1$s', '%4$s', '%5$s', '%6$s']::uuid[],
                                       ARRAY[%2$d, %2$d + 1, %2$d + 2, %2$d + 3], '{0,0,0,0}',
                                       ARRAY['\\x00', '\\x01', '\\x02', '\\x03']::bytea[],
                                       ARRAY['%1$s', '%4$s', '%5$s', '%6$s']::uuid[], '{null,null,null,null}', '{me,me,me,me}',
                                       '{here,here,here,here}', '{why,why,why,why}', '{null,null,null,null}',
                                       ARRAY['{}', '{}', '{}', '{}'], '{null,null,null,null}')
            """,
            "SELECT tasker.claim_steps(2, '{}', 3, ARRAY[%3$d], '{0}', '{0}', 10)",
            """
            SELECT tasker.complete_steps(3, '{}', ARRAY['%1$s']::uuid[], '{0}', '{1}', '{3}', '{0}', '{0}', '{5}', ARRAY['{"by":"root"}'], '{}',
                                         ARRAY['%1$s', '%1$s', '%1$s']::uuid[], '{1,2,4}', '{1,2,4}')
            """,
            """
            SELECT tasker.complete_steps(4, '{}', ARRAY['%1$s']::uuid[], '{4}', '{1}', '{4}', '{1}', '{0}', '{5}', ARRAY['{"by":"e"}'], '{}',
                                         '{}', '{}', '{}')
            """,
            """
            SELECT tasker.grow_and_complete(5, '{}', ARRAY['%6$s']::uuid[], '{0}', '{1}', '{3}', '{0}', '{0}', '{5}', ARRAY['{"by":"cut"}'], '{}',
                                            ARRAY['%6$s', '%6$s']::uuid[], '{1,2}', '{3,3}',
                                            ARRAY['%6$s']::uuid[], '{0}', '{1}', '{0}',
                                            ARRAY['%6$s', '%6$s', '%6$s', '%6$s']::uuid[], '{1,2,3,4}', ARRAY[%3$d, %3$d, %3$d, %3$d],
                                            '{0,0,0,0}', '{0,0,0,0}', '{1,1,1,1}', '{3,3,3,3}', '{0,0,1,1}', '{null,null,null,null}',
                                            '{i1,i2,i3,i4}', '{null,null,null,null}',
                                            ARRAY['%6$s', '%6$s']::uuid[], '{0,0}', '{1,2}', '{0,0}', '{}', '{}', '{}',
                                            ARRAY['%6$s']::uuid[], '{0}', '{4}', '{3}')
            """,
            """
            SELECT tasker.create_tasks(6, '{}', ARRAY['%7$s']::uuid[], ARRAY[%2$d + 4], '{0}', ARRAY['\\x04']::bytea[],
                                       ARRAY['%7$s']::uuid[], '{null}', '{me}', '{here}', '{why}', '{null}', ARRAY['{}'], '{3}')
            """,
            """
            SELECT tasker.complete_steps(7, '{}', ARRAY['%7$s']::uuid[], '{2}', '{1}', '{3}', '{1}', '{0}', '{5}', ARRAY['{"by":"e"}'], '{}',
                                         '{}', '{}', '{}')
            """,
            """
            SELECT tasker.dead_letter_tasks(ARRAY['%7$s']::uuid[], '{staleness_timeout}', '{3}', '{1}', '{30}', '{true}', '{true}',
                                            '{null}')
            """,
            """
            SELECT tasker.create_tasks(8, '{}', ARRAY['%8$s']::uuid[], ARRAY[%2$d + 5], '{0}', ARRAY['\\x05']::bytea[],
                                       ARRAY['%8$s']::uuid[], '{null}', '{me}', '{here}', '{why}', '{null}', ARRAY['{}'], '{3}')
            """,
            """
            WITH lame AS (
              UPDATE tasker.workflow_steps SET state = step_index - 1, version = step_index - 1, attempts = 0, session_id = NULL
              WHERE  task_uuid = '%8$s' AND step_index IN (1, 2)
              RETURNING template_id, template_step, state),
            log AS (
              UPDATE tasker.step_history SET to_state = 1, session_id = NULL WHERE task_uuid = '%8$s' AND step_index = 2),
            task AS (UPDATE tasker.tasks SET active_steps = 7 WHERE task_uuid = '%8$s'),
            queued AS (
              INSERT INTO tasker.ready_steps (queue_id, priority, task_uuid, step_index) VALUES (%3$d, 9, '%8$s', 2))
            INSERT INTO tasker.rollup_feed (changed_at, template_id, template_step, from_state, to_state, entities)
            SELECT tasker.engine_now(), template_id, template_step, 2, state, 1 FROM lame
            """,
            "DELETE FROM tasker.step_history WHERE task_uuid = '%8$s' AND step_index = 1");

    private static final String LEASES = """
        SELECT concat_ws(' ', 'session_leases', session_id, batch, held.task_uuid, held.step_index)
        FROM   tasker.session_leases, unnest(task_uuids, step_indexes) AS held(task_uuid, step_index)
        """;

    private final TestDatabase database;
    private final Connection director;
    private final Writer one;
    private final Writer two;
    private final int templateId;
    private final int queueId;
    private final Set<Long> heldGates = new HashSet<>();
    private final List<String> planted;
    private Functions functions;

    Stage(TestDatabase database) throws SQLException {
        this.database = database;
        try (Engine engine = Engine.open(database.dataSource(), EngineConfig.DEFAULT)) {
            for (String template : List.of(MESH, PAIR, TRIO, BATCH, GIVEN_UP, LAME)) {
                engine.register(TemplateParser.parse("proof.yaml", template).template());
            }
        }
        templateId = Integer.parseInt(
                database.query("SELECT min(template_id) FROM tasker.templates").getFirst());
        queueId = Integer.parseInt(
                database.query("SELECT queue_id FROM tasker.queues").getFirst());
        director = database.dataSource().getConnection();
        one = new Writer(database.dataSource(), 1);
        two = new Writer(database.dataSource(), 2);
        database.execute(CLOCK);
        functions = Functions.shipped();
        install(functions);
        for (String statement : SCENE) {
            database.execute(statement.formatted(
                    TASK, templateId, queueId, PAIR_TASK, TRIO_TASK, BATCH_TASK, GIVEN_UP_TASK, LAME_TASK));
        }
        planted = faults();
        for (String table : TABLES) {
            database.execute("CREATE TABLE scene_" + table + " AS TABLE tasker." + table);
        }
    }

    int templateId() {
        return templateId;
    }

    int queueId() {
        return queueId;
    }

    /** Puts these functions in place of the shipped ones. */
    void install(Functions replacement) {
        replacement.install().forEach(database::execute);
        functions = replacement;
    }

    Functions functions() {
        return functions;
    }

    /**
     * What a performance led to.
     *
     * @param first answers of the first operation
     * @param rows every row of every table, but for sequence numbers
     */
    record Outcome(List<String> first, List<String> second, List<String> rows) {

        /** The same outcome with no interest in what the first operation was told. */
        Outcome ofSecond() {
            return new Outcome(List.of(), second, rows);
        }

        /** The same outcome with the operations named the other way round. */
        Outcome reversed() {
            return new Outcome(second, first, rows);
        }

        /** What stands here and not in {@code other}. */
        List<String> beyond(Outcome other) {
            List<String> all = new ArrayList<>();
            first.forEach(answer -> all.add("1st " + answer));
            second.forEach(answer -> all.add("2nd " + answer));
            all.addAll(rows);
            other.first.forEach(answer -> all.remove("1st " + answer));
            other.second.forEach(answer -> all.remove("2nd " + answer));
            other.rows.forEach(all::remove);
            return all;
        }
    }

    /** One operation, then the other. */
    Outcome inTurn(Operation first, Operation second) throws SQLException {
        reset();
        List<String> answers = one.perform(first);
        return outcome(answers, two.perform(second));
    }

    /** The second operation alone. */
    Outcome alone(Operation second) throws SQLException {
        reset();
        return outcome(List.of(), two.perform(second));
    }

    /** Nobody does anything. */
    Outcome nothing() throws SQLException {
        reset();
        return outcome(List.of(), List.of());
    }

    /** The first is carried out but not committed while the second tries; then it is committed, or rolled back. */
    Outcome held(Operation first, Operation second, boolean commit) throws SQLException {
        reset();
        one.begin();
        List<String> answers = one.perform(first);
        CompletableFuture<List<String>> other = two.start(second);
        awaitStanding(two, other);
        if (commit) {
            one.commit();
        } else {
            one.rollback();
        }
        return outcome(answers, other.orTimeout(PATIENCE.toSeconds(), SECONDS).join());
    }

    /** The first stops at its gate, the second at its own (0: nowhere); the first goes on, then the second. */
    Outcome gated(Operation first, int firstGate, Operation second, int secondGate) throws SQLException {
        reset();
        one.stopAt(first.function() + "/" + firstGate);
        two.stopAt(secondGate == 0 ? null : second.function() + "/" + secondGate);
        shut(one);
        if (secondGate > 0) {
            shut(two);
        }
        CompletableFuture<List<String>> firstAnswers = one.start(first);
        awaitStanding(one, firstAnswers);
        CompletableFuture<List<String>> secondAnswers = two.start(second);
        awaitStanding(two, secondAnswers);
        open(one);
        awaitStanding(one, firstAnswers);
        awaitStanding(two, secondAnswers);
        open(two);
        Outcome outcome = outcome(
                firstAnswers.orTimeout(PATIENCE.toSeconds(), SECONDS).join(),
                secondAnswers.orTimeout(PATIENCE.toSeconds(), SECONDS).join());
        one.stopAt(null);
        two.stopAt(null);
        return outcome;
    }

    /** What the auditor finds in what the last performance left, but for what was wrong with the lame task before. */
    List<TestDatabase.Finding> audit() {
        List<TestDatabase.Finding> findings = new ArrayList<>(database.audit());
        findings.removeIf(finding -> finding.task().equals(LAME_TASK) && planted.contains(finding.code()));
        return findings;
    }

    /** What the auditor finds of the lame task. */
    List<String> faults() {
        return database.audit().stream()
                .filter(finding -> finding.task().equals(LAME_TASK))
                .map(TestDatabase.Finding::code)
                .sorted()
                .toList();
    }

    /** Leaves the scene without its faults, as the auditor wants to find it after a test. */
    void leaveMended() throws SQLException {
        reset();
        database.execute("SELECT tasker.examine_task('" + LAME_TASK + "', true)"); // whose changes are fed, unlike ours
    }

    private void shut(Writer writer) throws SQLException {
        if (heldGates.add(writer.gateKey())) {
            run("SELECT pg_advisory_lock(" + writer.gateKey() + ")");
        }
    }

    private void open(Writer writer) throws SQLException {
        if (heldGates.remove(writer.gateKey())) {
            run("SELECT pg_advisory_unlock(" + writer.gateKey() + ")");
        }
    }

    /** Returns when the writer has its answer or waits for a lock that only somebody else's progress can free. */
    private void awaitStanding(Writer writer, CompletableFuture<List<String>> answers) {
        Eventually.await(
                PATIENCE,
                () -> answers.isDone() || waits(writer),
                () -> "process " + writer.process() + " neither finishes nor waits");
    }

    /** Whether the writer's own entry in the lock table is not granted, to a holder that does not move: us, or a writer we hold. */
    private boolean waits(Writer writer) {
        try (Statement statement = director.createStatement()) {
            ResultSet row = statement.executeQuery(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = " + writer.process() + ")");
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void reset() throws SQLException {
        StringBuilder sql =
                new StringBuilder("SET synchronous_commit = off; SET session_replication_role = replica; BEGIN; ");
        for (String table : TABLES) {
            sql.append("DELETE FROM tasker.").append(table).append("; ");
            sql.append("INSERT INTO tasker.")
                    .append(table)
                    .append(" OVERRIDING SYSTEM VALUE TABLE scene_")
                    .append(table)
                    .append("; ");
        }
        run(sql.append("COMMIT; RESET session_replication_role").toString());
    }

    private Outcome outcome(List<String> first, List<String> second) throws SQLException {
        List<String> rows = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        for (String table : TABLES) {
            if (table.equals("session_leases") || table.equals(FEED)) {
                continue; // below: order within a row, and number of rows, depend on where steps are stored and who
                // came first
            }
            sql.append("SELECT '")
                    .append(table)
                    .append(" ' || (to_jsonb(t) - '{sequence,transaction_id,position,dlq_entry_uuid}'::text[])::text"
                            + " FROM tasker.")
                    .append(table)
                    .append(" AS t UNION ALL ");
        }
        try (Statement statement = director.createStatement()) {
            ResultSet found = statement.executeQuery(sql.append(LEASES)
                    .append(" UNION ALL ")
                    .append(CHANGES)
                    .append(" ORDER BY 1")
                    .toString());
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        return new Outcome(first, second, rows);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = director.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        one.close();
        two.close();
        director.close();
    }
}
