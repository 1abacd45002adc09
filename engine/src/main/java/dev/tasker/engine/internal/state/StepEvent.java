package dev.tasker.engine.internal.state;

import org.jspecify.annotations.Nullable;

/**
 * What can happen to a step (01 §2.5). An event carries what its guard needs to know. A result is a {@code StepExecutionResult} as JSON, null
 * when the event brings none.
 */
public sealed interface StepEvent {

    /** The step is handed to its queue; {@code pendingParents} counts the parents it still waits for. */
    record Enqueue(int pendingParents) implements StepEvent {}

    /** A worker claims the step; {@code pendingParents} counts the parents it still waits for. */
    record Start(int pendingParents) implements StepEvent {}

    /** The worker deposits a success. */
    record EnqueueForOrchestration(@Nullable String result) implements StepEvent {}

    /** The worker deposits a failure. */
    record EnqueueAsErrorForOrchestration(@Nullable String result) implements StepEvent {}

    /** The success is confirmed. */
    record Complete(@Nullable String result) implements StepEvent {}

    /** The step failed for good. */
    record Fail(String message) implements StepEvent {}

    /** The step failed and is tried again after a delay. */
    record WaitForRetry(String message) implements StepEvent {}

    /** The delay is over, or an operator asks for another attempt. */
    record Retry() implements StepEvent {}

    /** An operator asks for another attempt and a new count of attempts. */
    record ResetForRetry() implements StepEvent {}

    /** The task is cancelled. */
    record Cancel() implements StepEvent {}

    /** An operator waives the step. */
    record ResolveManually() implements StepEvent {}

    /** An operator supplies the result. */
    record CompleteManually(@Nullable String result) implements StepEvent {}
}
