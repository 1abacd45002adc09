package dev.tasker.testkit.interleaving;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.Session;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskRequest;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.Fault.Kind;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** Commit lanes in trouble: a writer that stops with locks in hand, a lock that does not come free, a poison command, a full lane. */
@ExtendWith(DatabaseExtension.class)
class LaneFaultTest {
    private static final Duration SOON = Duration.ofSeconds(8);
    private static final int GATE = 77;

    private static final String LONE = """
        name: lone
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: only, handler: {callable: work}}
        """;

    private static final String JOIN = """
        name: join
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: left, handler: {callable: work}}
          - {name: right, handler: {callable: work}}
          - {name: join, handler: {callable: work}, dependencies: [left, right]}
        """;

    private final TestDatabase database;
    private final FaultyDataSource direct;

    LaneFaultTest(TestDatabase database) {
        this.database = database;
        this.direct = new FaultyDataSource(database.dataSource());
    }

    private Engine open(int queueCommandsMax) {
        LaneConfig lane = new LaneConfig(1, queueCommandsMax, 64L << 20, 500, 4L << 20);
        Engine engine =
                Engine.open(database.dataSource(), direct, EngineConfig.DEFAULT.withLanes(lane), EngineListener.NONE);
        engine.register(TemplateParser.parse("lone.yaml", LONE).template());
        engine.register(TemplateParser.parse("join.yaml", JOIN).template());
        return engine;
    }

    private static CompletableFuture<Creation> create(Engine engine, String name, String key) {
        return engine.create(TaskRequest.of("proof", name, "1.0.0", "{}").withIdempotencyKey(key));
    }

    private static EngineMetrics.Lane lane(Engine engine) {
        return engine.metrics().lanes().getFirst();
    }

