package dev.tasker.cli;

import dev.tasker.client.Bottlenecks;
import dev.tasker.client.Performance;
import dev.tasker.client.TaskerClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker analytics …} (07 §4.4). */
@Command(
        name = "analytics",
        description = "Reports of what was done and what was slow.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class AnalyticsCommand extends CommandGroup {
    @Command(name = "performance", description = "Rates and durations.", mixinStandardHelpOptions = true)
    void performance(
            @Mixin Connection connection,
            @Option(names = "--hours", defaultValue = "24", description = "1 to 720. Default: ${DEFAULT-VALUE}")
                    int hours)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Performance found = client.analytics().performance(hours);
            connection
                    .output()
                    .show(
                            found,
                            found.calculatedAt(),
                            () -> Table.plain()
                                    .row("Tasks in all", found.totalTasks())
                                    .row("Active", found.activeTasks())
                                    .row(
                                            "Completed",
                                            found.completedTasks() + " (" + Table.text(found.completionRate()) + " %)")
                                    .row("Failed", found.failedTasks() + " (" + Table.text(found.errorRate()) + " %)")
                                    .row("Tasks an hour", found.tasksPerHour())
                                    .row("Steps an hour", found.stepsPerHour())
                                    .row("Task takes", Table.text(found.averageTaskDurationSeconds()) + " s")
                                    .row("Step takes", Table.text(found.averageStepDurationSeconds()) + " s")
                                    .row("Health score", found.systemHealthScore())
                                    .row("Since", found.analysisPeriodStart())
                                    .toString());
        }
    }

    @Command(name = "bottlenecks", description = "What was slow in the last 24 hours.", mixinStandardHelpOptions = true)
    void bottlenecks(
            @Mixin Connection connection,
            @Option(
                            names = {"-l", "--limit"},
                            defaultValue = "10",
                            description = "Default: ${DEFAULT-VALUE}")
                    int limit,
            @Option(names = "--min-executions", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}")
                    int minimum)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Bottlenecks found = client.analytics().bottlenecks(limit, minimum);
            Table steps = Table.titled("STEP", "AVERAGE", "MAX", "RUNS", "ERRORS");
            for (Bottlenecks.SlowStep step : found.slowSteps()) {
                steps.row(
                        step.namespaceName() + "/" + step.taskName() + "@" + step.version() + "::" + step.stepName(),
                        Table.text(step.averageDurationSeconds()) + " s",
                        Table.text(step.maxDurationSeconds()) + " s",
                        step.executionCount(),
                        step.errorCount());
            }
            String advice = String.join("\n", found.recommendations());
            connection
                    .output()
                    .showAll(
                            found,
                            found.slowSteps(),
                            () -> steps + (advice.isEmpty() ? "" : "\n" + advice + "\n"),
                            Bottlenecks.SlowStep::stepName);
        }
    }
}
