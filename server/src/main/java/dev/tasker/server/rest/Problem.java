package dev.tasker.server.rest;

import dev.tasker.engine.ContextFault;
import dev.tasker.engine.EngineException;
import dev.tasker.server.api.RefusedOperationException;
import dev.tasker.server.json.JsonWriter;
import dev.tasker.server.security.Admission;
import dev.tasker.template.Finding;
import dev.tasker.template.TemplateException;
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
    private static final int BREAKER_RETRY_SECONDS = 30;

    /** The database does not answer, and is not asked for now. */
    private static final Problem BREAKER_OPEN = new Problem(
            503, "CIRCUIT_BREAKER_OPEN", "Service temporarily unavailable", List.of(), null, BREAKER_RETRY_SECONDS);

    /**
     * One fault of a request.
     *
     * @param pointer into the field, where a schema says what goes there; null elsewhere
     * @param keyword of that schema
     */
    record Detail(
            String field,
            String message,
            @Nullable String pointer,
            @Nullable String keyword) {
        Detail(String field, String message) {
            this(field, message, null, null);
        }

        static Detail of(ContextFault fault) {
            return new Detail("context", fault.message(), fault.pointer(), fault.keyword());
        }
    }

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

    /** A template that cannot be registered. */
    static Problem invalidTemplate(TemplateException failure) {
        List<Detail> details = failure.findings().stream()
                .filter(Finding::isError)
                .map(finding -> new Detail(finding.jsonPointer(), finding.code() + ": " + finding.message()))
                .toList();
        return new Problem(
                400, "BAD_REQUEST", "Invalid task configuration: " + failure.getMessage(), details, null, null);
    }

    /** A query parameter that cannot be read. */
    static Problem badQuery(String parameter, String fault) {
        return new Problem(
                400,
                "BAD_REQUEST",
                "Failed to deserialize query string: " + parameter + ": " + fault,
                List.of(new Detail(parameter, fault)),
                null,
                null);
    }

    /** The one table from refusals of operations to HTTP. */
    static Problem of(RefusedOperationException refusal) {
        String message = refusal.reason();
        return switch (refusal.fault()) {
            case INVALID, NOT_CANCELLABLE, ACTION_REFUSED -> badRequest(message);
            case TASK_UNKNOWN, STEP_UNKNOWN, STEP_OF_OTHER_TASK, TEMPLATE_UNKNOWN, LETTER_UNKNOWN ->
                of(404, "NOT_FOUND", message);
            case CONFLICT -> of(409, "CONFLICT", message);
            case IDENTITY_TAKEN -> new Problem(409, "CONFLICT", message, List.of(), refusal.existingTask(), null);
            case BACKPRESSURE -> backpressure(message, refusal.retryAfterSeconds());
            case DATABASE_SUSPENDED -> UNAVAILABLE;
            case REPORTS_SUSPENDED -> BREAKER_OPEN;
        };
    }

    /** The one table from the engine's codes to HTTP. */
    static Problem of(EngineException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.code()) {
            case INVALID_REQUEST ->
                new Problem(
                        400,
                        "BAD_REQUEST",
                        message,
                        failure.faults().stream().map(Detail::of).toList(),
                        null,
                        null);
            case INVALID_TEMPLATE -> badRequest("Invalid task configuration: " + message);
            case TEMPLATE_NOT_FOUND -> of(404, "NOT_FOUND", message);
            case SWITCHED_OFF -> of(422, "VALIDATION_ERROR", message);
            case TEMPLATE_CHANGED -> of(409, "CONFLICT", message);
            case OVERLOADED -> backpressure(message, LANE_RETRY_SECONDS);
            case DATABASE_UNAVAILABLE, CLOSED -> UNAVAILABLE;
            case INTERNAL -> INTERNAL_ERROR;
        };
    }

    private static Problem backpressure(String reason, @Nullable Integer retryAfterSeconds) {
        return new Problem(
                503, "BACKPRESSURE", "Service under backpressure: " + reason, List.of(), null, retryAfterSeconds);
    }

    /** Nobody has shown who they are, or not somebody who may. */
    static Problem refused(Admission.Refused refused) {
        return of(refused.status(), refused.code(), refused.message());
    }

    /** The answer that carries this refusal of the request with that id, null: it has none. */
    Reply toReply(@Nullable String requestId) {
        JsonWriter json = new JsonWriter().openObject();
        writeError(json, requestId);
        return Reply.json(status, json.closeObject().toBytes()).withRetryAfter(retryAfterSeconds);
    }

    /** Writes the member {@code error}. */
    void writeError(JsonWriter json, @Nullable String requestId) {
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
                        .textIfPresent("pointer", detail.pointer())
                        .textIfPresent("keyword", detail.keyword())
                        .closeObject();
            }
            json.closeArray();
        }
        json.textIfPresent("request_id", requestId).closeObject();
    }
}
