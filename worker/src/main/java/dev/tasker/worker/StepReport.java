package dev.tasker.worker;

import dev.tasker.worker.event.MadePayload;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one attempt as it travels to the engine: the stored document, and beside it what the engine decides by.
 *
 * @param retryable whether another attempt may help; never with success
 * @param executionTime wall time of the handler, zero where it never ran
 * @param backoffHint wish for the delay of the next attempt, more precise than the whole seconds in the document
 * @param document the result document in compact JSON: {@code success}, {@code status} and {@code result} always, every
 *     other key only where it differs from its default. The row knows {@code step_uuid}, {@code completed_at} and
 *     {@code started_at} (completion less execution time), so the document does not carry them
 * @param eventPayloads what publishers of this worker made of the step's events, by event name
 */
public record StepReport(
        boolean success,
        boolean retryable,
        Duration executionTime,
        @Nullable BackoffHint backoffHint,
        @Nullable String errorType,
        @Nullable String errorCode,
        String document,
        Map<String, MadePayload> eventPayloads) {

    /** A report whose events, if any, get the default payload. */
    public StepReport(
            boolean success,
            boolean retryable,
            Duration executionTime,
            @Nullable BackoffHint backoffHint,
            @Nullable String errorType,
            @Nullable String errorCode,
            String document) {
        this(success, retryable, executionTime, backoffHint, errorType, errorCode, document, Map.of());
    }

    public StepReport {
        eventPayloads = Map.copyOf(eventPayloads);
        if (success && (retryable || errorType != null || errorCode != null)) {
            throw new IllegalArgumentException("a successful report is not retryable and has no error type or code");
        }
    }

    /** The same report with these payloads. */
    StepReport withEventPayloads(Map<String, MadePayload> payloads) {
        return new StepReport(success, retryable, executionTime, backoffHint, errorType, errorCode, document, payloads);
    }
}
