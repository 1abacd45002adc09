package dev.tasker.client;

import dev.tasker.client.TaskerException.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What is known of a call that failed.
 *
 * @param status HTTP status, 0 without an answer
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

    /** The exception for an answer that is no success; the one table from HTTP to kinds. */
    static TaskerException of(Answer answer) {
        Refusal refusal = read(answer);
        return switch (refusal.status) {
            case 400, 405, 413, 415, 422 -> new TaskerException.Validation(refusal);
            case 401 -> new TaskerException.Unauthorized(refusal);
            case 403 -> new TaskerException.Forbidden(refusal);
            case 404 -> new TaskerException.NotFound(refusal);
            case 408 -> new TaskerException.Timeout(refusal);
            case 409 -> new TaskerException.Conflict(refusal);
            default -> ofServer(refusal);
        };
    }

    private static TaskerException ofServer(Refusal refusal) {
        if (refusal.code.equals("BACKPRESSURE")) {
            return new TaskerException.Backpressure(refusal);
        }
        return refusal.status >= 500 ? new TaskerException.Unavailable(refusal) : new TaskerException.Protocol(refusal);
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
                uuid(error.path("details").path("task_uuid").asString("")),
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

    private static JsonNode envelope(String body) {
        try {
            return Json.MAPPER.readTree(body).path("error");
        } catch (JacksonException e) {
            return Json.MAPPER.missingNode();
        }
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return text.isEmpty() ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
