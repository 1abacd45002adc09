package dev.tasker.server.health;

import dev.tasker.server.config.BackpressureConfig;

/** How much waits in a queue (02 §8.4); the ordinal is the number in metrics. */
public enum Tier {
    UNKNOWN,
    NORMAL,
    WARNING,
    CRITICAL,
    OVERFLOW;

    static Tier of(int depth, BackpressureConfig config) {
        if (depth >= config.overflow()) {
            return OVERFLOW;
        }
        if (depth >= config.critical()) {
            return CRITICAL;
        }
        return depth >= config.warning() ? WARNING : NORMAL;
    }
}
