package dev.tasker.client;

import dev.tasker.client.TaskerException.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is known of a call that failed.
 *
 * @param status HTTP status, or the one that means what another transport said; 0 without an answer
 * @param unsent whether the request certainly never reached a server
 * @param existingTask the task in the way of a creation
 */
record Refusal(
        int status,
        String code,
        String message,
        @Nullable String requestId,
        @Nullable Duration retryAfter,
        List<Violation> violations,
        @Nullable UUID existingTask,
        boolean unsent,
        int attempts,
        @Nullable Throwable cause) {
    private static final int BODY_CHARS_MAX = 300;

    /** There was no answer. */
    static Refusal silence(String message, boolean unsent, int attempts, @Nullable Throwable cause) {
        return new Refusal(0, "", message, null, null, List.of(), null, unsent, attempts, cause);
    }

    /** What a server that speaks REST would refuse with 400, found out here or told in another way. */
    static TaskerException.Validation invalid(String message, int attempt) {
        return new TaskerException.Validation(
                new Refusal(400, "BAD_REQUEST", message, null, null, List.of(), null, false, attempt, null));
    }

    /** The transport has no such operation. */
    static TaskerException unsupported(Transport transport, String what) {
        return new TaskerException.Unsupported(
                silence("Transport " + transport + ": " + what + " (expected: REST).", true, 0, null));
    }

    /** An answer of success that cannot be read. */
    static Refusal unreadable(Answer answer, String message, @Nullable Throwable cause) {
        return new Refusal(
                answer.status(),
                "",
                message,
                answer.requestId(),
                null,
                List.of(),
                null,
                false,
                answer.attempts(),
                cause);
    }

    /** The exception for an answer that is no success. */
    static TaskerException of(Answer answer) {
        return read(answer).exception();
    }

    /** The one table from HTTP status, which every transport has a word for, to kinds. */
    TaskerException exception() {
        return switch (status) {
            case 400, 405, 413, 415, 422 -> new TaskerException.Validation(this);
            case 401 -> new TaskerException.Unauthorized(this);
            case 403 -> new TaskerException.Forbidden(this);
            case 404 -> new TaskerException.NotFound(this);
            case 408 -> new TaskerException.Timeout(this);
            case 409 -> new TaskerException.Conflict(this);
            case 501 -> new TaskerException.Unsupported(this);
            default -> ofServer();
        };
    }

    private TaskerException ofServer() {
        if (code.equals("BACKPRESSURE")) {
            return new TaskerException.Backpressure(this);
        }
        return status >= 500 ? new TaskerException.Unavailable(this) : new TaskerException.Protocol(this);
    }

    private static Refusal read(Answer answer) {
        JsonNode error = envelope(answer.body());
        String message = error.path("message").asString("");
        List<Violation> violations = new ArrayList<>();
        for (JsonNode detail : error.path("details")) {
            if (detail.has("message")) {
                violations.add(new Violation(
                        detail.path("field").asString(""),
                        detail.path("message").asString("")));
            }
        }
        return new Refusal(
                answer.status(),
                error.path("code").asString(""),
                message.isEmpty() ? bare(answer) : message,
                answer.requestId(),
                answer.retryAfter(),
                List.copyOf(violations),
                taskUuid(error.path("details").path("task_uuid").asString("")),
                false,
                answer.attempts(),
                null);
    }

    /** Whoever answered does not speak of errors as Tasker does; a proxy, perhaps. */
    private static String bare(Answer answer) {
        String body = answer.body().strip();
        String shown = body.length() <= BODY_CHARS_MAX ? body : body.substring(0, BODY_CHARS_MAX) + "...";
        return "HTTP " + answer.status() + (shown.isEmpty() ? "" : ": " + shown);
    }

    /** A worker says flat what a server says within {@code error} (03 §1.13). */
    private static JsonNode envelope(String body) {
        try {
            JsonNode whole = Json.MAPPER.readTree(body);
            JsonNode error = whole.path("error");
            return error.isString() && whole instanceof ObjectNode flat ? flat.set("code", error) : error;
        } catch (JacksonException e) {
            return Json.MAPPER.missingNode();
        }
    }

    static @Nullable UUID taskUuid(String text) {
        try {
            return text.isEmpty() ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
