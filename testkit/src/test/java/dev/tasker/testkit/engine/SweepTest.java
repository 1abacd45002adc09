package dev.tasker.testkit.engine;

import static dev.tasker.testkit.HandDrivenWorker.answer;
import static dev.tasker.testkit.engine.Sweeps.action;
import static dev.tasker.testkit.engine.Sweeps.exhausting;
import static dev.tasker.testkit.engine.Sweeps.small;
import static dev.tasker.testkit.engine.Sweeps.sweep;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.StaleTask.Action;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

/** How sweeps go over what is stale: in pieces, longest first, one for all nodes, each task once (01 §5.2). */
@ExtendWith(DatabaseExtension.class)
class SweepTest {
    @Test
    void sweepJudgesTheLongestFirstAndNoMoreThanItMay(TestDatabase database) {
        StalenessConfig small = small(2);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withStaleness(small))) {
            while (!node.engine().deadLetters().sweep().isEmpty()) {
                // what other tests left
            }
            TemplateFixture template = node.register(node.draft("many", "a").with("identity_strategy: always_unique"));
            List<UUID> tasks = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                tasks.add(node.create(template));
                database.advance(ofMinutes(1));
            }
            database.advance(ofMinutes(30));

            assertThat(uuids(node.engine().deadLetters().sweep())).containsExactly(tasks.get(0), tasks.get(1));
            assertThat(uuids(node.engine().deadLetters().sweep())).containsExactly(tasks.get(2), tasks.get(3));
            assertThat(uuids(node.engine().deadLetters().sweep())).containsExactly(tasks.get(4));
        }
    }

    @Test
    void lifetimesAreWalkedInPiecesAndEachTaskOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withStaleness(small(1)))) {
            TemplateFixture template = node.register(node.draft("pieces", "a")
                    .with("identity_strategy: always_unique")
                    .with("lifecycle: {max_duration_minutes: 200, max_steps_in_process_minutes: 10000}"));
            List<UUID> tasks = List.of(node.create(template), node.create(template), node.create(template));
            database.advance(ofMinutes(201));
            List<UUID> judged = new ArrayList<>();
            List<StaleTask> piece = node.engine().deadLetters().sweep();
            while (!piece.isEmpty()) {
                judged.addAll(uuids(piece));
                piece = node.engine().deadLetters().sweep();
            }

            assertThat(judged).containsSubsequence(tasks).doesNotHaveDuplicates();
        }
    }

    @Test
    void taskUnderInvestigationIsLeftAloneUntilTheEntryIsClosed(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("looked_into", "a"));
            assertThat(node.engine().deadLetters().enter(task, DeadLetterReason.MANUAL_DLQ, "{}"))
                    .isEqualTo(new ActionOutcome.Done());
            database.advance(ofHours(25));
            assertThat(sweep(node, task)).isEmpty();

            database.execute(
                    "UPDATE tasker.tasks_dlq SET resolution_status = 'cancelled', resolution_timestamp = now()");
            assertThat(sweep(node, task)).isPresent();
        }
    }

    @Test
    void stepsWithUsedUpAttemptsAreEnteredWhenConfigured(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(2);
            UUID exhausted = node.create(
                    node.register(node.draft("exhausted").step("a", "retry: {retryable: true, max_attempts: 1}")));
            UUID permanent = node.create(node.template("permanent", "b"));
            var running = worker.next(2);
            worker.failRetryably(running.of("a"));
            worker.failForGood(running.of("b"));
            database.advance(ofMinutes(2));
            assertThat(sweep(node, exhausted)).as("not configured").isEmpty();

            try (TestNode other = node.another(TestNode.CONFIG.withStaleness(exhausting()))) {
                StaleTask found = sweep(other, exhausted).orElseThrow();
                assertThat(found.reason()).isEqualTo(DeadLetterReason.MAX_RETRIES_EXCEEDED);
                assertThat(found.action()).isEqualTo(Action.MOVED_TO_DLQ_ONLY);
                assertThat(other.engine().deadLetters().newest(permanent)).isEmpty();
                assertThat(sweep(other, exhausted)).as("again").isEmpty();
            }
            assertThat(node.task(exhausted).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void oneTaskThatCannotBeEnteredDoesNotKeepTheOthersFromIt(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID poison = node.create(node.template("poison", "a"));
            UUID other = node.create(node.template("fine", "a"));
            database.execute(
                    "ALTER TABLE tasker.tasks_dlq ADD CONSTRAINT poison CHECK (task_uuid <> '" + poison + "')");
            try {
                database.advance(ofMinutes(31));
                List<StaleTask> judged = node.engine().deadLetters().sweep();
                assertThat(action(judged, poison)).isEqualTo(Action.TRANSITION_FAILED);
                assertThat(action(judged, other)).isEqualTo(Action.TRANSITIONED_TO_DLQ_AND_ERROR);
                assertThat(node.task(poison).state()).as("no half of it").isEqualTo(TaskState.STEPS_IN_PROCESS);
            } finally {
                database.execute("ALTER TABLE tasker.tasks_dlq DROP CONSTRAINT poison");
            }
            assertThat(sweep(node, poison)).as("judged anew").isPresent();
        }
    }

    @Test
    void listenersAreToldAfterTheFact(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("LISTEN task_staleness_detected");
            UUID task = node.create(node.template("told", "a"));
            database.advance(ofMinutes(31));
            assertThat(sweep(node, task)).isPresent();

            var told = connection.unwrap(PGConnection.class).getNotifications(5_000);
            assertThat(Arrays.stream(told).map(event -> event.getParameter()))
                    .anyMatch(json -> json.contains("\"task_uuid\":\"" + task + "\"")
                            && json.contains("\"action_taken\":\"transitioned_to_dlq_and_error\""));
        }
    }

    @Test
    void nodesSweepOncePerIntervalTogether(TestDatabase database) {
        StalenessConfig every = StalenessConfig.DEFAULT;
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("shared", "a"));
            database.advance(ofMinutes(31));
            assertThat(call(database, false, every)).as("the first").contains(task.toString());
            UUID next = node.create(node.register(
                    node.draft("shared", "b").version("2.0.0").with("lifecycle: {max_steps_in_process_minutes: 1}")));
            database.advance(ofMinutes(4));
            assertThat(call(database, false, every)).as("not due").doesNotContain(next.toString());
            database.advance(ofMinutes(1));
            assertThat(call(database, false, every)).as("due").contains(next.toString());
        }
    }

    @Test
    void twoNodesSweepingAtOnceJudgeEachTaskOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            TemplateFixture template = node.register(node.draft("crowd", "a").with("identity_strategy: always_unique"));
            List<UUID> tasks = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                tasks.add(node.create(template));
            }
            database.advance(ofMinutes(31));
            var first = CompletableFuture.supplyAsync(
                    () -> node.engine().deadLetters().sweep());
            var second = CompletableFuture.supplyAsync(
                    () -> other.engine().deadLetters().sweep());
            List<StaleTask> judged = new ArrayList<>(answer(first));
            judged.addAll(answer(second));

            assertThat(judged.stream().filter(task -> tasks.contains(task.taskUuid())))
                    .hasSize(40)
                    .allMatch(task -> task.action() == Action.TRANSITIONED_TO_DLQ_AND_ERROR);
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.tasks_dlq WHERE task_uuid = ANY (?::uuid[])",
                            "{"
                                    + String.join(
                                            ",",
                                            tasks.stream().map(UUID::toString).toList()) + "}"))
                    .containsExactly("40");
        }
    }

    @Test
    void sweepThatDiesInTheMiddleLeavesNothingHalfDone(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("killed", "a"));
            database.advance(ofMinutes(31));
            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(CALL.formatted(true));
                database.query(
                        "SELECT pg_terminate_backend(?)",
                        connection.unwrap(PGConnection.class).getBackendPID());
            } catch (java.sql.SQLException e) {
                assertThat(e.getSQLState()).isNotBlank();
            }
            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(node.engine().deadLetters().newest(task)).isEmpty();
            assertThat(Eventually.get("the next sweep", () -> sweep(node, task), Optional::isPresent))
                    .isPresent();
        }
    }

    private static List<UUID> uuids(List<StaleTask> tasks) {
        return tasks.stream().map(StaleTask::taskUuid).toList();
    }

    private static final String CALL =
            "SELECT * FROM tasker.sweep_stale_tasks(%s, '300 s', false, 100, 20000, 60, 30, 30, 1440, 15, true, true,"
                    + " false)";

    private static String call(TestDatabase database, boolean again, StalenessConfig config) {
        return database.query(
                        CALL.formatted(again).replace("300 s", config.interval().toSeconds() + " s"))
                .toString();
    }
}
