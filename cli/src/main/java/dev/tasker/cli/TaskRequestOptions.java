package dev.tasker.cli;

import dev.tasker.client.CreateTask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The options that say which task is to be created (07 §4.1). */
final class TaskRequestOptions {
    private static final String REASON = "CLI task creation";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

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

    /** What they ask for. */
    CreateTask request() {
        return new CreateTask(
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
            throw new ParameterException(
                    spec.commandLine(), "Missing input: one of --input, --set, --set-json is wanted");
        }
        return context;
    }
}
