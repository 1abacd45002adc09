package dev.tasker.engine;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many tasks and steps are in each state, exactly, in one snapshot (01 §3.8). Iteration is in the order of the 24 counters there.
 *
 * @param tasks every state, zeros included
 * @param steps every state, zeros included
 */
public record SystemHealth(Map<TaskState, Long> tasks, Map<StepState, Long> steps) {

    public SystemHealth {
        tasks = Collections.unmodifiableMap(new EnumMap<>(tasks));
        steps = Collections.unmodifiableMap(new EnumMap<>(steps));
    }

    public long count(TaskState state) {
        return tasks.getOrDefault(state, 0L);
    }

    public long count(StepState state) {
        return steps.getOrDefault(state, 0L);
    }

    public long totalTasks() {
        return tasks.values().stream().mapToLong(Long::longValue).sum();
    }

    public long totalSteps() {
        return steps.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Tasks on their way: initializing, enqueuing_steps, steps_in_process, evaluating_results. */
    public long inProgressTasks() {
        return count(TaskState.INITIALIZING)
                + count(TaskState.ENQUEUING_STEPS)
                + count(TaskState.STEPS_IN_PROCESS)
                + count(TaskState.EVALUATING_RESULTS);
    }

    public long retryableErrorSteps() {
        return count(StepState.WAITING_FOR_RETRY);
    }

    public long exhaustedRetrySteps() {
        return Math.max(0, count(StepState.ERROR) - count(StepState.WAITING_FOR_RETRY));
    }

    /** 0 to 1; 0 without tasks. */
    public double taskCompletionRate() {
        return share(count(TaskState.COMPLETE), totalTasks());
    }

    /** 0 to 1; 0 without tasks. */
    public double taskErrorRate() {
        return share(count(TaskState.ERROR), totalTasks());
    }

    /** 0 to 1; 0 without steps. */
    public double stepCompletionRate() {
        return share(count(StepState.COMPLETE), totalSteps());
    }

    /** 0 to 1; 0 without steps. */
    public double stepErrorRate() {
        return share(count(StepState.ERROR), totalSteps());
    }

    /** Whether more than a tenth of the tasks or of the steps are in error. */
    public boolean hasHighErrorRate() {
        return taskErrorRate() > 0.1 || stepErrorRate() > 0.1;
    }

    /**
     * 0 to 100.
     *
     * @param connectionUtilization busy connections as a part of all, 0 to 1
     */
    public double score(double connectionUtilization) {
        double score = 50 * (taskCompletionRate() + stepCompletionRate())
                - 25 * (taskErrorRate() + stepErrorRate())
                - 15 * connectionUtilization
                - 10 * share(retryableErrorSteps(), totalSteps());
        return Math.clamp(score, 0, 100);
    }

    /** The word for a score. */
    public static String label(double score) {
        if (score >= 90) {
            return "Excellent";
        }
        if (score >= 75) {
            return "Good";
        }
        if (score >= 50) {
            return "Fair";
        }
        return score >= 25 ? "Poor" : "Critical";
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
