package dev.tasker.worker.remote;

import java.time.Duration;

/**
 * When a worker tries again.
 *
 * @param backoffFirst bound of the pause before the first attempt to reconnect, doubled with each failure; the pause is a random part
 *     of it
 * @param backoffMax largest bound
 * @param resendAfter when a result without an answer is sent again over the same connection
 */
public record Reconnection(Duration backoffFirst, Duration backoffMax, Duration resendAfter) {
    public static final Reconnection DEFAULT =
            new Reconnection(Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofSeconds(30));

    private static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(30);

    public Reconnection {
        if (backoffFirst.compareTo(Duration.ofMillis(1)) < 0 || backoffMax.compareTo(backoffFirst) < 0) {
            throw new IllegalArgumentException("backoff: " + backoffFirst + " to " + backoffMax
                    + " (expected: >= PT0.001S, the first not above the largest)");
        }
        if (resendAfter.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("resend_after: " + resendAfter + " (expected: >= PT0.001S)");
        }
    }

    /** How long a server wants to be left alone that says {@code seconds}: one where that is no number, and never for long. */
    static Duration retryAfter(String seconds) {
        long asked = seconds.matches("\\d{1,6}") ? Long.parseLong(seconds) : 1;
        return Duration.ofSeconds(Math.clamp(asked, 1, RETRY_AFTER_MAX.toSeconds()));
    }
}
