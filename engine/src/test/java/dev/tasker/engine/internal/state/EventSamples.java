package dev.tasker.engine.internal.state;

import dev.tasker.engine.internal.state.StepEvent.CompleteManually;
import dev.tasker.engine.internal.state.StepEvent.Enqueue;
import dev.tasker.engine.internal.state.StepEvent.EnqueueAsErrorForOrchestration;
import dev.tasker.engine.internal.state.StepEvent.EnqueueForOrchestration;
import dev.tasker.engine.internal.state.StepEvent.ResetForRetry;
import dev.tasker.engine.internal.state.StepEvent.Retry;
import dev.tasker.engine.internal.state.StepEvent.WaitForRetry;
import dev.tasker.engine.internal.state.TaskEvent.AllStepsCompleted;
import dev.tasker.engine.internal.state.TaskEvent.AllStepsSuccessful;
import dev.tasker.engine.internal.state.TaskEvent.DependenciesReady;
import dev.tasker.engine.internal.state.TaskEvent.EnqueueFailed;
import dev.tasker.engine.internal.state.TaskEvent.GiveUp;
import dev.tasker.engine.internal.state.TaskEvent.ManualResolution;
import dev.tasker.engine.internal.state.TaskEvent.NoDependenciesReady;
import dev.tasker.engine.internal.state.TaskEvent.NoStepsFound;
import dev.tasker.engine.internal.state.TaskEvent.PermanentFailure;
import dev.tasker.engine.internal.state.TaskEvent.ProcessorCrashed;
import dev.tasker.engine.internal.state.TaskEvent.ReadyStepsFound;
import dev.tasker.engine.internal.state.TaskEvent.Reset;
import dev.tasker.engine.internal.state.TaskEvent.RetryReady;
import dev.tasker.engine.internal.state.TaskEvent.Stale;
import dev.tasker.engine.internal.state.TaskEvent.StepCompleted;
import dev.tasker.engine.internal.state.TaskEvent.StepFailed;
import dev.tasker.engine.internal.state.TaskEvent.StepsEnqueued;
import dev.tasker.engine.internal.state.TaskEvent.Timeout;
import java.util.List;
import java.util.UUID;

/** Every event, and where a guard looks at its figures, one for each answer the guard can give. */
final class EventSamples {
    private static final UUID STEP = new UUID(0x0199a2b08d2f7c3aL, 0x8e415d0a3c900001L);

    // total, satisfied, ready, active, waiting for retry, failed
    private static final StepCounts NO_STEPS = new StepCounts(0, 0, 0, 0, 0, 0);
    private static final StepCounts NONE_READY = new StepCounts(3, 1, 0, 0, 0, 0);
    private static final StepCounts ONE_READY = new StepCounts(3, 1, 1, 0, 0, 0);
    private static final StepCounts ONE_RUNNING = new StepCounts(3, 1, 0, 1, 0, 0);
    private static final StepCounts ONE_FAILED = new StepCounts(3, 1, 0, 0, 0, 1);
    private static final StepCounts ONLY_RETRIES = new StepCounts(3, 1, 0, 0, 1, 0);
    private static final StepCounts ALL_SATISFIED = new StepCounts(3, 3, 0, 0, 0, 0);

    /** An event and, where a guard looks at it, what its figures say; empty for the others. */
    record Sample<E>(E event, String figures) {
        /** The name by which the hand-written tables know the sample. */
        String name() {
            String type = event.getClass().getSimpleName();
            return figures.isEmpty() ? type : type + " (" + figures + ")";
        }
    }

    private EventSamples() {}

    static List<Sample<TaskEvent>> ofTasks() {
        return List.of(
                sample(new TaskEvent.Start()),
                sample(new ReadyStepsFound(0), "count 0"),
                sample(new ReadyStepsFound(1), "count 1 or more"),
                sample(new NoStepsFound(NO_STEPS), "no steps"),
                sample(new NoStepsFound(NONE_READY), "steps exist"),
                sample(new NoDependenciesReady(NO_STEPS), "no steps"),
                sample(new NoDependenciesReady(NONE_READY), "steps exist, none ready"),
                sample(new NoDependenciesReady(ONE_READY), "a step ready"),
                sample(new StepsEnqueued(List.of(STEP), ONE_RUNNING), "a step queued or running"),
                sample(new StepsEnqueued(List.of(), NONE_READY), "none queued or running"),
                sample(new EnqueueFailed("queue refused")),
                sample(new StepCompleted(STEP)),
                sample(new StepFailed(STEP, ONLY_RETRIES), "only retries remain"),
                sample(new StepFailed(STEP, new StepCounts(3, 0, 1, 0, 1, 0)), "a step ready"),
                sample(new StepFailed(STEP, new StepCounts(3, 0, 0, 1, 1, 0)), "a step queued or running"),
                sample(new StepFailed(STEP, new StepCounts(3, 0, 0, 0, 1, 1)), "a step in error"),
                sample(new StepFailed(STEP, NONE_READY), "no retry waits"),
                sample(new AllStepsCompleted()),
                sample(new AllStepsSuccessful(ALL_SATISFIED), "all satisfied"),
                sample(new AllStepsSuccessful(NONE_READY), "not all satisfied"),
                sample(new AllStepsSuccessful(NO_STEPS), "no steps"),
                sample(new PermanentFailure("Steps in error state", ONE_FAILED), "a step in error"),
                sample(new PermanentFailure("Steps in error state", NONE_READY), "no step in error"),
                sample(new DependenciesReady(NONE_READY), "no step in error"),
                sample(new DependenciesReady(ONE_FAILED), "a step in error"),
                sample(new RetryReady(0), "none due"),
                sample(new RetryReady(1), "1 or more due"),
                sample(new GiveUp()),
                sample(new ManualResolution()),
                sample(new Stale()),
                sample(new Reset()),
                sample(new TaskEvent.Cancel()),
                sample(new TaskEvent.ResolveManually()),
                sample(new TaskEvent.Complete()),
                sample(new TaskEvent.Fail("legacy")),
                sample(new Timeout()),
                sample(new ProcessorCrashed()));
    }

    static List<Sample<StepEvent>> ofSteps() {
        return List.of(
                sample(new Enqueue(0), "no pending parents"),
                sample(new Enqueue(1), "pending parents"),
                sample(new StepEvent.Start(0), "no pending parents"),
                sample(new StepEvent.Start(1), "pending parents"),
                sample(new EnqueueForOrchestration("{\"success\":true}")),
                sample(new EnqueueAsErrorForOrchestration("{\"success\":false}")),
                sample(new StepEvent.Complete("{\"success\":true}")),
                sample(new StepEvent.Fail("card refused")),
                sample(new WaitForRetry("gateway silent - retryable")),
                sample(new Retry()),
                sample(new ResetForRetry()),
                sample(new StepEvent.Cancel()),
                sample(new StepEvent.ResolveManually()),
                sample(new CompleteManually(null)));
    }

    private static <E> Sample<E> sample(E event) {
        return new Sample<>(event, "");
    }

    private static <E> Sample<E> sample(E event, String figures) {
        return new Sample<>(event, figures);
    }
}
