package dev.tasker.template;

import org.jspecify.annotations.Nullable;

/**
 * Whether and when a failed step is tried again (spec 06 §8.5).
 *
 * @param maxAttempts total attempts including the first; the first runs even when this is 0
 * @param backoff null when the template states none of the backoff keys, so that the server's configuration decides
 */
public record RetryPolicy(
        boolean retryable, int maxAttempts, @Nullable Backoff backoff) {
    /** What holds when a step has no retry block. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(true, 3, null);

    public RetryPolicy {
        if (maxAttempts < 0) {
            throw new IllegalArgumentException("retry.max_attempts: " + maxAttempts + " (expected: not negative)");
        }
    }

    /** Whether a step that failed retryably after {@code attemptsMade} attempts gets another one. */
    public boolean allowsAttemptAfter(int attemptsMade) {
        return retryable && attemptsMade < maxAttempts;
    }
}
