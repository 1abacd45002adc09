package dev.tasker.template;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a retry block states, null where it is silent (spec 06 §8.5, §10).
 *
 * @param backoffBase shortest delay
 * @param maxBackoff longest delay
 */
public record RetryOverlay(
        @Nullable Boolean retryable,
        @Nullable Integer maxAttempts,
        @Nullable BackoffStrategy backoff,
        @Nullable Duration backoffBase,
        @Nullable Duration maxBackoff) {

    /** The policy with the stated keys in place of its own. */
    RetryPolicy applyTo(RetryPolicy policy) {
        return new RetryPolicy(
                retryable != null ? retryable : policy.retryable(),
                maxAttempts != null ? maxAttempts : policy.maxAttempts(),
                overlaid(policy.backoff()));
    }

    private @Nullable Backoff overlaid(@Nullable Backoff own) {
        if (backoff == null && backoffBase == null && maxBackoff == null) {
            return own;
        }
        Backoff start = own != null ? own : Backoff.DEFAULT;
        return new Backoff(
                backoff != null ? backoff : start.strategy(),
                backoffBase != null ? backoffBase : start.base(),
                maxBackoff != null ? maxBackoff : start.max());
    }
}
