package dev.tasker.server.rest;

import dev.tasker.engine.EngineException;
import dev.tasker.server.security.Admission;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A refusal as clients are told of it: status and error envelope (03 §1.2).
 *
 * @param details what is wrong field by field, empty to leave it out
 * @param taskUuid the task that is in the way, null to leave it out
 * @param retryAfterSeconds when to come back, null to leave it out
 */
record Problem(
        int status,
        String code,
        String message,
        List<Detail> details,
        @Nullable UUID taskUuid,
        @Nullable Integer retryAfterSeconds) {
    static final Problem NOT_FOUND = of(404, "NOT_FOUND", "Resource not found");
    static final Problem TIMEOUT = of(408, "TIMEOUT", "Request timeout");
    static final Problem METHOD_NOT_ALLOWED = of(405, "METHOD_NOT_ALLOWED", "Method not allowed");
    static final Problem BODY_TOO_LARGE =
            of(413, "PAYLOAD_TOO_LARGE", "Failed to buffer the request body: length limit exceeded");
    static final Problem UNSUPPORTED_MEDIA_TYPE =
            of(415, "UNSUPPORTED_MEDIA_TYPE", "Expected request with `Content-Type: application/json`");
    static final Problem INTERNAL_ERROR = of(500, "INTERNAL_ERROR", "Internal server error");
    static final Problem UNAVAILABLE = of(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable");

    private static final int LANE_RETRY_SECONDS = 15;

    /** One fault of a request. */
    record Detail(String field, String message) {}

    Problem {
        details = List.copyOf(details);
    }

    static Problem of(int status, String code, String message) {
        return new Problem(status, code, message, List.of(), null, null);
    }

    static Problem badRequest(String message) {
        return of(400, "BAD_REQUEST", message);
    }

    /** The path names no UUID; clients are shown what they sent. */
    static Problem invalidUuid(String text) {
        return of(400, "INVALID_UUID", text);
    }

    static Problem notJson(String fault) {
        return new Problem(400, "JSON_ERROR", "Invalid JSON format", List.of(new Detail("", fault)), null, null);
    }

    /** JSON of the wrong shape. */
    static Problem wrongShape(List<Detail> details) {
        Detail first = details.getFirst();
        String message = "Failed to deserialize the JSON body into the target type: "
                + (first.field().isEmpty() ? "" : first.field() + ": ") + first.message();
        return new Problem(422, "VALIDATION_ERROR", message, details, null, null);
    }

    /** @param existing the task that has it, null for callers who may not know */
    static Problem identityTaken(@Nullable UUID existing) {
        return new Problem(409, "CONFLICT", "A task with this identity already exists", List.of(), existing, null);
    }

    /** The one table from the engine's codes to HTTP. */
    static Problem of(EngineException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.code()) {
            case INVALID_REQUEST -> badRequest(message);
            case INVALID_TEMPLATE -> badRequest("Invalid task configuration: " + message);
            case TEMPLATE_NOT_FOUND -> of(404, "NOT_FOUND", message);
            case SWITCHED_OFF -> of(422, "VALIDATION_ERROR", message);
            case TEMPLATE_CHANGED -> of(409, "CONFLICT", message);
            case OVERLOADED -> backpressure(message);
            case DATABASE_UNAVAILABLE, CLOSED -> UNAVAILABLE;
            case INTERNAL -> INTERNAL_ERROR;
        };
    }

    private static Problem backpressure(String reason) {
        return new Problem(
                503, "BACKPRESSURE", "Service under backpressure: " + reason, List.of(), null, LANE_RETRY_SECONDS);
    }

    /** Nobody has shown who they are, or not somebody who may. */
    static Problem refused(Admission.Refused refused) {
        return of(refused.status(), refused.code(), refused.message());
    }

    /** The answer that carries this refusal. */
    Reply toReply() {
        JsonWriter json = new JsonWriter().openObject();
        writeError(json);
        return Reply.json(status, json.closeObject().toBytes()).withRetryAfter(retryAfterSeconds);
    }

    /** Writes the member {@code error}. */
    void writeError(JsonWriter json) {
        json.openObject("error").text("code", code).text("message", message);
        if (retryAfterSeconds != null) {
            json.number("retry_after_seconds", retryAfterSeconds);
        }
        if (taskUuid != null) {
            json.openObject("details").uuid("task_uuid", taskUuid).closeObject();
        } else if (!details.isEmpty()) {
            json.openArray("details");
            for (Detail detail : details) {
                json.openObject()
                        .text("field", detail.field())
                        .text("message", detail.message())
                        .closeObject();
            }
            json.closeArray();
        }
        json.closeObject();
    }
}
