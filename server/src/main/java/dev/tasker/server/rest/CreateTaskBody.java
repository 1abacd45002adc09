package dev.tasker.server.rest;

import dev.tasker.engine.TaskRequest;
import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/tasks} (03 §1.5). */
final class CreateTaskBody {
    private final JsonBody body;

    private CreateTaskBody(JsonBody body) {
        this.body = body;
    }

    /**
     * @param keyHeader the header {@code Idempotency-Key}, which means the same as the field
     * @throws RefusedException 400 for what is no JSON, 422 with every field of the wrong shape
     */
    static TaskRequest parse(String body, Optional<String> keyHeader) {
        return new CreateTaskBody(JsonBody.parse(body)).toRequest(keyHeader);
    }

    private TaskRequest toRequest(Optional<String> keyHeader) {
        String name = body.requiredText("name");
        String namespace = body.requiredText("namespace");
        String version = body.requiredText("version");
        String context = body.requiredJson("context", "an object"); // that it is one is for the engine to say
        String initiator = body.requiredText("initiator");
        String sourceSystem = body.requiredText("source_system");
        String reason = body.requiredText("reason");
        String tags = body.optionalTexts("tags");
        int priority = body.optionalInt("priority", 0);
        UUID correlationId = body.optionalUuid("correlation_id");
        UUID parentCorrelationId = body.optionalUuid("parent_correlation_id");
        String key = idempotencyKey(keyHeader);
        checkUnused();
        body.requireNoFaults();
        return new TaskRequest(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags == null ? "[]" : tags,
                priority,
                correlationId,
                parentCorrelationId,
                key);
    }

    private @Nullable String idempotencyKey(Optional<String> header) {
        String field = body.optionalText("idempotency_key");
        if (header.isPresent() && field != null && !field.equals(header.get())) {
            body.fault("idempotency_key", "differs from the header Idempotency-Key (expected: one key)");
        }
        return field == null ? header.orElse(null) : field;
    }

    /** Fields without effect still have a type. */
    private void checkUnused() {
        String requestedAt = body.optionalText("requested_at");
        if (requestedAt != null) {
            try {
                DateTimeFormatter.ISO_DATE_TIME.parse(requestedAt);
            } catch (DateTimeException e) {
                body.fault("requested_at", "\"" + requestedAt + "\" (expected: 2025-10-01T12:34:56.123456)");
            }
        }
        body.optionalObject("options");
    }
}
