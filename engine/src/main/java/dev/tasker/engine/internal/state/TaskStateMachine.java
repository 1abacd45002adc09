package dev.tasker.engine.internal.state;

import static dev.tasker.engine.TaskState.BLOCKED_BY_FAILURES;
import static dev.tasker.engine.TaskState.CANCELLED;
import static dev.tasker.engine.TaskState.COMPLETE;
import static dev.tasker.engine.TaskState.ENQUEUING_STEPS;
import static dev.tasker.engine.TaskState.ERROR;
import static dev.tasker.engine.TaskState.EVALUATING_RESULTS;
import static dev.tasker.engine.TaskState.INITIALIZING;
import static dev.tasker.engine.TaskState.PENDING;
import static dev.tasker.engine.TaskState.RESOLVED_MANUALLY;
import static dev.tasker.engine.TaskState.STEPS_IN_PROCESS;
import static dev.tasker.engine.TaskState.WAITING_FOR_DEPENDENCIES;
import static dev.tasker.engine.TaskState.WAITING_FOR_RETRY;

import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.state.TaskEvent.AllStepsCompleted;
import dev.tasker.engine.internal.state.TaskEvent.AllStepsSuccessful;
import dev.tasker.engine.internal.state.TaskEvent.Cancel;
import dev.tasker.engine.internal.state.TaskEvent.Complete;
import dev.tasker.engine.internal.state.TaskEvent.DependenciesReady;
import dev.tasker.engine.internal.state.TaskEvent.EnqueueFailed;
import dev.tasker.engine.internal.state.TaskEvent.Fail;
import dev.tasker.engine.internal.state.TaskEvent.GiveUp;
import dev.tasker.engine.internal.state.TaskEvent.ManualResolution;
import dev.tasker.engine.internal.state.TaskEvent.NoDependenciesReady;
import dev.tasker.engine.internal.state.TaskEvent.NoStepsFound;
import dev.tasker.engine.internal.state.TaskEvent.PermanentFailure;
import dev.tasker.engine.internal.state.TaskEvent.ProcessorCrashed;
import dev.tasker.engine.internal.state.TaskEvent.ReadyStepsFound;
import dev.tasker.engine.internal.state.TaskEvent.Reset;
import dev.tasker.engine.internal.state.TaskEvent.ResolveManually;
import dev.tasker.engine.internal.state.TaskEvent.RetryReady;
import dev.tasker.engine.internal.state.TaskEvent.Stale;
import dev.tasker.engine.internal.state.TaskEvent.Start;
import dev.tasker.engine.internal.state.TaskEvent.StepCompleted;
import dev.tasker.engine.internal.state.TaskEvent.StepFailed;
import dev.tasker.engine.internal.state.TaskEvent.StepsEnqueued;
import dev.tasker.engine.internal.state.TaskEvent.Timeout;
import java.util.Optional;

/** The states of a task and what leads from one to the next (01 §2.3). */
public final class TaskStateMachine {
    private TaskStateMachine() {}

