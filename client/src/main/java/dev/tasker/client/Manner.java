package dev.tasker.client;

import java.time.Duration;

/**
 * How a call may be made.
 *
 * @param repeatable whether making it twice is as good as once
 * @param patience what it may take longer than the configured limit, because the server answers late on purpose
 * @param guarded whether it is not made while the server is known to be away; what asks just for that is
 */
record Manner(boolean repeatable, Duration patience, boolean guarded) {
    /** Twice is as good as once. */
    static final Manner READ = new Manner(true, Duration.ZERO, true);

    /** Twice is not. */
    static final Manner CHANGE = new Manner(false, Duration.ZERO, true);

    /** Asks how the server is. */
    static final Manner PROBE = new Manner(true, Duration.ZERO, false);

    Manner withPatience(Duration changed) {
        return new Manner(repeatable, changed, guarded);
    }
}
