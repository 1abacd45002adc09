package dev.tasker.cli;

import dev.tasker.client.BulkResult;
import dev.tasker.client.Selection;
import dev.tasker.client.Step;
import dev.tasker.client.StepAction;
import dev.tasker.client.Task;
import dev.tasker.client.TaskerClient;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker task retry}. */
@Command(name = "retry", description = "Tries failed steps again.", mixinStandardHelpOptions = true)
final class TaskRetryCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Mixin
    private TaskSelection tasks = new TaskSelection();

    @Option(names = "--step", description = "Only this one, of one task; name or UUID. Default: every failed one.")
    private @Nullable String step;

    @Option(
            names = {"-r", "--reason"},
            defaultValue = "Retried by tasker task retry",
            description = "For the history.")
    private String reason = "";

    @Option(
            names = {"-b", "--reset-by"},
            defaultValue = StepCommands.OPERATOR,
            description = "With --step. Default: ${DEFAULT-VALUE}")
    private String operator = StepCommands.OPERATOR;

    @Option(names = "--dry-run", description = "Only tell which tasks it would be.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Selection selection = tasks.selection(connection, client);
            UUID only = tasks.only(client);
            if (step != null) {
                if (only == null || dryRun) {
                    throw connection.wrong("--step: goes with one task, and not with --dry-run");
                }
                Step found = References.step(client, only, step);
                Step after = client.steps().act(only, found.stepUuid(), new StepAction.ResetForRetry(reason, operator));
                connection.output().show(after, after.stepUuid(), () -> StepCommands.details(after));
                return 0;
            }
            if (only != null && !dryRun) {
                Task task = client.tasks().retry(only, reason);
                connection.output().show(task, only, () -> TaskText.details(task));
                return 0;
            }
            BulkResult planned = client.tasks().retry(selection, reason, true);
            if (dryRun) {
                return BulkText.show(connection.output(), planned, "retried");
            }
            confirmation.require(planned.successful().size() + " tasks will be retried.");
            return BulkText.show(connection.output(), client.tasks().retry(selection, reason, false), "retried");
        }
    }
}
