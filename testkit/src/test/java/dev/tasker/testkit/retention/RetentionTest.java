package dev.tasker.testkit.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Creation;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.RetentionConfig;
import dev.tasker.engine.RetentionConfig.Archive;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks leave by the month, when all of it is finished and old; nobody waits for it (DESIGN §4 "Retention"). */
@ExtendWith(DatabaseExtension.class)
class RetentionTest {
    private static final Duration KEEP = Duration.ofDays(31);
    private static final Duration LONG_AFTER = Duration.ofDays(100);
    private static final EngineConfig CONFIG = TestNode.CONFIG.withRetention(RetentionConfig.DEFAULT.withKeep(KEEP));

    @Test
    void finishedTasksLeaveWithEverythingAboutThem(TestDatabase database) {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.template("old", "a");
            UUID task = finished(node, template, "{\"n\":1}");
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.task(task).state()).as("too young to leave").isEqualTo(TaskState.COMPLETE);

            database.advance(LONG_AFTER);
            Eventually.equals("the pass", true, () -> node.engine().maintain());

            assertThat(node.engine().task(task)).isEmpty();
            assertThat(node.engine().steps(task)).isEmpty();
            for (String table :
                    List.of("task_requests", "task_identities", "workflow_steps", "task_history", "step_history")) {
                assertThat(database.query("SELECT count(*) FROM tasker." + table + " WHERE task_uuid = ?", task))
                        .as(table)
                        .containsExactly("0");
            }
            assertThat(finished(node, template, "{\"n\":1}"))
                    .as("the same once more")
                    .isNotEqualTo(task);
            assertThat(leftOvers(database)).isEmpty();
        }
    }

    @Test
    void periodWithAnUnfinishedTaskStays(TestDatabase database) {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.template("mixed", "a");
            UUID done = finished(node, template, "{\"n\":1}");
            UUID waiting = node.create(template.request("{\"n\":2}"));
            database.advance(LONG_AFTER);
            Eventually.equals("the pass", true, () -> node.engine().maintain());

            assertThat(node.task(done).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.task(waiting).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(database.query(
                            "SELECT unfinished, examples FROM tasker.retirable_periods('31 d') WHERE ? = ANY"
                                    + " (examples)",
                            waiting))
                    .as("who keeps it")
                    .containsExactly("1 {" + waiting + "}");

            HandDrivenWorker worker = node.worker(1);
            worker.succeed(worker.next(), "{}");
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.engine().task(done)).isEmpty();
            assertThat(node.engine().task(waiting)).isEmpty();
        }
    }

    @Test
    void tasksAreKeptForEverUnlessSomebodySaysOtherwise(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = finished(node, node.template("kept", "a"), "{}");
            database.advance(Duration.ofDays(2_000));
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void archivedTablesAreMovedAway(TestDatabase database) {
        EngineConfig config = CONFIG.withRetention(CONFIG.retention().withArchive(Archive.SCHEMA));
        try (TestNode node = TestNode.open(database, config)) {
            UUID task = finished(node, node.template("archived", "a"), "{}");
            String partition = partitionOf(database, task);
            database.advance(LONG_AFTER);
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.engine().task(task)).isEmpty();
            assertThat(database.query(
                            "SELECT count(*) FROM tasker_archive." + partition + " WHERE task_uuid = ?", task))
                    .containsExactly("1");
            assertThat(leftOvers(database)).isEmpty();
        }
    }

    @Test
    void openReaderIsWaitedForByNobodyButTheRetirement(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            TemplateFixture template = node.template("read", "a");
            UUID task = finished(node, template, "{\"n\":1}");
            try (Connection reader = reader(database)) {
                database.advance(LONG_AFTER);
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    Future<Boolean> pass = threads.submit(() -> node.engine().maintain());
                    int n = 2;
                    do { // were they to wait for the reader, they would wait for ever
                        finished(node, template, "{\"n\":" + n++ + "}");
                    } while (!pass.isDone());
                    assertThat(pass.get()).as("nothing is left").isFalse();
                }
                assertThat(pending(database)).containsExactly("1");
                reader.rollback();
            }
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.engine().task(task)).isEmpty();
            assertThat(leftOvers(database)).isEmpty();
        }
    }

    @Test
    void partitionsAreCreatedBesideAnOpenReaderAndWriter(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, CONFIG);
                Connection reader = reader(database);
                Statement writer = reader.createStatement()) {
            UUID task = node.create(node.template("busy", "a").request("{}"));
            writer.execute("SELECT FROM tasker.workflow_steps WHERE task_uuid = '" + task + "' FOR UPDATE");
            String before = database.query("SELECT max(ends_at) FROM tasker.task_periods")
                    .getFirst();
            database.advance(Duration.ofDays(62));
            boolean ignored = node.engine().maintain(); // old periods cannot leave now
            assertThat(database.query("SELECT max(ends_at) > ?::timestamptz FROM tasker.task_periods", before))
                    .containsExactly("t");
            reader.rollback();
            HandDrivenWorker worker = node.worker(1);
            worker.succeed(worker.next(), "{}");
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "begin_retirement, LOSE_REQUEST",
        "begin_retirement, LOSE_ANSWER",
        "remove_identities, LOSE_REQUEST",
        "remove_identities, LOSE_ANSWER",
        "DETACH PARTITION tasker.tasks, LOSE_REQUEST",
        "DETACH PARTITION tasker.tasks, LOSE_ANSWER",
        "reopen_period, LOSE_ANSWER",
        "DETACH PARTITION tasker.step_history, LOSE_REQUEST",
        "DETACH PARTITION tasker.task_requests, LOSE_ANSWER",
        "finish_retirement, LOSE_REQUEST",
        "finish_retirement, LOSE_ANSWER"
    })
    void whatAKilledNodeBeganAnotherEnds(String statement, Fault.Kind kind, TestDatabase database) {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        UUID task;
        try (TestNode node = TestNode.open(database, CONFIG, direct, EngineListener.NONE)) {
            task = finished(node, node.template("killed", "a"), "{}");
            database.advance(LONG_AFTER);
            try (Fault fault = direct.on(statement, kind)) {
                Eventually.equals("the fault to have struck", true, () -> {
                    boolean ignored = passes(node);
                    return fault.hasStruck();
                });
            }
        }
        try (TestNode node = TestNode.open(database)) { // keeps for ever, but ends what was begun
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(leftOvers(database)).isEmpty();
        }
        try (TestNode node = TestNode.open(database, CONFIG)) {
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.engine().task(task)).isEmpty();
            assertThat(leftOvers(database)).isEmpty();
        }
    }

    @Test
    void detachmentThatIsKilledWhileItWaitsIsFinalised(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, CONFIG)) {
            UUID task = finished(node, node.template("waiting", "a"), "{}");
            try (Connection reader = reader(database);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                database.advance(LONG_AFTER);
                Future<Boolean> pass = threads.submit(() -> passes(node));
                Eventually.equals(
                        "the backend that waits",
                        List.of("t"),
                        () -> database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE"
                                + " '%DETACH PARTITION%CONCURRENTLY' AND wait_event_type = 'Lock' AND datname ="
                                + " current_database()"));
                assertThat(pass.get()).isFalse();
                assertThat(pending(database)).containsExactly("1");
                reader.rollback();
            }
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.engine().task(task)).isEmpty();
            assertThat(leftOvers(database)).isEmpty();
        }
    }

    @Test
    void nodeThatWasOffForMonthsStarts(TestDatabase database) {
        database.advance(Duration.ofDays(400));
        try (TestNode node = TestNode.open(database)) {
            UUID task = finished(node, node.template("late", "a"), "{}");
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.task_periods WHERE starts_at <= tasker.engine_now() AND"
                                    + " ends_at > tasker.engine_now()"))
                    .containsExactly("1");
            assertThat(partitions(database)).contains(partitionOf(database, task));
        }
    }

    @Test
    void twoNodesThatStartAtOnceCreateEachPeriodOnce(TestDatabase database) throws Exception {
        database.advance(Duration.ofDays(150));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TestNode> one = threads.submit(() -> TestNode.open(database));
            Future<TestNode> other = threads.submit(() -> TestNode.open(database));
            one.get().close();
            other.get().close();
        }
        assertThat(database.query("SELECT count(*) FROM tasker.task_periods AS one JOIN tasker.task_periods AS other"
                        + " ON one.starts_at < other.starts_at AND one.ends_at > other.starts_at"))
                .as("overlaps")
                .containsExactly("0");
    }

    @Test
    void taskTakenUpAgainInTheLastMomentBringsItsPeriodBack(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, CONFIG, direct, EngineListener.NONE);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TemplateFixture template = node.template("again", "a");
            UUID task = finished(node, template, "{\"n\":1}");
            database.advance(LONG_AFTER);
            try (Fault fault = direct.on("DETACH PARTITION tasker.tasks", Fault.Kind.PARK_BEFORE)) {
                Future<Boolean> pass = threads.submit(() -> node.engine().maintain());
                fault.awaitStruck(Duration.ofSeconds(30));
                setState(database, task, 7); // as if an operator had reopened it; only its state counts here
                fault.release();
                assertThat(pass.get()).isTrue();
            }
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(HandDrivenWorker.answer(node.engine().create(template.request("{\"n\":1}"))))
                    .isEqualTo(new Creation.Duplicate(task));
            setState(database, task, 8);
            Eventually.equals("the pass", true, () -> node.engine().maintain());
            assertThat(node.engine().task(task)).isEmpty();
        }
    }

    @Test
    void whatPinsDeadRowsIsCountedAndNamed(TestDatabase database) throws Exception {
        RetentionConfig soon =
                new RetentionConfig(RetentionConfig.Period.MONTH, 2, null, Archive.DROP, Duration.ofSeconds(1));
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withRetention(soon));
                Connection reader = reader(database)) {
            String pid = reader.unwrap(org.postgresql.PGConnection.class).getBackendPID() + "";
            assertThat(database.query("SELECT kind FROM tasker.pinning_horizon() WHERE pid = ?::integer", pid))
                    .containsExactly("transaction");
            Eventually.get(
                    "offenders",
                    () -> {
                        node.engine().maintain();
                        return node.engine().metrics();
                    },
                    metrics -> metrics.pinnedBy() >= 1 && metrics.pinnedSeconds() >= 1);
            reader.rollback();
            assertThat(database.query("SELECT kind FROM tasker.pinning_horizon() WHERE pid = ?::integer", pid))
                    .isEmpty();
        }
    }

    private static UUID finished(TestNode node, TemplateFixture template, String context) {
        UUID task = node.create(template.request(context));
        HandDrivenWorker worker = node.worker(1);
        worker.succeed(worker.next(), "{}");
        Eventually.equals("state", TaskState.COMPLETE, () -> node.task(task).state());
        worker.session().close();
        return task;
    }

    /** Whether a pass could be made. */
    private static boolean passes(TestNode node) {
        try {
            boolean ignored = node.engine().maintain();
            return true;
        } catch (EngineException e) {
            return false;
        }
    }

    /** A transaction that has read every partition of tasks, and keeps its snapshot. */
    private static Connection reader(TestDatabase database) throws SQLException {
        Connection reader = database.dataSource().getConnection();
        reader.setAutoCommit(false);
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = reader.createStatement()) {
            statement.execute("SELECT count(*) FROM tasker.tasks");
        }
        return reader;
    }

    private static void setState(TestDatabase database, UUID task, int state) {
        database.query(
                "UPDATE tasker.tasks SET state = ?::smallint WHERE task_uuid = ? RETURNING task_uuid", state, task);
    }

    private static String partitionOf(TestDatabase database, UUID task) {
        return database.query("SELECT tableoid::regclass FROM tasker.tasks WHERE task_uuid = ?", task)
                .getFirst()
                .replace("tasker.", "");
    }

    /** How many partitions of tasks are out of sight, but not detached yet. */
    private static List<String> pending(TestDatabase database) {
        return database.query(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'tasker.tasks'::regclass AND inhdetachpending");
    }

    private static List<String> partitions(TestDatabase database) {
        return database.query("SELECT relname FROM pg_class WHERE relnamespace = 'tasker'::regnamespace");
    }

    /** Partitions without a period, and periods that are still retiring. */
    private static List<String> leftOvers(TestDatabase database) {
        return database.query("""
            SELECT class.relname
            FROM   pg_class AS class
            WHERE  class.relnamespace = 'tasker'::regnamespace AND class.relkind = 'r' AND class.relname ~ '_p[0-9]{8}$'
            AND    NOT EXISTS (SELECT FROM tasker.task_periods AS period WHERE class.relname LIKE '%' || period.suffix)
            UNION ALL
            SELECT suffix FROM tasker.task_periods WHERE retiring_since IS NOT NULL
            """);
    }
}
