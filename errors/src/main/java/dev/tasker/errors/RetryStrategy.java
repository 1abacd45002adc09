package dev.tasker.errors;

import java.util.Locale;

/** How the delay of the next attempt comes about (01 §4.3). */
public enum RetryStrategy {
    NO_RETRY,
    IMMEDIATE,
    FIXED_DELAY,
    EXPONENTIAL_BACKOFF,
    LINEAR_BACKOFF,
    JITTERED_EXPONENTIAL_BACKOFF,
    /** A delay that the error itself states. */
    CUSTOM_DELAY;

    /** The spelling in JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
