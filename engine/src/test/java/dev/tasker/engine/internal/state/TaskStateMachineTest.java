package dev.tasker.engine.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.state.EventSamples.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TaskStateMachineTest {
    private static final ExpectedTable<TaskState> TABLE = new ExpectedTable<>(TaskState.class, """
        Start: pending > initializing
        ReadyStepsFound (count 0)
        ReadyStepsFound (count 1 or more): initializing > enqueuing_steps, evaluating_results > enqueuing_steps
        NoStepsFound (no steps): initializing > complete
        NoStepsFound (steps exist)
        NoDependenciesReady (no steps): evaluating_results > waiting_for_dependencies
        NoDependenciesReady (steps exist, none ready): initializing > waiting_for_dependencies, evaluating_results > waiting_for_dependencies
        NoDependenciesReady (a step ready): evaluating_results > waiting_for_dependencies
        StepsEnqueued (a step queued or running): enqueuing_steps > steps_in_process, evaluating_results > steps_in_process
        StepsEnqueued (none queued or running): enqueuing_steps > steps_in_process
        EnqueueFailed: enqueuing_steps > error
        StepCompleted: steps_in_process > evaluating_results
        StepFailed (only retries remain): steps_in_process > waiting_for_retry, evaluating_results > waiting_for_retry
        StepFailed (a step ready)
        StepFailed (a step queued or running)
        StepFailed (a step in error)
        StepFailed (no retry waits)
        AllStepsCompleted: steps_in_process > evaluating_results
        AllStepsSuccessful (all satisfied): initializing > complete, evaluating_results > complete
        AllStepsSuccessful (not all satisfied)
        AllStepsSuccessful (no steps)
        PermanentFailure (a step in error): evaluating_results > blocked_by_failures
        PermanentFailure (no step in error)
        DependenciesReady (no step in error): waiting_for_dependencies > evaluating_results, waiting_for_retry > evaluating_results, blocked_by_failures > evaluating_results
        DependenciesReady (a step in error): waiting_for_dependencies > evaluating_results, waiting_for_retry > evaluating_results
        RetryReady (none due)
        RetryReady (1 or more due): waiting_for_retry > enqueuing_steps
        GiveUp: blocked_by_failures > error
        ManualResolution: blocked_by_failures > resolved_manually
        Stale: waiting_for_dependencies > error, waiting_for_retry > error, steps_in_process > error
        Reset: error > pending
        Cancel: pending > cancelled, initializing > cancelled, enqueuing_steps > cancelled, steps_in_process > cancelled, evaluating_results > cancelled, waiting_for_dependencies > cancelled, waiting_for_retry > cancelled, blocked_by_failures > cancelled
        ResolveManually: pending > resolved_manually, initializing > resolved_manually, enqueuing_steps > resolved_manually, steps_in_process > resolved_manually, evaluating_results > resolved_manually, waiting_for_dependencies > resolved_manually, waiting_for_retry > resolved_manually, blocked_by_failures > resolved_manually
        Complete: steps_in_process > complete
        Fail: steps_in_process > error
        Timeout
        ProcessorCrashed
        """);

    private static final Map<String, String> LIFECYCLE = new TreeMap<>(Map.ofEntries(
            Map.entry("pending > initializing", "task.initialize_requested"),
            Map.entry("initializing > enqueuing_steps", "task.steps_discovery_completed"),
            Map.entry("enqueuing_steps > steps_in_process", "task.steps_enqueued"),
            Map.entry("steps_in_process > evaluating_results", "task.step_results_received"),
            Map.entry("waiting_for_dependencies > evaluating_results", "task.dependencies_satisfied"),
            Map.entry("error > pending", "task.retry_requested"),
            Map.entry("waiting_for_retry > pending", "task.retry_requested"),
            Map.entry("* > waiting_for_dependencies", "task.awaiting_dependencies"),
            Map.entry("* > waiting_for_retry", "task.retry_backoff_started"),
            Map.entry("* > blocked_by_failures", "task.blocked_by_failures"),
            Map.entry("* > complete", "task.completed"),
            Map.entry("* > error", "task.failed"),
            Map.entry("* > cancelled", "task.cancelled"),
            Map.entry("* > resolved_manually", "task.resolved_manually")));

    @Test
    void everyPairOfStateAndEventIsAnsweredAsTheTableSays() {
        for (Sample<TaskEvent> sample : EventSamples.ofTasks()) {
            for (TaskState from : TaskState.values()) {
                assertThat(TaskStateMachine.next(from, sample.event()))
                        .as("%s, %s", from, sample.name())
                        .isEqualTo(Optional.ofNullable(TABLE.next(from, sample.name())));
            }
        }
    }

    @Test
    void tableAndSamplesNameTheSameEventsAndMissNone() {
        List<Sample<TaskEvent>> samples = EventSamples.ofTasks();
        assertThat(TABLE.events())
                .containsExactlyInAnyOrderElementsOf(
                        samples.stream().map(Sample::name).toList());
        Set<Class<?>> events =
                samples.stream().map(sample -> sample.event().getClass()).collect(Collectors.toSet());
        assertThat(events).isEqualTo(Set.of(TaskEvent.class.getPermittedSubclasses()));
    }

    @Test
    void onlyResetLeadsOutOfATerminalStateAndOnlyOutOfError() {
        List<String> exits = Arrays.stream(TaskState.values())
                .filter(TaskState::isTerminal)
                .flatMap(from -> EventSamples.ofTasks().stream()
                        .filter(sample ->
                                TaskStateMachine.next(from, sample.event()).isPresent())
                        .map(sample -> from + " by " + sample.name()))
                .toList();
        assertThat(exits).containsExactly("ERROR by Reset");
    }

    @Test
    void everyStateButErrorAndTheEndsCanBeCancelled() {
        for (TaskState from : TaskState.values()) {
            assertThat(TaskStateMachine.next(from, new TaskEvent.Cancel()).isPresent())
                    .as("%s", from)
                    .isEqualTo(!from.isTerminal());
        }
    }

    @Test
    void lifecycleEventsFollowFromTheStatesAlone() {
        for (TaskState from : TaskState.values()) {
            for (TaskState to : TaskState.values()) {
                String exact = LIFECYCLE.get(from.text() + " > " + to.text());
                String any = LIFECYCLE.get("* > " + to.text());
                assertThat(TaskStateMachine.lifecycleEvent(from, to))
                        .as("%s to %s", from, to)
                        .isEqualTo(Optional.ofNullable(exact == null ? any : exact));
            }
        }
    }
}
