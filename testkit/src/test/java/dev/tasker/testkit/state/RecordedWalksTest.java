package dev.tasker.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.state.StepCounts;
import dev.tasker.engine.internal.state.StepEvent;
import dev.tasker.engine.internal.state.StepStateMachine;
import dev.tasker.engine.internal.state.TaskEvent;
import dev.tasker.engine.internal.state.TaskStateMachine;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the SQL records is legal: every change of resting state that a call writes, with the states its view prints as passed through, is a
 * walk of the state machine. The lists below are written by hand, and a run through all calls proves that they miss nothing.
 */
@ExtendWith(DatabaseExtension.class)
class RecordedWalksTest {
    private static final UUID STEP = new UUID(0x0199a2b08d2f7c3aL, 0x8e415d0a3c900001L);
    private static final StepCounts NO_STEPS = new StepCounts(0, 0, 0, 0, 0, 0);
    private static final StepCounts RUNNING = new StepCounts(2, 0, 0, 1, 0, 0);
    private static final StepCounts SATISFIED = new StepCounts(2, 2, 0, 0, 0, 0);
    private static final StepCounts FAILED = new StepCounts(2, 0, 0, 0, 0, 1);
    private static final StepCounts RETRY = new StepCounts(2, 0, 0, 0, 1, 0);

    /** A change as history records it, with the events that make it. */
    private record Change<S, E>(S from, S to, String cause, List<E> events) {
        @SafeVarargs
        @SuppressWarnings("varargs") // List.of copies the array
        private Change(S from, S to, String cause, E... events) {
            this(from, to, cause, List.of(events));
        }
    }

