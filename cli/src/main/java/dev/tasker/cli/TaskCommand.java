package dev.tasker.cli;

import dev.tasker.client.Task;
import dev.tasker.client.TaskChange;
import dev.tasker.client.TaskExplanation;
import dev.tasker.client.TaskPage;
import dev.tasker.client.TaskQuery;
import dev.tasker.client.TaskTimeline;
import dev.tasker.client.TaskerClient;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tasker task …} (07 §4.1). */
@Command(
        name = "task",
        description = "Creates, shows, follows and repairs tasks.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class TaskCommand extends CommandGroup {
    TaskCommand() {
        super(
                TaskCreateCommand.class,
                TaskRunCommand.class,
                TaskVisualizeCommand.class,
                TaskWaitCommand.class,
                TaskWatchCommand.class,
                TaskCancelCommand.class,
                TaskRetryCommand.class,
                StepCommands.Steps.class,
                StepCommands.Show.class,
                StepCommands.Audit.class,
                StepCommands.Reset.class,
                StepCommands.Resolve.class,
                StepCommands.Complete.class);
    }

    @Command(name = "get", description = "Shows a task.", mixinStandardHelpOptions = true)
    void get(
            @Mixin Connection connection,
            @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.") String task)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            Task found = client.tasks().get(References.task(client, task));
            connection.output().show(found, found.taskUuid(), () -> TaskText.details(found));
        }
    }

    @Command(name = "list", description = "Lists tasks, the newest first.", mixinStandardHelpOptions = true)
    void list(
            @Mixin Connection connection,
            @Option(
                            names = {"-n", "--namespace"},
                            description = "Only of this namespace.")
                    @Nullable
                    String namespace,
            @Option(
                            names = {"-s", "--status"},
                            description = "Only in this state; also completed, failed, active.")
                    @Nullable
                    String status,
            @Option(names = "--query", paramLabel = "EXPR", description = "Conditions such as \"name=order tag=eu\".")
                    @Nullable
                    String expression,
            @Option(
                            names = "--search",
                            paramLabel = "WORDS",
                            description =
                                    "Words of its name, tags, initiator, reason and such, or the beginning of a UUID.")
                    @Nullable
                    String words,
            @Option(
                            names = {"-l", "--limit"},
                            defaultValue = "20",
                            description = "At most so many, 1 to 100. Default: ${DEFAULT-VALUE}")
                    int limit,
            @Option(names = "--page", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}") int page,
            @Option(names = "--all", description = "All of them, instead of a page.") boolean all)
            throws InterruptedException {
        TaskQuery query = TaskQueryText.parse(expression);
        query = namespace == null ? query : query.namespace(namespace);
        query = status == null ? query : query.status(status);
        query = words == null ? query : query.words(words);
        try (TaskerClient client = connection.open()) {
            if (all) {
                connection.output().showEach(client.tasks().stream(query), TaskText::list, Task::taskUuid);
                return;
            }
            TaskPage found = client.tasks().list(query, page, limit);
            connection.output().showAll(found, found.tasks(), () -> TaskText.page(found), Task::taskUuid);
        }
    }

    @Command(
            name = "result",
            description = "Prints what a task, or one of its steps, came to, as JSON and nothing else.",
            mixinStandardHelpOptions = true)
    void result(
            @Mixin Connection connection,
            @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.") String task,
            @Option(names = "--step", paramLabel = "STEP", description = "Name or UUID; default: the last one.")
                    @Nullable
                    String step)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            UUID uuid = References.task(client, task);
            connection
                    .output()
                    .raw(
                            step == null
                                    ? TaskResult.of(client, uuid)
                                    : TaskResult.of(References.step(client, uuid, step)));
        }
    }

    @Command(name = "why", description = "Tells why a task does not go on.", mixinStandardHelpOptions = true)
    void why(
            @Mixin Connection connection,
            @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.") String task)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            TaskExplanation why = client.tasks().why(References.task(client, task));
            connection.output().show(why, why.taskUuid(), () -> TaskText.why(why));
        }
    }

    @Command(name = "history", description = "Everything that has happened to a task.", mixinStandardHelpOptions = true)
    void history(
            @Mixin Connection connection,
            @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.") String task)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            UUID uuid = References.task(client, task);
            TaskTimeline timeline = client.tasks().timeline(uuid);
            connection
                    .output()
                    .showAll(timeline, timeline.changes(), () -> TaskText.history(timeline), TaskChange::taskUuid);
        }
    }
}
