package dev.tasker.cli;

import dev.tasker.client.CreateTask;
import dev.tasker.client.Task;
import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tasker task create}. Has no {@code -V}, whose long name is the version of the template here. */
@Command(name = "create", description = "Creates a task.")
final class TaskCreateCommand implements Callable<Integer> {
    private static final String REASON = "CLI task creation";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Connection connection = new Connection();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("unused") // picocli reads it
    private boolean help;

    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "default",
            description = "Default: ${DEFAULT-VALUE}")
    private String namespace = "default";

    @Option(names = "--name", required = true, description = "Of the template.")
    private String name = "";

    @Option(
            names = {"-v", "--version"},
            defaultValue = "1.0.0",
            description = "Default: ${DEFAULT-VALUE}")
    private String version = "1.0.0";

    @Option(
            names = {"-i", "--input"},
            description = "JSON object; @FILE reads it from a file, - from standard input.")
    private @Nullable String input;

    @Option(names = "--set", paramLabel = "KEY=TEXT", description = "Member of the input; can be repeated.")
    private Map<String, String> texts = new LinkedHashMap<>();

    @Option(names = "--set-json", paramLabel = "KEY=JSON", description = "Member of the input; can be repeated.")
    private Map<String, String> values = new LinkedHashMap<>();

    @Option(
            names = {"-d", "--description", "--reason"},
            description = "Why. Default: " + REASON)
    private String reason = REASON;

    @Option(
            names = {"-p", "--priority"},
            defaultValue = "5",
            description = "-100 to 100. Default: ${DEFAULT-VALUE}")
    private int priority;

    @Option(
            names = {"-c", "--correlation-id"},
            paramLabel = "UUID",
            description = "Default: one of its own.")
    private @Nullable UUID correlation;

    @Option(names = "--parent-correlation-id", paramLabel = "UUID", description = "Of what this task came from.")
    private @Nullable UUID parentCorrelation;

    @Option(names = "--tag", description = "Can be repeated.")
    private List<String> tags = List.of();

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "A second call is answered with the first task.")
    private @Nullable String idempotencyKey;

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

    @Override
    public Integer call() throws InterruptedException {
        CreateTask request = new CreateTask(
                namespace,
                name,
                version,
                context(),
                "tasker-ctl",
                "cli",
                reason,
                tags,
                priority,
                correlation,
                parentCorrelation,
                idempotencyKey);
        try (TaskerClient client = connection.open()) {
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

    private ObjectNode context() {
        ObjectNode context =
                input == null ? JsonMapper.shared().createObjectNode() : InputText.object(spec, "--input", input);
        texts.forEach(context::put);
        values.forEach((key, json) -> {
            JsonNode value = InputText.json(spec, "--set-json " + key, json);
            context.set(key, value);
        });
        if (input == null && context.isEmpty()) {
            throw connection.wrong("Missing input: one of --input, --set, --set-json is wanted");
        }
        return context;
    }
}
