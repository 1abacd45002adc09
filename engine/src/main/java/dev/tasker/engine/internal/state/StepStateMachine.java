package dev.tasker.engine.internal.state;

import static dev.tasker.engine.StepState.CANCELLED;
import static dev.tasker.engine.StepState.COMPLETE;
import static dev.tasker.engine.StepState.ENQUEUED;
import static dev.tasker.engine.StepState.ENQUEUED_AS_ERROR_FOR_ORCHESTRATION;
import static dev.tasker.engine.StepState.ENQUEUED_FOR_ORCHESTRATION;
import static dev.tasker.engine.StepState.ERROR;
import static dev.tasker.engine.StepState.IN_PROGRESS;
import static dev.tasker.engine.StepState.PENDING;
import static dev.tasker.engine.StepState.RESOLVED_MANUALLY;
import static dev.tasker.engine.StepState.WAITING_FOR_RETRY;

import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.state.StepEvent.Cancel;
import dev.tasker.engine.internal.state.StepEvent.Complete;
import dev.tasker.engine.internal.state.StepEvent.CompleteManually;
import dev.tasker.engine.internal.state.StepEvent.Enqueue;
import dev.tasker.engine.internal.state.StepEvent.EnqueueAsErrorForOrchestration;
import dev.tasker.engine.internal.state.StepEvent.EnqueueForOrchestration;
import dev.tasker.engine.internal.state.StepEvent.Fail;
import dev.tasker.engine.internal.state.StepEvent.ResetForRetry;
import dev.tasker.engine.internal.state.StepEvent.ResolveManually;
import dev.tasker.engine.internal.state.StepEvent.Retry;
import dev.tasker.engine.internal.state.StepEvent.Start;
import dev.tasker.engine.internal.state.StepEvent.WaitForRetry;
import java.util.List;
import java.util.Optional;

/** The states of a step and what leads from one to the next (01 §2.6). */
public final class StepStateMachine {
    private StepStateMachine() {}

    /** The state after {@code event}, or empty when the machine does not allow the pair. */
    public static Optional<StepState> next(StepState from, StepEvent event) {
        return Optional.ofNullable(
                switch (event) {
                    case Enqueue(int pendingParents) when from == PENDING && pendingParents == 0 -> ENQUEUED;
                    case Start _ when from == ENQUEUED -> IN_PROGRESS;
                    case Start(int pendingParents) when from == PENDING && pendingParents == 0 -> IN_PROGRESS;
                    case EnqueueForOrchestration _ when from == IN_PROGRESS -> ENQUEUED_FOR_ORCHESTRATION;
                    case EnqueueAsErrorForOrchestration _
                    when from == IN_PROGRESS -> ENQUEUED_AS_ERROR_FOR_ORCHESTRATION;
                    case Complete _ when from == IN_PROGRESS || isDeposit(from) -> COMPLETE;
                    case Fail _ when isUnreported(from) || isDeposit(from) -> ERROR;
                    case WaitForRetry _
                    when isUnreported(from) || from == ENQUEUED_AS_ERROR_FOR_ORCHESTRATION -> WAITING_FOR_RETRY;
                    case Retry _ when from == WAITING_FOR_RETRY || from == ERROR -> PENDING;
                    case ResetForRetry _ when from == ERROR -> PENDING;
                    case Cancel _ when !from.isTerminal() -> CANCELLED;
                    case ResolveManually _ when !from.isTerminal() -> RESOLVED_MANUALLY;
                    case CompleteManually _ when !from.isTerminal() -> COMPLETE;

                    case Enqueue _,
                            Start _,
                            EnqueueForOrchestration _,
                            EnqueueAsErrorForOrchestration _,
                            Complete _,
                            Fail _,
                            WaitForRetry _,
                            Retry _,
                            ResetForRetry _,
                            Cancel _,
                            ResolveManually _,
                            CompleteManually _ -> null;
                });
    }

    /** Whether no worker has reported on the current attempt. */
    private static boolean isUnreported(StepState state) {
        return state == PENDING || state == ENQUEUED || state == IN_PROGRESS;
    }

    private static boolean isDeposit(StepState state) {
        return state == ENQUEUED_FOR_ORCHESTRATION || state == ENQUEUED_AS_ERROR_FOR_ORCHESTRATION;
    }

    /** Names of the lifecycle events that a transition publishes, in order. */
    public static List<String> lifecycleEvents(StepState from, StepState to) {
        return switch (to) {
            case PENDING -> from == ERROR || from == WAITING_FOR_RETRY ? List.of("step.retry_requested") : List.of();
            case ENQUEUED -> from == PENDING ? List.of("step.enqueue_requested") : List.of();
            case IN_PROGRESS -> List.of(from == ENQUEUED ? "step.execution_requested" : "step.handle");
            case ENQUEUED_FOR_ORCHESTRATION -> List.of("step.enqueued_for_orchestration");
            case ENQUEUED_AS_ERROR_FOR_ORCHESTRATION -> List.of("step.enqueued_as_error_for_orchestration");
            case WAITING_FOR_RETRY -> List.of("step.retry_requested");
            case COMPLETE -> List.of("step.completed", "step.discovery_triggered");
            case ERROR -> List.of("step.failed");
            case CANCELLED -> List.of("step.cancelled");
            case RESOLVED_MANUALLY -> List.of("step.resolved_manually");
        };
    }
}
