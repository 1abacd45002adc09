package dev.tasker.cli;

import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tasker task wait}. */
@Command(
        name = "wait",
        description = "Waits for tasks; exits with 9 when one does not end well, with 124 when the time is up.",
        mixinStandardHelpOptions = true)
final class TaskWaitCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Parameters(arity = "1..*", paramLabel = "TASK", description = "UUIDs, or their first digits.")
    private List<String> tasks = List.of();

    @Option(
            names = "--for",
            defaultValue = "rest",
            description = "${COMPLETION-CANDIDATES}; rest: over, or waiting for a person. Default: ${DEFAULT-VALUE}")
    private TaskFollower.Goal goal = TaskFollower.Goal.rest;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Override
    public Integer call() throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            List<UUID> uuids = new ArrayList<>();
            for (String task : tasks) {
                uuids.add(References.task(client, task));
            }
            return new TaskFollower(client, connection.output()).await(uuids, goal, Duration.ofSeconds(timeoutSeconds));
        }
    }
}