    private static final List<Change<TaskState, TaskEvent>> TASK_CHANGES = List.of(
            new Change<>(
                    TaskState.PENDING,
                    TaskState.STEPS_IN_PROCESS,
                    "engine",
                    new TaskEvent.Start(),
                    new TaskEvent.ReadyStepsFound(1),
                    new TaskEvent.StepsEnqueued(List.of(STEP), RUNNING)),
            new Change<>(
                    TaskState.PENDING,
                    TaskState.COMPLETE,
                    "engine",
                    new TaskEvent.Start(),
                    new TaskEvent.NoStepsFound(NO_STEPS)),
            new Change<>(
                    TaskState.STEPS_IN_PROCESS,
                    TaskState.COMPLETE,
                    "worker",
                    new TaskEvent.StepCompleted(STEP),
                    new TaskEvent.AllStepsSuccessful(SATISFIED)),
            new Change<>(
                    TaskState.STEPS_IN_PROCESS,
                    TaskState.BLOCKED_BY_FAILURES,
                    "worker",
                    new TaskEvent.StepCompleted(STEP),
                    new TaskEvent.PermanentFailure("Steps in error state", FAILED)),
            new Change<>(
                    TaskState.STEPS_IN_PROCESS,
                    TaskState.BLOCKED_BY_FAILURES,
                    "lease_expired",
                    new TaskEvent.StepCompleted(STEP),
                    new TaskEvent.PermanentFailure("Steps in error state", FAILED)),
            new Change<>(
                    TaskState.STEPS_IN_PROCESS,
                    TaskState.WAITING_FOR_RETRY,
                    "worker",
                    new TaskEvent.StepCompleted(STEP),
                    new TaskEvent.StepFailed(STEP, RETRY)),
            new Change<>(
                    TaskState.WAITING_FOR_RETRY,
                    TaskState.STEPS_IN_PROCESS,
                    "engine",
                    new TaskEvent.RetryReady(1),
                    new TaskEvent.StepsEnqueued(List.of(STEP), RUNNING)),
            new Change<>(
                    TaskState.STEPS_IN_PROCESS,
                    TaskState.COMPLETE,
                    "operator",
                    new TaskEvent.StepCompleted(STEP),
                    new TaskEvent.AllStepsSuccessful(SATISFIED)),
            new Change<>(
                    TaskState.STEPS_IN_PROCESS,
                    TaskState.WAITING_FOR_RETRY,
                    "operator",
                    new TaskEvent.StepCompleted(STEP),
                    new TaskEvent.StepFailed(STEP, RETRY)),
            new Change<>(
                    TaskState.WAITING_FOR_RETRY,
                    TaskState.STEPS_IN_PROCESS,
                    "operator",
                    new TaskEvent.DependenciesReady(RUNNING),
                    new TaskEvent.ReadyStepsFound(1),
                    new TaskEvent.StepsEnqueued(List.of(STEP), RUNNING)),
            new Change<>(
                    TaskState.WAITING_FOR_RETRY,
                    TaskState.COMPLETE,
                    "operator",
                    new TaskEvent.DependenciesReady(RUNNING),
                    new TaskEvent.AllStepsSuccessful(SATISFIED)),
            new Change<>(
                    TaskState.BLOCKED_BY_FAILURES,
                    TaskState.STEPS_IN_PROCESS,
                    "operator",
                    new TaskEvent.DependenciesReady(RUNNING),
                    new TaskEvent.ReadyStepsFound(1),
                    new TaskEvent.StepsEnqueued(List.of(STEP), RUNNING)),
            new Change<>(
                    TaskState.BLOCKED_BY_FAILURES,
                    TaskState.WAITING_FOR_RETRY,
                    "operator",
                    new TaskEvent.DependenciesReady(RUNNING),
                    new TaskEvent.StepFailed(STEP, RETRY)),
            new Change<>(
                    TaskState.BLOCKED_BY_FAILURES,
                    TaskState.COMPLETE,
                    "operator",
                    new TaskEvent.DependenciesReady(RUNNING),
                    new TaskEvent.AllStepsSuccessful(SATISFIED)),
            new Change<>(TaskState.BLOCKED_BY_FAILURES, TaskState.ERROR, "stale", new TaskEvent.GiveUp()),
            new Change<>(
                    TaskState.ERROR,
                    TaskState.STEPS_IN_PROCESS,
                    "operator",
                    new TaskEvent.Reset(),
                    new TaskEvent.Start(),
                    new TaskEvent.ReadyStepsFound(1),
                    new TaskEvent.StepsEnqueued(List.of(STEP), RUNNING)),
            new Change<>(
                    TaskState.ERROR,
                    TaskState.WAITING_FOR_RETRY,
                    "operator",
                    new TaskEvent.Reset(),
                    new TaskEvent.Start(),
                    new TaskEvent.NoDependenciesReady(RETRY),
                    new TaskEvent.DependenciesReady(RUNNING),
                    new TaskEvent.StepFailed(STEP, RETRY)),
            new Change<>(
                    TaskState.ERROR,
                    TaskState.COMPLETE,
                    "operator",
                    new TaskEvent.Reset(),
                    new TaskEvent.Start(),
                    new TaskEvent.AllStepsSuccessful(SATISFIED)),
            new Change<>(TaskState.STEPS_IN_PROCESS, TaskState.CANCELLED, "operator", new TaskEvent.Cancel()),
            new Change<>(TaskState.WAITING_FOR_RETRY, TaskState.CANCELLED, "operator", new TaskEvent.Cancel()),
            new Change<>(TaskState.BLOCKED_BY_FAILURES, TaskState.CANCELLED, "operator", new TaskEvent.Cancel()));

    private static final StepEvent WAIT = new StepEvent.WaitForRetry("retryable");
    private static final StepEvent DEPOSIT_FAILURE = new StepEvent.EnqueueAsErrorForOrchestration("{}");

