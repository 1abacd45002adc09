package dev.tasker.engine.internal.task;

import dev.tasker.engine.Assignment.TaskPart;
import dev.tasker.engine.ContextFault;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.internal.template.ContextContract;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import dev.tasker.template.IdentityStrategy;
import dev.tasker.template.StepType;
import dev.tasker.template.TaskTemplate;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks requests (02 §1.2), resolves their template and works out their identity (01 §6.1). Writes nothing. Thread-safe. */
public final class TaskAdmission {
    private static final int NAME_MAX = 64;
    private static final int NAMESPACE_MAX = 29;
    private static final int VERSION_MAX = 16;
    private static final int TEXT_MAX = 128;
    private static final int PRIORITY_MAX = 100;
    private static final int KEY_MAX = 1_000;

    private final TemplateCatalogue templates;
    private final TaskUuids uuids;
    private final GraphConfig graph;
    private final BiConsumer<UUID, List<ContextFault>> deviations;

    public TaskAdmission(
            TemplateCatalogue templates,
            TaskUuids uuids,
            GraphConfig graph,
            BiConsumer<UUID, List<ContextFault>> deviations) {
        this.templates = templates;
        this.uuids = uuids;
        this.graph = graph;
        this.deviations = deviations;
    }

    /** The task that {@code request} asks for, with a new uuid; throws {@link EngineException} naming what is wrong with it. */
    public NewTask admit(TaskRequest request) {
        checkTexts(request);
        JsonNode context = JsonLimits.read("context", request.context());
        if (!context.isObject()) {
            throw invalid("context", context.getNodeType(), "an object");
        }
        if (request.tags() != null && !JsonLimits.read("tags", request.tags()).isContainer()) {
            throw invalid("tags", request.tags(), "an array or object");
        }
        RegisteredTemplate template = templates.current(request.namespace(), request.name(), request.version());
        if (template.plan().steps().isEmpty()) {
            throw new EngineException(
                    ErrorCode.TEMPLATE_NOT_FOUND,
                    "Task template not found: " + request.name() + " has no steps (expected: >= 1)");
        }
        if (!graph.batches() && template.plan().steps().stream().anyMatch(step -> step.type() == StepType.BATCHABLE)) {
            throw new EngineException(
                    ErrorCode.SWITCHED_OFF,
                    "template " + request.name()
                            + " has batchable steps (expected: none, as batch_processing.enabled is false)");
        }
        String stored = request.context();
        JsonNode defaults = template.plan().template().defaultContext();
        if (!defaults.isEmpty()) {
            stored = JsonLimits.merged(defaults, context);
            context = JsonLimits.read("context", stored);
        }
        UUID uuid = uuids.next();
        ContextContract contract = template.contract();
        if (contract != null
                && keepsTo(contract, context, uuid)
                && !contract.defaults().isEmpty()) {
            stored = JsonLimits.merged(contract.defaults(), context);
            context = JsonLimits.read("context", stored);
        }
        UUID correlation = request.correlationId() == null ? UUID.randomUUID() : request.correlationId();
        return new NewTask(
                uuid,
                template,
                new TaskPart(
                        request.namespace(),
                        request.name(),
                        request.version(),
                        stored,
                        request.priority(),
                        correlation,
                        request.parentCorrelationId(),
                        request.initiator(),
                        request.sourceSystem(),
                        request.reason(),
                        request.tags(),
                        request.traceparent()),
                identity(uuid, template, context, request.idempotencyKey()));
    }

    /** Whether a contract that is enforced is kept to; one that is not is told about. */
    private boolean keepsTo(ContextContract contract, JsonNode context, UUID task) {
        List<ContextFault> faults = contract.faults(context);
        if (contract.isEnforced() && !faults.isEmpty()) {
            throw EngineException.contextRefused(faults);
        }
        if (!faults.isEmpty()) {
            deviations.accept(task, faults);
        }
        return contract.isEnforced();
    }

    private static void checkTexts(TaskRequest request) {
        required("Task name", request.name());
        required("Namespace", request.namespace());
        required("Version", request.version());
        limited("name", request.name(), NAME_MAX);
        limited("namespace", request.namespace(), NAMESPACE_MAX);
        limited("version", request.version(), VERSION_MAX);
        present("initiator", request.initiator());
        present("source_system", request.sourceSystem());
        present("reason", request.reason());
        if (Math.abs((long) request.priority()) > PRIORITY_MAX) {
            throw invalid("priority", request.priority(), "-100 to 100");
        }
        if (request.idempotencyKey() != null) {
            if (request.idempotencyKey().isBlank()) {
                throw invalid("idempotency_key", "blank", "1 to " + KEY_MAX + " characters, or none");
            }
            limited("idempotency_key", request.idempotencyKey(), KEY_MAX);
        }
    }

    private static void required(String field, String value) {
        if (value.isEmpty()) {
            throw new EngineException(ErrorCode.INVALID_REQUEST, field + " cannot be empty");
        }
    }

    private static void present(String field, String value) {
        if (value.isEmpty()) {
            throw invalid(field, "\"\"", "1 to " + TEXT_MAX + " characters");
        }
        limited(field, value, TEXT_MAX);
    }

    private static void limited(String field, String value, int max) {
        if (value.codePointCount(0, value.length()) > max) {
            throw invalid(field, value.length() + " characters", "at most " + max);
        }
        if (value.indexOf('\0') >= 0) {
            throw invalid(field, "a NUL character", "text without one");
        }
        JsonLimits.requireUnicode(field, value);
    }

    private static EngineException invalid(String field, Object found, String expected) {
        return new EngineException(ErrorCode.INVALID_REQUEST, field + ": " + found + " (expected: " + expected + ")");
    }

    private static byte[] identity(UUID task, RegisteredTemplate template, JsonNode context, @Nullable String key) {
        if (key != null) {
            return hash(template, 'K', key);
        }
        TaskTemplate definition = template.plan().template();
        IdentityStrategy strategy = definition.identityStrategy();
        return switch (strategy) {
            case STRICT -> hash(template, 'C', JsonLimits.canonical(context));
            case ALWAYS_UNIQUE -> hash(template, 'U', task.toString());
            case CALLER_PROVIDED ->
                throw new EngineException(
                        ErrorCode.INVALID_REQUEST,
                        "idempotency_key is required when named task uses CallerProvided identity strategy");
        };
    }

    private static byte[] hash(RegisteredTemplate template, char tag, String payload) {
        UUID named = template.namedTaskUuid();
        byte[] text = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuffer input = ByteBuffer.allocate(18 + text.length)
                .putLong(named.getMostSignificantBits())
                .putLong(named.getLeastSignificantBits())
                .put((byte) 0)
                .put((byte) tag)
                .put(text);
        try {
            return MessageDigest.getInstance("SHA-256").digest(input.array());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
