package dev.tasker.testkit.model;

import dev.tasker.engine.StepState;
import dev.tasker.template.PlannedStep;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A step of a task, as the specification has it. */
final class StepModel {
    final TaskModel task;
    final PlannedStep planned;
    final String name;
    final Set<StepModel> parents = new LinkedHashSet<>();
    final @Nullable StepModel batchable; // of an instance
    boolean waitsForSlot;
    int barriersMissing; // in a burst the engine chooses the order: these many parents fewer, or more, are
    // right as well
    int barriersMore;
    int otherParents; // what it chose
    boolean parentsDependOnOrder;

    StepState state = StepState.PENDING;
    int attempts;
    int token;

    @Nullable
    UUID holder;

    @Nullable
    Long dueAt; // of a timer that is still set

    @Nullable
    Long nextRetryAt;

    @Nullable
    Integer backoffSeconds;

    @Nullable
    String result;

    boolean mayBeEnqueued; // waits for a retry, or is enqueued: both are allowed until the engine shows which
    boolean goesOn; // it yielded: the next assignment of the same attempt is on its way

    @Nullable
    Progress progress;

    StepModel(TaskModel task, PlannedStep planned, String name, @Nullable StepModel batchable) {
        this.task = task;
        this.planned = planned;
        this.name = name;
        this.batchable = batchable;
    }

    boolean satisfied() {
        return state.satisfies();
    }

    int pendingParents() {
        // a slot stands for the batchable step
        return waitsForSlot
                ? 1
                : (int) parents.stream().filter(parent -> !parent.satisfied()).count();
    }

    /** How many parents it has; one of those the engine may have chosen, should {@code found} be. */
    int totalParents(int found) {
        int difference = found - parents.size();
        if (difference >= -barriersMissing && difference <= barriersMore) {
            otherParents = difference;
        }
        barriersMissing = 0;
        barriersMore = 0;
        return parents.size() + otherParents;
    }

    /** What the edge from {@code parent} is called. */
    String edgeFrom(StepModel parent) {
        if (batchable != null) {
            return "batch_dependency";
        }
        return parent.batchable == null ? "provides" : "worker_to_convergence";
    }

    boolean mayRetry() {
        return planned.retry().retryable() && attempts < planned.retry().maxAttempts();
    }

    /** Whether a readiness query shows the step as runnable (01 §3.1). */
    boolean showsReady(long now) {
        boolean eligible = attempts == 0 || mayRetry();
        boolean due = nextRetryAt == null || nextRetryAt <= now;
        return (state == StepState.PENDING || state == StepState.WAITING_FOR_RETRY)
                && pendingParents() == 0
                && eligible
                && due;
    }

    /** The results a handler is given: of every complete ancestor. */
    Map<String, String> dependencyResults() {
        Map<String, String> results = new HashMap<>();
        for (StepModel ancestor : task.steps) {
            if (planned.ancestors().contains(ancestor.planned.index())
                    && ancestor.state == StepState.COMPLETE
                    && ancestor.result != null) {
                results.put(ancestor.name, ancestor.result);
            }
        }
        return results;
    }

    @Override
    public String toString() {
        return name + "=" + state.text() + " attempts " + attempts + " token " + token;
    }
}