    private static final List<Change<StepState, StepEvent>> STEP_CHANGES = List.of(
            new Change<>(StepState.PENDING, StepState.ENQUEUED, "engine", new StepEvent.Enqueue(0)),
            new Change<>(
                    StepState.PENDING,
                    StepState.IN_PROGRESS,
                    "engine",
                    new StepEvent.Enqueue(0),
                    new StepEvent.Start(0)),
            new Change<>(StepState.ENQUEUED, StepState.IN_PROGRESS, "engine", new StepEvent.Start(0)),
            new Change<>(
                    StepState.IN_PROGRESS,
                    StepState.COMPLETE,
                    "worker",
                    new StepEvent.EnqueueForOrchestration("{}"),
                    new StepEvent.Complete("{}")),
            new Change<>(StepState.IN_PROGRESS, StepState.WAITING_FOR_RETRY, "worker", DEPOSIT_FAILURE, WAIT),
            new Change<>(
                    StepState.IN_PROGRESS, StepState.ERROR, "worker", DEPOSIT_FAILURE, new StepEvent.Fail("permanent")),
            new Change<>(StepState.IN_PROGRESS, StepState.WAITING_FOR_RETRY, "lease_expired", WAIT),
            new Change<>(StepState.IN_PROGRESS, StepState.ERROR, "lease_expired", new StepEvent.Fail("lease expired")),
            new Change<>(
                    StepState.IN_PROGRESS,
                    StepState.ENQUEUED,
                    "lease_expired",
                    WAIT,
                    new StepEvent.Retry(),
                    new StepEvent.Enqueue(0)),
            new Change<>(
                    StepState.IN_PROGRESS,
                    StepState.ENQUEUED,
                    "rejected",
                    WAIT,
                    new StepEvent.Retry(),
                    new StepEvent.Enqueue(0)),
            new Change<>(
                    StepState.WAITING_FOR_RETRY,
                    StepState.ENQUEUED,
                    "engine",
                    new StepEvent.Retry(),
                    new StepEvent.Enqueue(0)),
            new Change<>(StepState.ERROR, StepState.PENDING, "operator", new StepEvent.ResetForRetry()),
            new Change<>(
                    StepState.ERROR,
                    StepState.ENQUEUED,
                    "operator",
                    new StepEvent.ResetForRetry(),
                    new StepEvent.Enqueue(0)),
            new Change<>(StepState.PENDING, StepState.COMPLETE, "operator", new StepEvent.CompleteManually("{}")),
            new Change<>(StepState.PENDING, StepState.RESOLVED_MANUALLY, "operator", new StepEvent.ResolveManually()),
            new Change<>(StepState.PENDING, StepState.CANCELLED, "operator", new StepEvent.Cancel()),
            new Change<>(StepState.ENQUEUED, StepState.COMPLETE, "operator", new StepEvent.CompleteManually("{}")),
            new Change<>(StepState.ENQUEUED, StepState.RESOLVED_MANUALLY, "operator", new StepEvent.ResolveManually()),
            new Change<>(StepState.ENQUEUED, StepState.CANCELLED, "operator", new StepEvent.Cancel()),
            new Change<>(StepState.IN_PROGRESS, StepState.COMPLETE, "operator", new StepEvent.CompleteManually("{}")),
            new Change<>(
                    StepState.IN_PROGRESS, StepState.RESOLVED_MANUALLY, "operator", new StepEvent.ResolveManually()),
            new Change<>(StepState.IN_PROGRESS, StepState.CANCELLED, "operator", new StepEvent.Cancel()),
            new Change<>(
                    StepState.WAITING_FOR_RETRY, StepState.COMPLETE, "operator", new StepEvent.CompleteManually("{}")),
            new Change<>(
                    StepState.WAITING_FOR_RETRY,
                    StepState.RESOLVED_MANUALLY,
                    "operator",
                    new StepEvent.ResolveManually()),
            new Change<>(StepState.WAITING_FOR_RETRY, StepState.CANCELLED, "operator", new StepEvent.Cancel()),
            new Change<>(StepState.ERROR, StepState.COMPLETE, "operator", new StepEvent.CompleteManually("{}")),
            new Change<>(StepState.ERROR, StepState.RESOLVED_MANUALLY, "operator", new StepEvent.ResolveManually()),
            new Change<>(StepState.ERROR, StepState.CANCELLED, "operator", new StepEvent.Cancel()));

