package dev.tasker.engine.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.state.EventSamples.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class StepStateMachineTest {
    private static final ExpectedTable<StepState> TABLE = new ExpectedTable<>(StepState.class, """
        Enqueue (no pending parents): pending > enqueued
        Enqueue (pending parents)
        Start (no pending parents): pending > in_progress, enqueued > in_progress
        Start (pending parents): enqueued > in_progress
        EnqueueForOrchestration: in_progress > enqueued_for_orchestration
        EnqueueAsErrorForOrchestration: in_progress > enqueued_as_error_for_orchestration
        Complete: in_progress > complete, enqueued_for_orchestration > complete, enqueued_as_error_for_orchestration > complete
        Fail: pending > error, enqueued > error, in_progress > error, enqueued_for_orchestration > error, enqueued_as_error_for_orchestration > error
        WaitForRetry: pending > waiting_for_retry, enqueued > waiting_for_retry, in_progress > waiting_for_retry, enqueued_as_error_for_orchestration > waiting_for_retry
        Retry: waiting_for_retry > pending, error > pending
        ResetForRetry: error > pending
        Cancel: pending > cancelled, enqueued > cancelled, in_progress > cancelled, enqueued_for_orchestration > cancelled, enqueued_as_error_for_orchestration > cancelled, waiting_for_retry > cancelled, error > cancelled
        ResolveManually: pending > resolved_manually, enqueued > resolved_manually, in_progress > resolved_manually, enqueued_for_orchestration > resolved_manually, enqueued_as_error_for_orchestration > resolved_manually, waiting_for_retry > resolved_manually, error > resolved_manually
        CompleteManually: pending > complete, enqueued > complete, in_progress > complete, enqueued_for_orchestration > complete, enqueued_as_error_for_orchestration > complete, waiting_for_retry > complete, error > complete
        """);

    private static final Map<String, List<String>> LIFECYCLE = Map.ofEntries(
            Map.entry("pending > enqueued", List.of("step.enqueue_requested")),
            Map.entry("enqueued > in_progress", List.of("step.execution_requested")),
            Map.entry("* > in_progress", List.of("step.handle")),
            Map.entry("* > enqueued_for_orchestration", List.of("step.enqueued_for_orchestration")),
            Map.entry("* > enqueued_as_error_for_orchestration", List.of("step.enqueued_as_error_for_orchestration")),
            Map.entry("* > waiting_for_retry", List.of("step.retry_requested")),
            Map.entry("error > pending", List.of("step.retry_requested")),
            Map.entry("waiting_for_retry > pending", List.of("step.retry_requested")),
            Map.entry("* > complete", List.of("step.completed", "step.discovery_triggered")),
            Map.entry("* > error", List.of("step.failed")),
            Map.entry("* > cancelled", List.of("step.cancelled")),
            Map.entry("* > resolved_manually", List.of("step.resolved_manually")));

    @Test
    void everyPairOfStateAndEventIsAnsweredAsTheTableSays() {
        for (Sample<StepEvent> sample : EventSamples.ofSteps()) {
            for (StepState from : StepState.values()) {
                assertThat(StepStateMachine.next(from, sample.event()))
                        .as("%s, %s", from, sample.name())
                        .isEqualTo(Optional.ofNullable(TABLE.next(from, sample.name())));
            }
        }
    }

    @Test
    void tableAndSamplesNameTheSameEventsAndMissNone() {
        List<Sample<StepEvent>> samples = EventSamples.ofSteps();
        assertThat(TABLE.events())
                .containsExactlyInAnyOrderElementsOf(
                        samples.stream().map(Sample::name).toList());
        Set<Class<?>> events =
                samples.stream().map(sample -> sample.event().getClass()).collect(Collectors.toSet());
        assertThat(events).isEqualTo(Set.of(StepEvent.class.getPermittedSubclasses()));
    }

    @Test
    void nothingLeavesACompleteResolvedOrCancelledStep() {
        List<StepState> left = Arrays.stream(StepState.values())
                .filter(from -> EventSamples.ofSteps().stream()
                        .anyMatch(sample ->
                                StepStateMachine.next(from, sample.event()).isPresent()))
                .toList();
        assertThat(left)
                .containsExactly(
                        StepState.PENDING,
                        StepState.ENQUEUED,
                        StepState.IN_PROGRESS,
                        StepState.ENQUEUED_FOR_ORCHESTRATION,
                        StepState.ENQUEUED_AS_ERROR_FOR_ORCHESTRATION,
                        StepState.WAITING_FOR_RETRY,
                        StepState.ERROR);
        assertThat(left).noneMatch(StepState::satisfies);
    }

    @Test
    void lifecycleEventsFollowFromTheStatesAlone() {
        for (StepState from : StepState.values()) {
            for (StepState to : StepState.values()) {
                List<String> any = LIFECYCLE.getOrDefault("* > " + to.text(), List.of());
                assertThat(StepStateMachine.lifecycleEvents(from, to))
                        .as("%s to %s", from, to)
                        .isEqualTo(LIFECYCLE.getOrDefault(from.text() + " > " + to.text(), any));
            }
        }
    }
}
