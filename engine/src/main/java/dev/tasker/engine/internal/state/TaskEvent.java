package dev.tasker.engine.internal.state;

import java.util.List;
import java.util.UUID;

/** What can happen to a task (01 §2.2). An event carries what its guard needs to know. */
public sealed interface TaskEvent {

    /** The task begins. */
    record Start() implements TaskEvent {}

    /** An operator cancels the task. */
    record Cancel() implements TaskEvent {}

    /** An operator gives a blocked task up. */
    record GiveUp() implements TaskEvent {}

    /** An operator closes a blocked task. */
    record ManualResolution() implements TaskEvent {}

    /** {@code count} steps may start. */
    record ReadyStepsFound(int count) implements TaskEvent {}

    /** There is no step to start, because there is none at all. */
    record NoStepsFound(StepCounts steps) implements TaskEvent {}

    /** Steps exist, and none may start. */
    record NoDependenciesReady(StepCounts steps) implements TaskEvent {}

    /** What kept the steps from starting is gone. */
    record DependenciesReady(StepCounts steps) implements TaskEvent {}

    /** The ready steps, if any, were handed to workers. */
    record StepsEnqueued(List<UUID> stepUuids, StepCounts steps) implements TaskEvent {}

    /** Ready steps could not be handed to workers. */
    record EnqueueFailed(String message) implements TaskEvent {}

    /** A step ended, in whatever way. */
    record StepCompleted(UUID stepUuid) implements TaskEvent {}

    /** A step failed and may be retried. */
    record StepFailed(UUID stepUuid, StepCounts steps) implements TaskEvent {}

    /** No step is left to run. */
    record AllStepsCompleted() implements TaskEvent {}

    /** Every step is satisfied. */
    record AllStepsSuccessful(StepCounts steps) implements TaskEvent {}

    /** A step failed for good. */
    record PermanentFailure(String message, StepCounts steps) implements TaskEvent {}

    /** {@code due} retries are due. */
    record RetryReady(int due) implements TaskEvent {}

    /** Time passed; changes nothing by itself. */
    record Timeout() implements TaskEvent {}

    /** A node died; changes nothing by itself. */
    record ProcessorCrashed() implements TaskEvent {}

    /** The task stayed in its state for too long (01 §5). */
    record Stale() implements TaskEvent {}

    /** Earlier name: the task is complete. */
    record Complete() implements TaskEvent {}

    /** Earlier name: the task failed. */
    record Fail(String message) implements TaskEvent {}

    /** An operator closes the task, whatever it is doing. */
    record ResolveManually() implements TaskEvent {}

    /** An operator repaired the steps of a task that was given up. */
    record Reset() implements TaskEvent {}
}
