package dev.tasker.cli;

import dev.tasker.client.CreateTask;
import dev.tasker.client.Task;
import dev.tasker.client.TaskerClient;
import dev.tasker.client.TaskerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker task create}. Has no {@code -V}, whose long name is the version of the template here. */
@Command(name = "create", description = "Creates a task.")
final class TaskCreateCommand implements Callable<Integer> {
    private static final int AT_ONCE_MAX = 32;

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

    @Option(names = "--wait", description = "Wait until the task rests; exit with 9 when it is not complete then.")
    private boolean waiting;

    @Option(names = "--watch", description = "As --wait, and show every change.")
    private boolean watching;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Of --wait and --watch. Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Option(
            names = "--dry-run",
            description =
                    "Create nothing: check the input against the template's schema and show the steps; exit with 8"
                            + " when it would be refused.")
    private boolean dryRun;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Create so many, all with the same input, each under a key of its own; for load tests.")
    private @Nullable Integer count;

    @Override
    public Integer call() throws InterruptedException {
        CreateTask request = options.request();
        try (TaskerClient client = connection.open()) {
            if (dryRun) {
                TaskDryRun outcome = TaskDryRun.of(client, request);
                connection.output().show(outcome, outcome.template().template(), outcome::text);
                return outcome.accepted() ? 0 : CommandException.INVALID;
            }
            if (count != null) {
                return createMany(client, request, count);
            }
            Task task = client.tasks().create(request);
            if (!waiting && !watching) {
                connection.output().show(task, task.taskUuid(), () -> TaskText.details(task));
                return 0;
            }
            Duration limit = Duration.ofSeconds(timeoutSeconds);
            return watching
                    ? new TaskFollower(client, connection.output()).watch(task.taskUuid(), limit)
                    : new TaskFollower(client, connection.output())
                            .await(List.of(task.taskUuid()), TaskFollower.Goal.rest, limit);
        }
    }

    private int createMany(TaskerClient client, CreateTask request, int wanted) throws InterruptedException {
        String key = request.idempotencyKey();
        if (wanted < 1 || waiting || watching) {
            throw connection.wrong("--count: wants a number from 1, and neither --wait nor --watch");
        }
        Semaphore room = new Semaphore(AT_ONCE_MAX);
        List<CompletableFuture<Task>> created = new ArrayList<>();
        for (int number = 1; number <= wanted; number++) {
            CreateTask each =
                    key == null ? request.withNewIdempotencyKey() : request.withIdempotencyKey(key + "-" + number);
            room.acquire();
            created.add(
                    client.async().<Task>call(it -> it.tasks().create(each)).whenComplete((_, _) -> room.release()));
        }
        List<Task> tasks = new ArrayList<>();
        for (CompletableFuture<Task> each : created) {
            try {
                tasks.add(each.join());
            } catch (CompletionException e) {
                if (e.getCause() instanceof TaskerException refused) {
                    throw refused;
                }
                throw e;
            }
        }
        connection.output().showAll(tasks, tasks, () -> tasks.size() + " tasks created.\n", Task::taskUuid);
        return 0;
    }
}
