package dev.tasker.testkit.operator;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.DeadLetterStatistics;
import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.DeadLetters;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Investigation;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.StalenessMetrics.Pair;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dead-letter queue from the side of whoever looks into it (01 §5.3 - §5.5). */
@ExtendWith(DatabaseExtension.class)
class DeadLetterTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void entriesAreListedNewestFirstByStatus(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            DeadLetters letters = node.engine().deadLetters();
            List<UUID> tasks = tasks(node, "listed", 3);
            for (UUID task : tasks) {
                enter(letters, task, DeadLetterReason.MANUAL_DLQ);
                database.advance(ofMinutes(1));
            }
            close(letters, letters.newest(tasks.get(1)).orElseThrow(), ResolutionStatus.CANCELLED);

            assertThat(letters.list(null, 3, 0))
                    .extracting(DeadLetter::taskUuid)
                    .containsExactly(tasks.get(2), tasks.get(1), tasks.get(0));
            assertThat(letters.list(ResolutionStatus.PENDING, 2, 0))
                    .extracting(DeadLetter::taskUuid)
                    .containsExactly(tasks.get(2), tasks.get(0));
            assertThat(letters.list(null, 1, 1))
                    .extracting(DeadLetter::taskUuid)
                    .containsExactly(tasks.get(1));
            assertThatThrownBy(() -> letters.list(null, 0, 0)).isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> letters.list(null, 1, -1)).isInstanceOf(EngineException.class);
        }
    }

    @Test
    void taskHasOneOpenEntryAndAnyNumberOverTime(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            DeadLetters letters = node.engine().deadLetters();
            UUID task = tasks(node, "one", 1).getFirst();
            for (DeadLetterReason reason : DeadLetterReason.values()) {
                enter(letters, task, reason);
                assertThat(letters.enter(task, DeadLetterReason.MANUAL_DLQ, "{}"))
                        .isEqualTo(new ActionOutcome.Refused(
                                ErrorCode.Kind.CONFLICT, "Task has a pending DLQ entry already"));
                DeadLetter newest = letters.newest(task).orElseThrow();
                assertThat(newest.reason()).isEqualTo(reason);
                close(letters, newest, ResolutionStatus.MANUALLY_RESOLVED);
                database.advance(ofMinutes(1));
            }
            assertThat(letters.enter(UUID.randomUUID(), DeadLetterReason.MANUAL_DLQ, "{}"))
                    .isInstanceOf(ActionOutcome.NotFound.class);
            assertThat(letters.newest(UUID.randomUUID())).isEmpty();
        }
    }

    @Test
    void updateKeepsWhatItDoesNotNameAndAFinalStatusStays(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            DeadLetters letters = node.engine().deadLetters();
            UUID task = tasks(node, "kept", 1).getFirst();
            enter(letters, task, DeadLetterReason.MANUAL_DLQ);
            UUID entry = letters.newest(task).orElseThrow().uuid();

            done(letters.update(entry, new DeadLetterUpdate(null, "looking", "ann", "{\"a\":1}")));
            DeadLetter open = letters.newest(task).orElseThrow();
            assertThat(open.resolvedAt()).isNull();
            database.advance(ofHours(2));
            done(letters.update(entry, new DeadLetterUpdate(ResolutionStatus.PERMANENTLY_FAILED, null, null, null)));
            DeadLetter closed = letters.newest(task).orElseThrow();
            assertThat(closed.status()).isEqualTo(ResolutionStatus.PERMANENTLY_FAILED);
            assertThat(closed.notes()).isEqualTo("looking");
            assertThat(closed.resolvedBy()).isEqualTo("ann");
            assertThat(closed.metadata()).isEqualTo("{\"a\":1}");
            assertThat(closed.resolvedAt()).isAfter(closed.enteredAt());

            done(letters.update(entry, new DeadLetterUpdate(null, "more", null, "[2]")));
            assertThat(letters.newest(task).orElseThrow())
                    .returns("more", DeadLetter::notes)
                    .returns("[2]", DeadLetter::metadata)
                    .returns(ResolutionStatus.PERMANENTLY_FAILED, DeadLetter::status);
            for (ResolutionStatus other : List.of(ResolutionStatus.PENDING, ResolutionStatus.CANCELLED)) {
                assertThat(letters.update(entry, new DeadLetterUpdate(other, "no", null, null)))
                        .isInstanceOfSatisfying(
                                ActionOutcome.Refused.class,
                                refused -> assertThat(refused.kind()).isEqualTo(ErrorCode.Kind.CONFLICT));
            }
            assertThat(letters.newest(task).orElseThrow().notes()).isEqualTo("more");
            assertThat(letters.update(task, new DeadLetterUpdate(null, null, null, null)))
                    .isEqualTo(new ActionOutcome.NotFound("DLQ entry not found: " + task));
            assertThatThrownBy(() -> letters.update(entry, new DeadLetterUpdate(null, null, null, "{")))
                    .isInstanceOf(EngineException.class);
            assertThat(letters.metrics().hoursInQueue().get(new Pair("permanently_failed", "manual_dlq")))
                    .satisfies(sum -> assertThat(sum.count()).isEqualTo(1))
                    .satisfies(sum -> assertThat(sum.total()).isCloseTo(2, within(0.1)))
                    .satisfies(
                            sum -> assertThat(sum.atMost()).startsWith(0L, 1L).endsWith(1L));
        }
    }

    @Test
    void snapshotShowsTheTaskAsItWas(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(node.template("shown", "a", "b", "c:a"));
            var running = worker.next(2);
            worker.succeed(running.of("a"), "1");
            worker.next("c");
            worker.failForGood(running.of("b"));
            database.advance(ofMinutes(7));
            enter(node.engine().deadLetters(), task, DeadLetterReason.MANUAL_DLQ);

            JsonNode snapshot = JSON.readTree(
                    node.engine().deadLetters().newest(task).orElseThrow().taskSnapshot());
            assertThat(snapshot.get("task_uuid").asString()).isEqualTo(task.toString());
            assertThat(snapshot.get("namespace").asString()).isEqualTo(node.namespace());
            assertThat(snapshot.get("task_name").asString()).isEqualTo("shown");
            assertThat(snapshot.get("current_state").asString()).isEqualTo("blocked_by_failures");
            assertThat(snapshot.get("time_in_state_minutes").asInt()).isEqualTo(7);
            assertThat(snapshot.at("/task_details").propertyNames())
                    .containsExactlyInAnyOrder("correlation_id", "priority", "requested_at", "created_at");
            assertThat(snapshot.get("steps"))
                    .extracting(step -> step.get("name").asString() + " "
                            + step.get("state").asString() + " "
                            + step.get("attempts").asInt())
                    .containsExactly("a complete 1", "b error 1", "c in_progress 1");
            assertThat(snapshot.at("/steps/1/last_error/message").asString()).isEqualTo("broken");
            assertThat(snapshot.at("/execution_context/execution_status").asString())
                    .isEqualTo("blocked_by_failures");
            assertThat(snapshot.at("/execution_context/completion_percentage").asDouble())
                    .isEqualTo(33.33);
        }
    }

    @Test
    void summaryTellsOfTheOpenEntry(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            DeadLetters letters = node.engine().deadLetters();
            UUID task = node.create(node.template("summed", "a"));
            done(letters.enter(task, DeadLetterReason.MANUAL_DLQ, "{}"));

            JsonNode open = dlqStatus(node, task);
            assertThat(open.get("in_dlq").asBoolean()).isTrue();
            assertThat(open.get("dlq_reason").asString()).isEqualTo("manual_dlq");
            assertThat(open.get("resolution_status").asString()).isEqualTo("pending");

            close(letters, letters.newest(task).orElseThrow(), ResolutionStatus.CANCELLED);
            JsonNode closed = dlqStatus(node, task);
            assertThat(closed.get("in_dlq").asBoolean()).isFalse();
            assertThat(closed.get("dlq_reason").isNull()).isTrue();
            assertThat(closed.get("resolution_status").isNull()).isTrue();
        }
    }

    private static JsonNode dlqStatus(TestNode node, UUID task) {
        return JSON.readTree(node.engine().summaries(List.of(task)).getFirst().dlqStatus());
    }

    @Test
    void mostUrgentIsInvestigatedFirstAndStatisticsCount(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            DeadLetters letters = node.engine().deadLetters();
            List<UUID> tasks = tasks(node, "urgent", 5);
            DeadLetterReason[] reasons = DeadLetterReason.values();
            for (int i = 0; i < reasons.length; i++) {
                enter(letters, tasks.get(i), reasons[i]);
            }
            database.advance(ofMinutes(30));

            List<Investigation> queue = letters.queue(1_000).stream()
                    .filter(entry -> tasks.contains(entry.taskUuid()))
                    .toList();
            assertThat(queue)
                    .extracting(Investigation::reason)
                    .containsExactly(
                            DeadLetterReason.DEPENDENCY_CYCLE_DETECTED,
                            DeadLetterReason.MAX_RETRIES_EXCEEDED,
                            DeadLetterReason.STALENESS_TIMEOUT,
                            DeadLetterReason.WORKER_UNAVAILABLE,
                            DeadLetterReason.MANUAL_DLQ);
            assertThat(queue.getFirst().score()).isCloseTo(1030, within(1.0));
            assertThat(queue.getFirst().currentState()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(queue.getFirst().taskName()).isEqualTo("urgent");

            close(letters, letters.newest(tasks.get(0)).orElseThrow(), ResolutionStatus.MANUALLY_RESOLVED);
            DeadLetterStatistics stale = letters.statistics().stream()
                    .filter(found -> found.reason() == DeadLetterReason.STALENESS_TIMEOUT)
                    .findAny()
                    .orElseThrow();
            assertThat(stale.total())
                    .isEqualTo(
                            stale.pending() + stale.manuallyResolved() + stale.permanentlyFailed() + stale.cancelled());
            assertThat(stale.manuallyResolved()).isPositive();
            assertThat(letters.pending())
                    .containsOnlyKeys(DeadLetterReason.values())
                    .containsEntry(DeadLetterReason.STALENESS_TIMEOUT, stale.pending());
            assertThat(stale.resolutionMinutesAverage()).isNotNull();
        }
    }

    @Test
    void operatorRepairsAStaleTaskAndItRunsOn(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            DeadLetters letters = node.engine().deadLetters();
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(node.template("closed_loop", "a", "b:a"));
            var running = worker.next("a");
            database.advance(ofMinutes(31));
            letters.sweep();
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);
            worker.failForGood(running);
            assertThat(node.states(task)).containsExactly("a=error", "b=pending");

            Actions.done(node, task, "a", Actions.reset());

            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            worker.run("a");
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            DeadLetter entry = letters.newest(task).orElseThrow();
            assertThat(entry.status()).as("closed by people only").isEqualTo(ResolutionStatus.PENDING);
            close(letters, entry, ResolutionStatus.MANUALLY_RESOLVED);
        }
    }

    @Test
    void actionOnAWaitingStepOfAStaleTaskStartsItAgain(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("waved_on", "a", "b:a"));
            database.advance(ofMinutes(31));
            node.engine().deadLetters().sweep();
            assertThat(node.task(task).state()).isEqualTo(TaskState.ERROR);

            Actions.done(node, task, "a", Actions.complete("1"));

            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            node.worker(1).run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    private static List<UUID> tasks(TestNode node, String name, int count) {
        TemplateFixture template = node.register(node.draft(name, "work").with("identity_strategy: always_unique"));
        return Stream.generate(() -> node.create(template)).limit(count).toList();
    }

    private static void enter(DeadLetters letters, UUID task, DeadLetterReason reason) {
        done(letters.enter(task, reason, "{\"by\":\"hand\"}"));
    }

    private static void close(DeadLetters letters, DeadLetter entry, ResolutionStatus status) {
        done(letters.update(entry.uuid(), new DeadLetterUpdate(status, null, "ann", null)));
    }

    private static void done(ActionOutcome outcome) {
        assertThat(outcome).isEqualTo(new ActionOutcome.Done());
    }
}
