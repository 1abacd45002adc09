package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tasker task watch}. */
@Command(
        name = "watch",
        description = "Tells every change of a task until it is over or waits for a person; exits as wait does.",
        mixinStandardHelpOptions = true)
final class TaskWatchCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.")
    private String task = "";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "3600",
            description = "Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Override
    public Integer call() throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            return new TaskFollower(client, connection.output())
                    .watch(References.task(client, task), Duration.ofSeconds(timeoutSeconds));
        }
    }
}
