package dev.tasker.errors;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on an error (01 §4.3).
 *
 * @param retryable whether another attempt may follow; never on the last one
 * @param retryDelay before that attempt, null when there is none
 * @param errorCode for programs
 * @param errorMessage for people
 * @param remediationSuggestions what a person may look at
 * @param finalAttempt whether this was the last attempt
 * @param confidence 0 to 1
 * @param metadata the facts of the context
 */
public record Classification(
        ErrorCategory category,
        boolean retryable,
        RetryStrategy strategy,
        @Nullable Duration retryDelay,
        String errorCode,
        String errorMessage,
        List<String> remediationSuggestions,
        boolean finalAttempt,
        double confidence,
        Map<String, String> metadata) {

    /** One line: whether it is retried, the category, the message. */
    public String summary() {
        return (retryable ? "Retryable" : "Permanent") + " error (" + category.display() + "): " + errorMessage;
    }
}
