package dev.tasker.worker.api;

import dev.tasker.worker.StepException;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.internal.TypedJson;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A service's answer, whatever its status. Immutable.
 *
 * @param headers by name in lower case; a header that stands there several times is one text with commas
 * @param text the body as it came
 * @param body the body: parsed where the service says it is JSON and it is, otherwise a JSON text
 * @param retryAfter the service's wish ({@code Retry-After}), null when it has none; a minute where it cannot be read
 */
public record ApiResponse(
        int statusCode,
        Map<String, String> headers,
        String text,
        JsonNode body,
        @Nullable Duration retryAfter) {

    public ApiResponse {
        headers = Map.copyOf(headers);
    }

    /** A header by its name in any case, null when it is not there. */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** The body as a value of that type; a body that does not fit is a validation error. */
    @SuppressWarnings("unchecked") // read as that type
    public <T> T body(Class<T> type) {
        return (T) TypedJson.read(body, TypedJson.type(type), "response body", "body");
    }

    /** Whether the status is 200 to 299. */
    public boolean ok() {
        return statusCode >= 200 && statusCode < 300;
    }

    public boolean isClientError() {
        return statusCode >= 400 && statusCode < 500;
    }

    public boolean isServerError() {
        return statusCode >= 500 && statusCode < 600;
    }

    /** Whether another attempt may help. */
    public boolean isRetryable() {
        return !ok() && ApiStatus.of(statusCode).retryable();
    }

    /** This answer where its status is a success, otherwise the failure it means ({@link ApiResults#failure}). */
    public ApiResponse orThrow() throws StepException {
        if (!ok()) {
            throw ApiResults.failure(this).toException();
        }
        return this;
    }

    /** The result of a step that is done with this answer: its body, or the failure it means. */
    public StepResult toResult() {
        return ok() ? ApiResults.success(this) : ApiResults.failure(this);
    }
}
