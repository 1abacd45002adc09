package dev.tasker.cli;

import dev.tasker.client.Task;
import dev.tasker.client.TaskChange;
import dev.tasker.client.TaskExplanation;
import dev.tasker.client.TaskPage;
import dev.tasker.client.TaskTimeline;
import java.util.List;

/** Tasks as people read them. */
final class TaskText {
    private TaskText() {}

    static String details(Task task) {
        String steps = task.completedSteps() + "/" + task.totalSteps() + " complete";
        Table head = Table.plain()
                .row("Task", task.taskUuid())
                .row("Template", template(task))
                .row("Status", task.status().text())
                .row("Steps", steps + ", " + Table.text(task.completionPercentage()) + " %")
                .row("Health", task.healthStatus())
                .row("Next", task.recommendedAction())
                .row("Priority", task.priority())
                .row("Created", task.createdAt())
                .row("Updated", task.updatedAt())
                .row("Completed", task.completedAt())
                .row("Correlation", task.correlationId());
        if (task.steps().isEmpty()) {
            return head.toString();
        }
        Table table = Table.titled("STEP", "STATE", "ATTEMPTS", "NEXT RETRY");
        for (Task.StepReadiness step : task.steps()) {
            table.row(
                    step.name(),
                    step.currentState().text(),
                    step.attempts() + "/" + step.maxAttempts(),
                    step.nextRetryAt());
        }
        return head + "\n" + table;
    }

    static String page(TaskPage page) {
        TaskPage.Pagination at = page.pagination();
        return list(page.tasks()) + "\nPage " + Table.text(at.page()) + " of " + Table.text(at.totalPages()) + ", "
                + Table.text(at.totalCount())
                + (Boolean.FALSE.equals(at.totalIsExact()) ? " tasks among the newest 10000\n" : " tasks in all\n");
    }

    static String list(List<Task> tasks) {
        Table table = Table.titled("TASK", "TEMPLATE", "STATUS", "STEPS", "HEALTH", "CREATED");
        for (Task task : tasks) {
            table.row(
                    task.taskUuid(),
                    template(task),
                    task.status().text(),
                    task.completedSteps() + "/" + task.totalSteps(),
                    task.healthStatus(),
                    task.createdAt());
        }
        return table.toString();
    }

    static String why(TaskExplanation why) {
        Table table = Table.plain();
        why.steps()
                .forEach(step -> table.row("", step.name(), step.currentState().text(), step.sentence()));
        return why.sentence() + "\n" + table;
    }

    static String history(TaskTimeline timeline) {
        Table table = Table.titled("AT", "WHAT", "FROM", "TO", "VIA", "BY", "WHY");
        for (TaskChange change : timeline.changes()) {
            String step = change.name();
            table.row(
                    change.at(),
                    step == null ? "task" : step,
                    change.fromState(),
                    change.state(),
                    change.via() == null || change.via().isEmpty() ? "" : String.join(" ", change.via()),
                    change.actor() == null ? "" : change.actor(),
                    change.reason() == null ? "" : change.reason());
        }
        return table.toString();
    }

    private static String template(Task task) {
        return task.namespace() + "/" + task.name() + " v" + task.version();
    }
}
