package dev.tasker.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Outcome of one attempt as its worker reports it.
 *
 * @param success authoritative outcome
 * @param retryable the worker's verdict on a failure; ignored on success
 * @param executionTimeMs wall time of the handler
 * @param backoff what the failed service asked for, null: the step's own back-off (01 §4.4)
 * @param document the StepExecutionResult as JSON (01 §1.13), stored verbatim; must be valid JSON, which adapters check
 * @param eventPayloads what custom publishers of the worker made of the step's declared events, by event name (04 §6.4)
 */
public record StepResult(
        boolean success,
        boolean retryable,
        int executionTimeMs,
        @Nullable BackoffRequest backoff,
        String document,
        Map<String, EventPayload> eventPayloads) {
    public StepResult {
        eventPayloads = Map.copyOf(eventPayloads);
    }

    /** A result whose events, if any, are the default publisher's. */
    public StepResult(
            boolean success,
            boolean retryable,
            int executionTimeMs,
            @Nullable BackoffRequest backoff,
            String document) {
        this(success, retryable, executionTimeMs, backoff, document, Map.of());
    }

    /** The same result with what custom publishers made of the step's events. */
    public StepResult withEventPayloads(Map<String, EventPayload> payloads) {
        return new StepResult(success, retryable, executionTimeMs, backoff, document, payloads);
    }

    /** A success with this JSON value as its result. */
    public static StepResult success(String resultJson) {
        return new StepResult(
                true, false, 0, null, "{\"success\":true,\"result\":" + resultJson + ",\"status\":\"completed\"}");
    }
}
