package dev.tasker.engine;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task to create (02 §1.1). Texts are JSON as received and are stored verbatim; the engine validates them against the limits of
 * 01 §1.5 and answers {@link ErrorCode#INVALID_REQUEST}.
 *
 * @param context JSON object
 * @param tags JSON array or object, null: none
 * @param priority -100 to 100, higher is sooner
 * @param correlationId null: the engine makes one
 * @param idempotencyKey replaces the template's identity strategy when given (01 §6.1)
 * @param traceparent W3C trace context of whoever asks, null: none; handed on to workers
 */
public record TaskRequest(
        String namespace,
        String name,
        String version,
        String context,
        String initiator,
        String sourceSystem,
        String reason,
        @Nullable String tags,
        int priority,
        @Nullable UUID correlationId,
        @Nullable UUID parentCorrelationId,
        @Nullable String idempotencyKey,
        @Nullable String traceparent) {

    /** A request without trace context. */
    public TaskRequest(
            String namespace,
            String name,
            String version,
            String context,
            String initiator,
            String sourceSystem,
            String reason,
            @Nullable String tags,
            int priority,
            @Nullable UUID correlationId,
            @Nullable UUID parentCorrelationId,
            @Nullable String idempotencyKey) {
        this(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                priority,
                correlationId,
                parentCorrelationId,
                idempotencyKey,
                null);
    }

    /** A request with the defaults of 01 §1.5 for everything but the template and the context. */
    public static TaskRequest of(String namespace, String name, String version, String context) {
        return new TaskRequest(
                namespace,
                name,
                version,
                context,
                "system",
                "tasker-core",
                "Task requested",
                null,
                0,
                null,
                null,
                null);
    }

    public TaskRequest withPriority(int newPriority) {
        return new TaskRequest(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                newPriority,
                correlationId,
                parentCorrelationId,
                idempotencyKey,
                traceparent);
    }

    public TaskRequest withIdempotencyKey(String key) {
        return new TaskRequest(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                priority,
                correlationId,
                parentCorrelationId,
                key,
                traceparent);
    }

    /** This request as part of a trace. */
    public TaskRequest withTraceparent(@Nullable String newTraceparent) {
        return new TaskRequest(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                priority,
                correlationId,
                parentCorrelationId,
                idempotencyKey,
                newTraceparent);
    }
}
