package dev.tasker.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of one attempt as its worker reports it.
 *
 * @param success authoritative outcome
 * @param retryable the worker's verdict on a failure; ignored on success
 * @param executionTimeMs wall time of the handler
 * @param retryAfter delay the failed service asked for, null: the step's own back-off (01 §4.4)
 * @param document the StepExecutionResult as JSON (01 §1.13), stored verbatim; must be valid JSON, which adapters check
 */
public record StepResult(
        boolean success,
        boolean retryable,
        int executionTimeMs,
        @Nullable Duration retryAfter,
        String document) {

    /** A success with this JSON value as its result. */
    public static StepResult success(String resultJson) {
        return new StepResult(
                true, false, 0, null, "{\"success\":true,\"result\":" + resultJson + ",\"status\":\"completed\"}");
    }
}