    /** The state after {@code event}, or empty when the machine does not allow the pair. */
    public static Optional<TaskState> next(TaskState from, TaskEvent event) {
        return Optional.ofNullable(
                switch (event) {
                    case Start _ when from == PENDING -> INITIALIZING;
                    case ReadyStepsFound(int count)
                    when count >= 1 && (from == INITIALIZING || from == EVALUATING_RESULTS) -> ENQUEUING_STEPS;
                    case NoStepsFound(var steps) when from == INITIALIZING && steps.total() == 0 -> COMPLETE;
                    case NoDependenciesReady(var steps)
                    when from == INITIALIZING && steps.total() >= 1 && steps.ready() == 0 -> WAITING_FOR_DEPENDENCIES;
                    case NoDependenciesReady _ when from == EVALUATING_RESULTS -> WAITING_FOR_DEPENDENCIES;
                    case DependenciesReady _
                    when from == WAITING_FOR_DEPENDENCIES || from == WAITING_FOR_RETRY -> EVALUATING_RESULTS;
                    case DependenciesReady(var steps)
                    when from == BLOCKED_BY_FAILURES && steps.failed() == 0 -> EVALUATING_RESULTS;
                    case StepsEnqueued _ when from == ENQUEUING_STEPS -> STEPS_IN_PROCESS;
                    case StepsEnqueued(var _, var steps)
                    when from == EVALUATING_RESULTS && steps.active() >= 1 -> STEPS_IN_PROCESS;
                    case EnqueueFailed _ when from == ENQUEUING_STEPS -> ERROR;
                    case StepCompleted _ when from == STEPS_IN_PROCESS -> EVALUATING_RESULTS;
                    case AllStepsCompleted _ when from == STEPS_IN_PROCESS -> EVALUATING_RESULTS;
                    case StepFailed(var _, var steps)
                    when steps.onlyRetriesRemain() && (from == STEPS_IN_PROCESS || from == EVALUATING_RESULTS) ->
                        WAITING_FOR_RETRY;
                    case AllStepsSuccessful(var steps)
                    when steps.allSatisfied() && (from == EVALUATING_RESULTS || from == INITIALIZING) -> COMPLETE;
                    case PermanentFailure(var _, var steps)
                    when from == EVALUATING_RESULTS && steps.failed() >= 1 -> BLOCKED_BY_FAILURES;
                    case RetryReady(int due) when from == WAITING_FOR_RETRY && due >= 1 -> ENQUEUING_STEPS;
                    case GiveUp _ when from == BLOCKED_BY_FAILURES -> ERROR;
                    case ManualResolution _ when from == BLOCKED_BY_FAILURES -> RESOLVED_MANUALLY;
                    case Cancel _ when !from.isTerminal() -> CANCELLED;
                    case ResolveManually _ when !from.isTerminal() -> RESOLVED_MANUALLY;
                    case Complete _ when from == STEPS_IN_PROCESS -> COMPLETE;
                    case Fail _ when from == STEPS_IN_PROCESS -> ERROR;
                    case Stale _
                    when from == WAITING_FOR_DEPENDENCIES || from == WAITING_FOR_RETRY || from == STEPS_IN_PROCESS ->
                        ERROR;
                    case Reset _ when from == ERROR -> PENDING;

                    case Start _,
                            ReadyStepsFound _,
                            NoStepsFound _,
                            NoDependenciesReady _,
                            DependenciesReady _,
                            StepsEnqueued _,
                            EnqueueFailed _,
                            StepCompleted _,
                            AllStepsCompleted _,
                            StepFailed _,
                            AllStepsSuccessful _,
                            PermanentFailure _,
                            RetryReady _,
                            GiveUp _,
                            ManualResolution _,
                            Cancel _,
                            ResolveManually _,
                            Complete _,
                            Fail _,
                            Stale _,
                            Reset _ -> null;
                    case Timeout _, ProcessorCrashed _ -> null;
                });
    }

    /** Name of the lifecycle event that a transition publishes, or empty when it publishes none. */
    public static Optional<String> lifecycleEvent(TaskState from, TaskState to) {
        return Optional.ofNullable(
                switch (to) {
                    case PENDING -> from == ERROR || from == WAITING_FOR_RETRY ? "task.retry_requested" : null;
                    case INITIALIZING -> from == PENDING ? "task.initialize_requested" : null;
                    case ENQUEUING_STEPS -> from == INITIALIZING ? "task.steps_discovery_completed" : null;
                    case STEPS_IN_PROCESS -> from == ENQUEUING_STEPS ? "task.steps_enqueued" : null;
                    case EVALUATING_RESULTS ->
                        switch (from) {
                            case STEPS_IN_PROCESS -> "task.step_results_received";
                            case WAITING_FOR_DEPENDENCIES -> "task.dependencies_satisfied";
                            case PENDING,
                                    INITIALIZING,
                                    ENQUEUING_STEPS,
                                    EVALUATING_RESULTS,
                                    WAITING_FOR_RETRY,
                                    BLOCKED_BY_FAILURES,
                                    COMPLETE,
                                    ERROR,
                                    CANCELLED,
                                    RESOLVED_MANUALLY -> null;
                        };
                    case WAITING_FOR_DEPENDENCIES -> "task.awaiting_dependencies";
                    case WAITING_FOR_RETRY -> "task.retry_backoff_started";
                    case BLOCKED_BY_FAILURES -> "task.blocked_by_failures";
                    case COMPLETE -> "task.completed";
                    case ERROR -> "task.failed";
                    case CANCELLED -> "task.cancelled";
                    case RESOLVED_MANUALLY -> "task.resolved_manually";
                });
    }
}
