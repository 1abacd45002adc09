package dev.tasker.testkit.engine;

import static dev.tasker.testkit.HandDrivenWorker.answer;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.StaleTask.Action;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.StalenessMetrics.Pair;
import dev.tasker.engine.TaskStaleness;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

/** Which tasks are stale, and what becomes of them (01 §5). The sweeps are made by hand; each looks at what other tests left, too. */
@ExtendWith(DatabaseExtension.class)
class StalenessTest {
    private static final Operator ALICE = new Operator("alice", null);
    private static final String HISTORY =
            "SELECT from_state, to_state, metadata->>'via', metadata->>'reason', metadata->>'task_name' FROM"
                    + " tasker.task_transitions WHERE task_uuid = ? ORDER BY sort_key DESC LIMIT 1";

    @Test
    void taskTooLongInProcessIsEnteredAndFails(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("slow", "a", "b:a"));
            database.advance(ofMinutes(29));
            assertThat(sweep(node, task)).isEmpty();
            database.advance(ofMinutes(1));

            StaleTask stale = sweep(node, task).orElseThrow();

            assertThat(stale.action()).isEqualTo(Action.TRANSITIONED_TO_DLQ_AND_ERROR);
            assertThat(stale.state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(stale.thresholdMinutes()).isEqualTo(30);
            assertThat(stale.minutesInState()).isEqualTo(30);
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            assertThat(database.query(HISTORY, task))
                    .containsExactly("steps_in_process error [] staleness_timeout slow");
            assertThat(database.query(
                            "SELECT original_state, dlq_reason, resolution_status FROM tasker.tasks_dlq WHERE"
                                    + " task_uuid = ?",
                            task))
                    .containsExactly("steps_in_process staleness_timeout pending");
            assertThat(sweep(node, task)).as("again").isEmpty();
        }
    }

    @Test
    void taskWaitingForARetryHasAThresholdOfItsOwn(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("retry", "a"));
            database.advance(ofMinutes(20));
            worker.report(worker.next("a"), Results.retryAfter(ofHours(10)));
            database.advance(ofMinutes(29));
            assertThat(sweep(node, task)).isEmpty();
            database.advance(ofMinutes(1));

            assertThat(sweep(node, task).orElseThrow().state()).isEqualTo(TaskState.WAITING_FOR_RETRY);
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
        }
    }

    @Test
    void templateComesBeforeConfiguration(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID quick = node.create(
                    node.register(node.draft("quick", "a").with("lifecycle: {max_steps_in_process_minutes: 2}")));
            UUID patient = node.create(
                    node.register(node.draft("patient", "a").with("lifecycle: {max_steps_in_process_minutes: 45}")));
            database.advance(ofMinutes(2));
            assertThat(sweep(node, quick).orElseThrow().thresholdMinutes()).isEqualTo(2);
            database.advance(ofMinutes(40));
            assertThat(sweep(node, patient)).isEmpty();
            database.advance(ofMinutes(3));
            assertThat(sweep(node, patient)).isPresent();
        }
    }

    @Test
    void blockedTaskNeverBecomesStale(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("blocked", "a"));
            worker.failForGood(worker.next("a"));
            database.advance(Duration.ofDays(3));

            assertThat(sweep(node, task)).isEmpty();
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @Test
    void lifetimeEndsATaskWhoseStateIsYoung(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID configured = node.create(node.template("old", "a"));
            UUID stated =
                    node.create(node.register(node.draft("short", "b").with("lifecycle: {max_duration_minutes: 100}")));
            keepYoung(database, configured, stated);
            database.advance(ofMinutes(99));
            keepYoung(database, configured, stated);
            assertThat(sweep(node, stated)).isEmpty();
            database.advance(ofMinutes(1));
            assertThat(sweep(node, stated).orElseThrow().thresholdMinutes()).isEqualTo(100);
            assertThat(sweep(node, configured)).isEmpty();

            database.advance(ofHours(23));
            keepYoung(database, configured);
            StaleTask old = sweep(node, configured).orElseThrow();

            assertThat(old.thresholdMinutes()).isEqualTo(24 * 60);
            assertThat(old.minutesInState()).isZero();
            assertThat(node.task(configured).state()).isEqualTo(TaskState.ERROR);
        }
    }

    @Test
    void policyOfTheTemplateDecidesWhichHalvesAreDone(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID error = node.create(policy(node, "p_error", "staleness_action: error"));
            UUID letter = node.create(policy(node, "p_letter", "auto_fail_on_timeout: false"));
            UUID noLetter = node.create(policy(node, "p_no_letter", "auto_dlq_on_timeout: false"));
            UUID none = node.create(policy(node, "p_none", "staleness_action: none"));
            database.advance(ofMinutes(31));

            List<StaleTask> judged = node.engine().deadLetters().sweep();

            assertThat(action(judged, error)).isEqualTo(Action.TRANSITIONED_TO_ERROR_ONLY);
            assertThat(action(judged, letter)).isEqualTo(Action.MOVED_TO_DLQ_ONLY);
            assertThat(action(judged, noLetter)).isEqualTo(Action.TRANSITIONED_TO_ERROR_ONLY);
            assertThat(action(judged, none)).isEqualTo(Action.LEFT_ALONE);
            assertThat(node.task(letter).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(node.task(none).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(node.task(error).state()).isEqualTo(TaskState.ERROR);
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.tasks_dlq WHERE task_uuid = ANY (ARRAY[?, ?, ?])",
                            error,
                            noLetter,
                            none))
                    .containsExactly("0");
            // judged once for this rest, whatever becomes of the entry
            database.execute(
                    "UPDATE tasker.tasks_dlq SET resolution_status = 'cancelled', resolution_timestamp = now()");
            List<StaleTask> again = node.engine().deadLetters().sweep();
            assertThat(again).extracting(StaleTask::taskUuid).doesNotContain(letter, none, error);
        }
    }

    @Test
    void configurationSwitchesTheHalvesOff(TestDatabase database) {
        StalenessConfig standard = StalenessConfig.DEFAULT;
        try (TestNode node = TestNode.open(database, config(false, true, false));
                TestNode other = TestNode.open(database, config(true, false, false))) {
            UUID letter = node.create(node.template("c_letter", "a"));
            database.advance(standard.stepsInProcess());
            assertThat(sweep(node, letter).orElseThrow().action()).isEqualTo(Action.MOVED_TO_DLQ_ONLY);
            UUID error = other.create(other.template("c_error", "a"));
            database.advance(standard.stepsInProcess());
            assertThat(sweep(other, error).orElseThrow().action()).isEqualTo(Action.TRANSITIONED_TO_ERROR_ONLY);
            assertThat(node.task(letter).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
        }
    }

    @Test
    void dryRunOnlyTells(TestDatabase database) {
        try (TestNode node = TestNode.open(database, config(true, true, true))) {
            UUID task = node.create(node.template("dry", "a"));
            database.advance(ofHours(25));
            for (int i = 0; i < 2; i++) {
                StaleTask stale = sweep(node, task).orElseThrow();
                assertThat(stale.action()).isEqualTo(Action.WOULD_TRANSITION_TO_DLQ_AND_ERROR);
                assertThat(stale.entered() || stale.failed()).isFalse();
            }
            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(node.engine().deadLetters().newest(task)).isEmpty();
            assertThat(node.engine().deadLetters().metrics().detectionRuns()).containsEntry(true, 2L);
        }
    }

    @Test
    void healthyBatchWorkersSpareTheirTask(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(2);
            UUID spared = node.create(node.template("spared", "a"));
            Assignment a = worker.next("a");
            database.advance(ofMinutes(31));
            save(worker, a, 1);
            assertThat(sweep(node, spared)).isEmpty();

            database.advance(ofMinutes(16));
            assertThat(sweep(node, spared))
                    .as("its checkpoint is 16 minutes old")
                    .isPresent();
        }
    }

    @Test
    void ordinaryStepPastTheThresholdOrAWorkerWithoutCheckpointSparesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(2);
            UUID mixed = node.create(node.template("mixed", "a", "b"));
            Assignment a = worker.next(2).of("a");
            database.advance(ofMinutes(31));
            save(worker, a, 1);

            assertThat(sweep(node, mixed)).as("b is no batch worker").isPresent();
        }
    }

    @Test
    void lifetimeSparesNobody(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("ancient", "a"));
            Assignment a = worker.next("a");
            database.advance(ofHours(24));
            save(worker, a, 1);

            assertThat(sweep(node, task).orElseThrow().thresholdMinutes()).isEqualTo(24 * 60);
        }
    }

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
    void whatRunsInATaskInErrorIsRecordedAndNothingNewStarts(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(3);
            UUID task = node.create(node.template("sticky", "a", "b", "c", "d:a"));
            var running = worker.next(3);
            database.advance(ofMinutes(30));
            assertThat(sweep(node, task)).isPresent();

            worker.succeed(running.of("a"), "1");
            worker.report(running.of("b"), Results.retryAfter(Duration.ofSeconds(5)));
            worker.failForGood(running.of("c"));
            database.advance(Duration.ofSeconds(10));
            Eventually.get(
                    "the timer",
                    () -> database.query("SELECT count(*) FROM tasker.timers WHERE task_uuid = ?", task),
                    List.of("0")::equals);

            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            assertThat(node.states(task)).containsExactly("a=complete", "b=waiting_for_retry", "c=error", "d=pending");
            assertThat(worker.poll(100)).as("work of a task in error").isNull();
            assertThat(node.engine().reopen(task, "why not", ALICE)).isInstanceOf(ActionOutcome.Refused.class);
        }
    }

    @Test
    void leaseThatRunsOutInATaskInErrorStartsNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("lost", "a"));
            worker.next("a");
            database.advance(ofMinutes(30));
            assertThat(sweep(node, task)).isPresent();
            node.runOut(worker);
            Eventually.get("expiry", () -> node.states(task), List.of("a=waiting_for_retry")::equals);

            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            assertThat(node.engine().reopen(task, "worker replaced", ALICE)).isEqualTo(new ActionOutcome.Done());
            HandDrivenWorker fresh = node.worker(1);
            fresh.run("a");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void reopenedTaskRunsOnAndItsClocksBeginAnew(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("again", "a", "b:a"));
            database.advance(ofHours(25));
            assertThat(sweep(node, task)).isPresent();

            assertThat(node.engine().reopen(task, "the workers are back", ALICE))
                    .isEqualTo(new ActionOutcome.Done());
            assertThat(database.query(HISTORY, task))
                    .containsExactly(
                            "error steps_in_process [\"pending\",\"initializing\",\"enqueuing_steps\"] the workers are"
                                    + " back null");
            database.execute(
                    "UPDATE tasker.tasks_dlq SET resolution_status = 'cancelled', resolution_timestamp = now()");
            database.advance(ofMinutes(29));
            assertThat(sweep(node, task)).as("young again").isEmpty();
            HandDrivenWorker worker = node.worker(1);
            worker.run("a");
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void reopenedTaskHasALifetimeFromThenOn(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(
                    node.register(node.draft("relived", "a").with("lifecycle: {max_duration_minutes: 50}")));
            database.advance(ofMinutes(50));
            assertThat(sweep(node, task)).isPresent();
            assertThat(node.engine().reopen(task, "once more", ALICE)).isEqualTo(new ActionOutcome.Done());
            database.execute(
                    "UPDATE tasker.tasks_dlq SET resolution_status = 'cancelled', resolution_timestamp = now()");
            database.advance(ofMinutes(49));
            keepYoung(database, task);
            assertThat(sweep(node, task)).isEmpty();
            database.advance(ofMinutes(1));

            assertThat(sweep(node, task).orElseThrow().thresholdMinutes()).isEqualTo(50);
        }
    }

    @Test
    void taskWhoseLastResultCameWhileInErrorIsCompleteWhenReopened(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("late", "a"));
            Assignment a = worker.next("a");
            database.advance(ofMinutes(30));
            assertThat(sweep(node, task)).isPresent();
            worker.succeed(a, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);

            assertThat(node.engine().reopen(task, "it was done after all", ALICE))
                    .isEqualTo(new ActionOutcome.Done());

            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.engine().reopen(task, "again", ALICE)).isInstanceOf(ActionOutcome.Refused.class);
            assertThat(node.engine().reopen(UUID.randomUUID(), "x", ALICE)).isInstanceOf(ActionOutcome.NotFound.class);
        }
    }

    @Test
    void retryNotYetDueKeepsItsTimeWhenItsTaskIsReopened(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("later", "a"));
            worker.report(worker.next("a"), Results.retryAfter(ofMinutes(50)));
            database.advance(ofMinutes(31));
            assertThat(sweep(node, task)).isPresent();
            database.query("DELETE FROM tasker.timers WHERE task_uuid = ? RETURNING 1", task);
            assertThat(node.engine().reopen(task, "let it wait", ALICE)).isEqualTo(new ActionOutcome.Done());
            assertThat(node.task(task).state()).isEqualTo(TaskState.WAITING_FOR_RETRY);
            assertThat(worker.poll(100)).isNull();
            database.advance(ofMinutes(20));
            worker.run("a");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
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
    void countersTellWhatWasFound(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("counted", "a"));
            database.advance(ofMinutes(150));
            assertThat(sweep(node, task)).isPresent();

            var metrics = node.engine().deadLetters().metrics();
            assertThat(metrics.tasksDetected().get(new Pair("steps_in_process", "120-360")))
                    .isPositive();
            assertThat(metrics.tasksFailed().get(new Pair("steps_in_process", "staleness_timeout")))
                    .isPositive();
            assertThat(metrics.entriesCreated().get(new Pair("staleness_timeout", "steps_in_process")))
                    .isPositive();
            assertThat(metrics.detectionRuns()).containsEntry(false, 1L);
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

    @Test
    void monitoringTellsHowNearTasksAre(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(
                    node.register(node.draft("near", "a").with("lifecycle: {max_steps_in_process_minutes: 100}")));
            database.advance(ofMinutes(79));
            assertThat(monitored(node, task).health()).isEqualTo(TaskStaleness.Health.HEALTHY);
            database.advance(ofMinutes(1));
            TaskStaleness near = monitored(node, task);
            assertThat(near.health()).isEqualTo(TaskStaleness.Health.WARNING);
            assertThat(near.minutesInState()).isEqualTo(80);
            assertThat(near.ageMinutes()).isEqualTo(80);
            assertThat(near.thresholdMinutes()).isEqualTo(100);
            database.advance(ofMinutes(20));
            assertThat(monitored(node, task).health()).isEqualTo(TaskStaleness.Health.STALE);
            assertThat(database.query(
                            "SELECT current_state, health_status FROM tasker.v_task_staleness_monitoring WHERE"
                                    + " task_uuid = ?",
                            task))
                    .containsExactly("steps_in_process stale");
            assertThat(database.query(
                            "SELECT current_state, time_in_state_minutes::int, complete FROM"
                                    + " tasker.v_task_state_analysis WHERE task_uuid = ?",
                            task))
                    .containsExactly("steps_in_process 100 f");
        }
    }

    private static final String CALL =
            "SELECT * FROM tasker.sweep_stale_tasks(%s, '300 s', false, 100, 20000, 60, 30, 30, 1440, 15, true, true,"
                    + " false)";

    private static String call(TestDatabase database, boolean again, StalenessConfig config) {
        return database.query(
                        CALL.formatted(again).replace("300 s", config.interval().toSeconds() + " s"))
                .toString();
    }

    private static TaskStaleness monitored(TestNode node, UUID task) {
        return node.engine().deadLetters().staleness(1_000).stream()
                .filter(found -> found.taskUuid().equals(task))
                .findAny()
                .orElseThrow();
    }

    private static Optional<StaleTask> sweep(TestNode node, UUID task) {
        return node.engine().deadLetters().sweep().stream()
                .filter(stale -> stale.taskUuid().equals(task))
                .findAny();
    }

    private static List<UUID> uuids(List<StaleTask> tasks) {
        return tasks.stream().map(StaleTask::taskUuid).toList();
    }

    private static Action action(List<StaleTask> judged, UUID task) {
        return judged.stream()
                .filter(stale -> stale.taskUuid().equals(task))
                .findAny()
                .orElseThrow()
                .action();
    }

    private static TemplateFixture policy(TestNode node, String name, String policy) {
        return node.register(node.draft(name, "a").with("lifecycle: {" + policy + "}"));
    }

    /** As if these tasks had entered their state just now. */
    private static void keepYoung(TestDatabase database, UUID... tasks) {
        for (UUID task : tasks) {
            database.query(
                    "UPDATE tasker.tasks SET entered_at = tasker.engine_now() WHERE task_uuid = ? RETURNING 1", task);
        }
    }

    private static void save(HandDrivenWorker worker, Assignment step, int cursor) {
        assertThat(answer(worker.session()
                        .checkpoint(
                                step.stepUuid(),
                                step.leaseToken(),
                                new Checkpoint(Integer.toString(cursor), cursor, null, false))))
                .isEqualTo(Completion.ACCEPTED);
    }

    private static StalenessConfig of(int batchSize, boolean fails, boolean enters, boolean dryRun, boolean exhausted) {
        StalenessConfig standard = StalenessConfig.DEFAULT;
        return new StalenessConfig(
                false,
                dryRun,
                standard.interval(),
                batchSize,
                standard.waitingForDependencies(),
                standard.waitingForRetry(),
                standard.stepsInProcess(),
                standard.lifetime(),
                standard.checkpointStall(),
                fails,
                enters,
                false,
                standard.eventChannel(),
                exhausted);
    }

    private static EngineConfig config(boolean fails, boolean enters, boolean dryRun) {
        return TestNode.CONFIG.withStaleness(of(100, fails, enters, dryRun, false));
    }

    private static StalenessConfig small(int batchSize) {
        return of(batchSize, true, true, false, false);
    }

    private static StalenessConfig exhausting() {
        return of(100, true, true, false, true);
    }
}