    @Test
    void viaOfEveryTaskChangeIsTheWalkOfItsEvents(TestDatabase database) {
        for (Change<TaskState, TaskEvent> change : TASK_CHANGES) {
            assertThat(database.query(
                            "SELECT array_to_string(tasker.task_via(tasker.task_state(?), tasker.task_state(?),"
                                    + " tasker.cause(?)), ' ')",
                            change.from().text(),
                            change.to().text(),
                            change.cause()))
                    .as("%s", change)
                    .containsExactly(passed(change, TaskStateMachine::next, TaskState::text));
        }
    }

    @Test
    void viaOfEveryStepChangeIsTheWalkOfItsEvents(TestDatabase database) {
        for (Change<StepState, StepEvent> change : STEP_CHANGES) {
            assertThat(database.query(
                            "SELECT array_to_string(tasker.step_via(tasker.step_state(?), tasker.step_state(?),"
                                    + " tasker.cause(?)), ' ')",
                            change.from().text(),
                            change.to().text(),
                            change.cause()))
                    .as("%s", change)
                    .containsExactly(passed(change, StepStateMachine::next, StepState::text));
        }
    }

    @Test
    void viaKnowsNoChangeThatIsNotListed(TestDatabase database) {
        assertThat(database.query("""
            SELECT DISTINCT tasker.task_state_name(a::smallint), tasker.task_state_name(b::smallint)
            FROM   generate_series(0, 11) AS a, generate_series(0, 11) AS b, generate_series(0, 5) AS cause
            WHERE  cardinality(tasker.task_via(a::smallint, b::smallint, cause::smallint)) > 0
            """))
                .isSubsetOf(TASK_CHANGES.stream()
                        .map(change -> change.from().text() + " " + change.to().text())
                        .toList());
        assertThat(database.query("""
            SELECT DISTINCT tasker.step_state_name(a::smallint), tasker.step_state_name(b::smallint)
            FROM   generate_series(0, 9) AS a, generate_series(0, 9) AS b, generate_series(0, 5) AS cause
            WHERE  cardinality(tasker.step_via(a::smallint, b::smallint, cause::smallint)) > 0
            """))
                .isSubsetOf(STEP_CHANGES.stream()
                        .map(change -> change.from().text() + " " + change.to().text())
                        .toList());
    }

    @Test
    void theCallsWriteEveryListedChangeAndNoOther(TestDatabase database) {
        new EveryCall(database).run();

        assertThat(changes(database, "task")).isEqualTo(listed(TASK_CHANGES, TaskState::text));
        assertThat(changes(database, "step")).isEqualTo(listed(STEP_CHANGES, StepState::text));
    }

    /** The states between from and to, by the machine; fails when an event is refused or the walk ends elsewhere. */
    private static <S, E> String passed(
            Change<S, E> change, BiFunction<S, E, Optional<S>> machine, Function<S, String> text) {
        List<S> states = new ArrayList<>();
        S state = change.from();
        for (E event : change.events()) {
            Optional<S> next = machine.apply(state, event);
            assertThat(next).as("%s on %s of %s", event, state, change).isPresent();
            state = next.orElseThrow();
            states.add(state);
        }
        assertThat(state).as("end of %s", change).isEqualTo(change.to());
        return states.subList(0, states.size() - 1).stream().map(text).collect(Collectors.joining(" "));
    }

    private static Set<String> changes(TestDatabase database, String kind) {
        return new TreeSet<>(database.query("""
            SELECT DISTINCT tasker.%1$s_state_name(from_state), tasker.%1$s_state_name(to_state), cause.name
            FROM   tasker.%1$s_history AS history
                   JOIN unnest(ARRAY['engine', 'worker', 'lease_expired', 'operator', 'rejected', 'stale']) AS cause(name)
                     ON tasker.cause(cause.name) = history.cause
            """.formatted(kind)));
    }

    private static <S, E> Set<String> listed(List<Change<S, E>> changes, Function<S, String> text) {
        return changes.stream()
                .map(change -> text.apply(change.from()) + " " + text.apply(change.to()) + " " + change.cause())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
