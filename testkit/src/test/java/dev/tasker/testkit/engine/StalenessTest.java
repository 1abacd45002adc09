package dev.tasker.testkit.engine;

import static dev.tasker.testkit.HandDrivenWorker.answer;
import static dev.tasker.testkit.engine.Sweeps.action;
import static dev.tasker.testkit.engine.Sweeps.config;
import static dev.tasker.testkit.engine.Sweeps.keepYoung;
import static dev.tasker.testkit.engine.Sweeps.sweep;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.StaleTask.Action;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.StalenessMetrics.Pair;
import dev.tasker.engine.TaskStaleness;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which tasks are stale, and what becomes of them (01 §5). The sweeps are made by hand; each looks at what other tests left, too. */
@ExtendWith(DatabaseExtension.class)
class StalenessTest {
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

    private static TaskStaleness monitored(TestNode node, UUID task) {
        return node.engine().deadLetters().staleness(1_000).stream()
                .filter(found -> found.taskUuid().equals(task))
                .findAny()
                .orElseThrow();
    }

    private static TemplateFixture policy(TestNode node, String name, String policy) {
        return node.register(node.draft(name, "a").with("lifecycle: {" + policy + "}"));
    }

    private static void save(HandDrivenWorker worker, Assignment step, int cursor) {
        assertThat(answer(worker.session()
                        .checkpoint(
                                step.stepUuid(),
                                step.leaseToken(),
                                new Checkpoint(Integer.toString(cursor), cursor, null, false))))
                .isEqualTo(Completion.ACCEPTED);
    }
}
