package dev.tasker.worker.api;

import dev.tasker.worker.BackoffHint;
import dev.tasker.worker.ErrorTypes;
import dev.tasker.worker.StepResult;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Results of steps that call HTTP services (04 §5.5). */
public final class ApiResults {
    /** How much of a body is stored with a failure, in bytes of UTF-8. */
    public static final int BODY_BYTES_MAX = 16 * 1024;

    private static final String RETRY_AFTER = "retry-after";
    private static final String CONNECTION_ERROR = "connection_error";
    private static final List<String> DETAILS = List.of("error", "message", "detail", "error_message", "msg");

    private ApiResults() {}

    /** Success: the body, or {@code {"data": body}} where it is no JSON object. */
    public static StepResult.Success success(ApiResponse response) {
        return success(response, response.body().isObject() ? response.body() : Map.of("data", response.body()));
    }

    /** Success with a value of the handler's, with status and headers as metadata. */
    public static StepResult.Success success(ApiResponse response, @Nullable Object value) {
        return StepResult.success(value, metadata(response));
    }

    /** The failure that the status means, in the words of the answer. */
    public static StepResult.Failure failure(ApiResponse response) {
        return failure(response, "HTTP " + response.statusCode() + ": " + detail(response));
    }

    /** The failure that the status means. */
    public static StepResult.Failure failure(ApiResponse response, String message) {
        int code = response.statusCode();
        ApiStatus status = ApiStatus.of(code);
        Map<String, Object> metadata = metadata(response);
        Duration retryAfter = response.retryAfter();
        if (retryAfter != null) {
            metadata.put("retry_after_seconds", retryAfter.toSeconds());
        }
        if (!response.text().isEmpty()) {
            metadata.put("response_body", storedBody(response));
        }
        StepResult.Failure failure = StepResult.failure(message)
                .type(status.errorType())
                .code("HTTP_" + code)
                .context("http_status", code)
                .context("classification", ApiStatus.classification(code))
                .metadata(metadata);
        if (!status.retryable()) {
            return failure.permanent();
        }
        String header = response.header(RETRY_AFTER);
        return header == null || retryAfter == null
                ? failure
                : failure.headers(Map.of("Retry-After", header)).backoffHint(new BackoffHint(kind(code), retryAfter));
    }

    /**
     * The failure of a call that reached nobody.
     *
     * @param doing what the handler was about, null: not said
     */
    public static StepResult.Failure connectionError(Throwable error, @Nullable String doing) {
        return unanswered("Connection error", CONNECTION_ERROR, error, doing);
    }

    /**
     * The failure of a call that nobody answered in time.
     *
     * @param doing what the handler was about, null: not said
     */
    public static StepResult.Failure timeoutError(Throwable error, @Nullable String doing) {
        return unanswered("Request timeout", ErrorTypes.TIMEOUT, error, doing);
    }

    private static StepResult.Failure unanswered(String what, String type, Throwable error, @Nullable String doing) {
        String reason = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        return StepResult.failure(what + (doing == null ? "" : " while " + doing) + ": " + reason)
                .type(type)
                .metadata(Map.of("exception_type", error.getClass().getSimpleName()));
    }

    private static Map<String, Object> metadata(ApiResponse response) {
        var headers = new LinkedHashMap<String, String>(response.headers());
        headers.remove("set-cookie"); // a secret of the session, and no fact about the outcome
        var metadata = new LinkedHashMap<String, Object>();
        metadata.put("status_code", response.statusCode());
        metadata.put("headers", headers);
        return metadata;
    }

    private static String detail(ApiResponse response) {
        for (String key : DETAILS) {
            JsonNode value = response.body().get(key);
            JsonNode text = value != null && value.isObject() ? value.get("message") : value;
            if (text != null && text.isString()) {
                return text.stringValue();
            }
        }
        return ApiStatus.of(response.statusCode()).text();
    }

    private static Object storedBody(ApiResponse response) {
        ByteBuffer room = ByteBuffer.allocate(BODY_BYTES_MAX);
        CharBuffer text = CharBuffer.wrap(response.text());
        StandardCharsets.UTF_8.newEncoder().encode(text, room, true); // stops before a character that has no room
        return text.hasRemaining() ? response.text().substring(0, text.position()) : response.body();
    }

    private static BackoffHint.Kind kind(int code) {
        return switch (code) {
            case ApiStatus.TOO_MANY_REQUESTS -> BackoffHint.Kind.RATE_LIMIT;
            case ApiStatus.SERVICE_UNAVAILABLE -> BackoffHint.Kind.SERVICE_UNAVAILABLE;
            default -> BackoffHint.Kind.SERVER_REQUESTED;
        };
    }
}
