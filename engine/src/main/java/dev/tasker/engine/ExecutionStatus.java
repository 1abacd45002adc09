package dev.tasker.engine;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * The derived status of a task (01 §3.3).
 *
 * @param status {@code has_ready_steps}, {@code processing}, {@code blocked_by_failures}, {@code all_complete} or {@code
 *     waiting_for_dependencies}; the first that holds in the order of 01 §3.3
 * @param completionPercentage 0 to 100 with two decimals
 */
public record ExecutionStatus(
        long totalSteps,
        long pendingSteps,
        long inProgressSteps,
        long completedSteps,
        long failedSteps,
        long readySteps,
        long enqueuedSteps,
        String status,
        String recommendedAction,
        BigDecimal completionPercentage,
        String healthStatus) {

    /** The status of a task with these steps. */
    public static ExecutionStatus of(List<StepView> steps) {
        long running = count(steps, StepState.IN_PROGRESS);
        return of(
                steps.size(),
                count(steps, StepState.PENDING),
                running,
                steps.stream().filter(step -> step.state().satisfies()).count(),
                count(steps, StepState.ERROR),
                steps.stream().filter(StepView::readyForExecution).count(),
                steps.stream().filter(step -> step.state().isActive()).count() - running);
    }

    /** The status of a task with so many steps; the first condition that holds decides. */
    public static ExecutionStatus of(
            long total, long pending, long running, long completed, long failed, long ready, long queued) {
        String status;
        String action;
        if (failed > 0) {
            status = "blocked_by_failures";
            action = "handle_failures";
        } else if (ready > 0) {
            status = "has_ready_steps";
            action = "execute_ready_steps";
        } else if (running + queued > 0) {
            status = "processing";
            action = "wait_for_completion";
        } else if (completed == total && total > 0) {
            status = "all_complete";
            action = "finalize_task";
        } else {
            status = "waiting_for_dependencies";
            action = "wait_for_dependencies";
        }
        return new ExecutionStatus(
                total,
                pending,
                running,
                completed,
                failed,
                ready,
                queued,
                status,
                action,
                percentage(completed, total),
                failed > 0 ? "blocked" : "healthy");
    }

    /** These counts, with status, action and health of {@code all} steps. */
    ExecutionStatus withVerdictOf(ExecutionStatus all) {
        return new ExecutionStatus(
                totalSteps,
                pendingSteps,
                inProgressSteps,
                completedSteps,
                failedSteps,
                readySteps,
                enqueuedSteps,
                all.status,
                all.recommendedAction,
                completionPercentage,
                all.healthStatus);
    }

    private static long count(List<StepView> steps, StepState state) {
        return steps.stream().filter(step -> step.state() == state).count();
    }

    private static BigDecimal percentage(long completed, long total) {
        if (total == 0) {
            return BigDecimal.ZERO.setScale(1);
        }
        BigDecimal percent =
                BigDecimal.valueOf(completed * 100).divide(BigDecimal.valueOf(total), 2, RoundingMode.HALF_UP);
        BigDecimal plain = percent.stripTrailingZeros();
        return plain.scale() < 1 ? plain.setScale(1) : plain;
    }
}