    @Test
    void poisonResultFailsAloneAmongFifty() throws Exception {
        try (Engine engine = open(1_000)) {
            Inbox inbox = new Inbox();
            Session session = inbox.open(engine, true);
            session.grant(52);
            for (int i = 0; i < 52; i++) {
                create(engine, "lone", "poison-" + i).get(8, SECONDS);
            }
            List<Assignment> assignments = inbox.next(52);
            Fault parked = direct.on("complete_steps", Kind.PARK_BEFORE);
            CompletableFuture<Completion> first = session.complete(assignments.getFirst(), StepResult.success("0"));
            parked.awaitStruck(SOON);
            List<CompletableFuture<Completion>> answers = new ArrayList<>();
            for (int i = 1; i < 52; i++) {
                answers.add(session.complete(assignments.get(i), StepResult.success(i == 23 ? "\"\0\"" : "1")));
            }
            CompletableFuture<Completion> poison = answers.remove(22);

            parked.release();

            assertThat(first.get(8, SECONDS)).isEqualTo(Completion.ACCEPTED);
            for (CompletableFuture<Completion> answer : answers) {
                assertThat(answer.get(8, SECONDS)).isEqualTo(Completion.ACCEPTED);
            }
            assertThat(poison.get(8, SECONDS)).isEqualTo(Completion.INVALID);
            assertThat(lane(engine).poisoned()).isEqualTo(1);
            Assignment spared = assignments.get(23);
            assertThat(engine.steps(spared.taskUuid())).allMatch(step -> step.state() == StepState.IN_PROGRESS);
            assertThat(session.complete(spared, StepResult.success("1")).get(8, SECONDS))
                    .isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void fullLaneRefusesWritesNothingAndRecovers() throws Exception {
        try (Engine engine = open(5)) {
            create(engine, "lone", "full-before").get(8, SECONDS);
            Fault parked = direct.on("create_tasks", Kind.PARK_BEFORE);
            List<CompletableFuture<Creation>> taken = new ArrayList<>();
            taken.add(create(engine, "lone", "full-0"));
            parked.awaitStruck(SOON);
            for (int i = 1; i <= 5; i++) {
                taken.add(create(engine, "lone", "full-" + i));
            }
            long before = tasks();

            CompletableFuture<Creation> refused = create(engine, "lone", "full-6");

            assertThat(refused).isCompletedExceptionally();
            assertThatThrownBy(refused::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED));
            assertThat(lane(engine).refusals()).isEqualTo(1);
            parked.release();
            for (CompletableFuture<Creation> answer : taken) {
                assertThat(answer.get(8, SECONDS)).isInstanceOf(Creation.Created.class);
            }
            assertThat(tasks()).isEqualTo(before + 6);
            assertThat(create(engine, "lone", "full-6").get(8, SECONDS)).isInstanceOf(Creation.Created.class);
        }
    }

    @Test
    void siblingsResultWaitsForAWriterThatStoppedWithTheLockInHand() throws Exception {
        Functions.shipped().install().forEach(database::execute);
        PGSimpleDataSource stopping = database.server().dataSource(database.name());
        stopping.setOptions("-c gate.point=complete_steps/2 -c gate.key=" + GATE);
        try (Connection director = database.dataSource().getConnection();
                Engine one = Engine.open(database.dataSource(), stopping, EngineConfig.DEFAULT, EngineListener.NONE);
                Engine two = open(1_000)) {
            Inbox left = new Inbox();
            Inbox right = new Inbox();
            Session leftSession = left.open(one, true);
            Session rightSession = right.open(two, true);
            UUID task = create(two, "join", "parked").get(8, SECONDS).taskUuid();
            rightSession.grant(1);
            Assignment ofTwo = right.next();
            leftSession.grant(1);
            Assignment ofOne = left.next();
            run(director, "SELECT pg_advisory_lock(" + GATE + ")");
            CompletableFuture<Completion> first = leftSession.complete(ofOne, StepResult.success("1"));
            awaitWaiting(1);
            CompletableFuture<Completion> second = rightSession.complete(ofTwo, StepResult.success("2"));
            awaitWaiting(2);
            assertThat(first).isNotDone();
            assertThat(second).isNotDone();

            run(director, "SELECT pg_advisory_unlock(" + GATE + ")");

            assertThat(first.get(8, SECONDS)).isEqualTo(Completion.ACCEPTED);
            assertThat(second.get(8, SECONDS)).isEqualTo(Completion.ACCEPTED);
            Eventually.await(
                    SOON, () -> left.rest().size() + right.rest().size() == 1, () -> "join was not handed out");
            Assignment join = left.rest().isEmpty() ? right.next() : left.next();
            assertThat(join.dependencyResults()).containsOnlyKeys("left", "right");
            assertThat(left.rest()).isEmpty();
            assertThat(right.rest()).isEmpty();
            assertThat(two.steps(task))
                    .filteredOn(step -> step.name().equals("join"))
                    .allMatch(step -> step.attempts() == 1);
        }
    }

    @Test
    void callThatDoesNotGetItsLockInTimeIsRepeatedUntilItDoes() throws Exception {
        database.execute("ALTER FUNCTION tasker.complete_steps SET lock_timeout = '50ms'");
        try (Connection holder = database.dataSource().getConnection();
                Engine engine = open(1_000)) {
            Inbox inbox = new Inbox();
            Session session = inbox.open(engine, true);
            session.grant(1);
            create(engine, "lone", "lock").get(8, SECONDS);
            Assignment assignment = inbox.next();
            holder.setAutoCommit(false);
            run(holder, "SELECT FROM tasker.tasks WHERE task_uuid = '" + assignment.taskUuid() + "' FOR NO KEY UPDATE");

            CompletableFuture<Completion> answer = session.complete(assignment, StepResult.success("1"));

            Eventually.await(
                    SOON, () -> lane(engine).repeats() >= 2, () -> lane(engine).toString());
            assertThat(answer).isNotDone();
            holder.rollback();
            assertThat(answer.get(8, SECONDS)).isEqualTo(Completion.ACCEPTED);
        }
    }

    private void awaitWaiting(int backends) {
        Eventually.await(
                SOON, () -> waiting() == backends, () -> waiting() + " backends wait (expected: " + backends + ")");
    }

    private int waiting() {
        return Integer.parseInt(database.query("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN"
                        + " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())")
                .getFirst());
    }

    private long tasks() {
        return Long.parseLong(
                database.query("SELECT count(*) FROM tasker.tasks").getFirst());
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
