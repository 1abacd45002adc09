package dev.tasker.cli;

import dev.tasker.client.Task;
import dev.tasker.client.TaskState;
import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker task run}. Has no {@code -V}, whose long name is the version of the template here. */
@Command(
        name = "run",
        description = "Creates a task, waits for its end and prints its result as JSON; exits with 9 when it is not"
                + " complete.")
final class TaskRunCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private TaskRequestOptions options = new TaskRequestOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Override
    public Integer call() throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Task created = client.tasks().create(options.request());
            Task ended = client.tasks().await(created.taskUuid(), Duration.ofSeconds(timeoutSeconds));
            if (!ended.status().isResting()) {
                connection.tell("Task " + ended.taskUuid() + " goes on.");
                return CommandException.TIMED_OUT;
            }
            if (ended.status() != TaskState.COMPLETE) {
                connection.tell(
                        "Task " + ended.taskUuid() + " is " + ended.status().text() + "; tasker task why tells more.");
                return CommandException.TASK_FAILED;
            }
            connection.output().raw(TaskResult.of(client, ended.taskUuid()));
            return 0;
        }
    }
}
