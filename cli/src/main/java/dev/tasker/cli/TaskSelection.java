package dev.tasker.cli;

import dev.tasker.client.Selection;
import dev.tasker.client.TaskerClient;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The tasks that a command is about: named, or found. */
final class TaskSelection {
    @Parameters(arity = "0..*", paramLabel = "TASK", description = "UUIDs, or their first digits.")
    private List<String> tasks = List.of();

    @Option(
            names = "--query",
            paramLabel = "EXPR",
            description = "Instead of tasks: those with conditions such as \"namespace=shop status=active\".")
    private @Nullable String query;

    Selection selection(Connection connection, TaskerClient client) throws InterruptedException {
        if (tasks.isEmpty() == (query == null)) {
            throw connection.wrong("TASK or --query is wanted (expected: exactly one of them)");
        }
        return query == null ? Selection.of(named(client)) : Selection.of(TaskQueryText.parse(query));
    }

    /** The task when it is exactly one that is named. */
    @Nullable
    UUID only(TaskerClient client) throws InterruptedException {
        return query == null && tasks.size() == 1 ? References.task(client, tasks.getFirst()) : null;
    }

    private List<UUID> named(TaskerClient client) throws InterruptedException {
        List<UUID> named = new ArrayList<>();
        for (String task : tasks) {
            named.add(References.task(client, task));
        }
        return named;
    }
}
