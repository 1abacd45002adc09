package dev.tasker.worker;

import java.time.Duration;

/** How long a handler asks to wait before the next attempt; the engine caps it. */
public record BackoffHint(Kind kind, Duration delay) {

    /** Whose wish it is. */
    public enum Kind {
        SERVER_REQUESTED("ServerRequested"),
        RATE_LIMIT("RateLimit"),
        SERVICE_UNAVAILABLE("ServiceUnavailable"),
        CUSTOM("Custom");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        /** The spelling in result documents. */
        public String wireName() {
            return wireName;
        }
    }

    public BackoffHint {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("backoff delay: " + delay + " (expected: >= PT0S)");
        }
    }

    /** The delay in whole seconds, rounded up, as result documents carry it. */
    public long delaySeconds() {
        return delay.plusNanos(999_999_999L).toSeconds();
    }
}
