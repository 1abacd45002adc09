package dev.tasker.cli;

import dev.tasker.client.BulkResult;
import dev.tasker.client.Selection;
import dev.tasker.client.Task;
import dev.tasker.client.TaskerClient;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker task cancel}. */
@Command(name = "cancel", description = "Cancels tasks and their steps.", mixinStandardHelpOptions = true)
final class TaskCancelCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private TaskSelection tasks = new TaskSelection();

    @Option(
            names = {"-r", "--reason"},
            description = "For the history.")
    private @Nullable String reason;

    @Option(names = "--dry-run", description = "Only tell which tasks it would be.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Selection selection = tasks.selection(connection, client);
            UUID only = tasks.only(client);
            if (only != null && !dryRun) {
                confirmation.require("Task " + only + " and its unfinished steps will be cancelled.");
                Task task = client.tasks().cancel(only, reason);
                connection
                        .output()
                        .show(
                                task,
                                only,
                                () -> "Task " + only + " is " + task.status().text() + ".\n");
                return 0;
            }
            BulkResult planned = client.tasks().cancel(selection, reason, true);
            if (dryRun) {
                return BulkText.show(connection.output(), planned, "cancelled");
            }
            confirmation.require(planned.successful().size() + " tasks will be cancelled.");
            return BulkText.show(connection.output(), client.tasks().cancel(selection, reason, false), "cancelled");
        }
    }
}
