package dev.tasker.engine;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import java.time.Duration;

/**
 * Lease timing of claimed steps; a lease survives two lost heartbeats (04 §9.6).
 *
 * @param grace what the server waits after expiry before it takes the step back
 * @param stopGrace how long a worker may take to end a handler whose time is up; with the step's own limit it bounds the lease, however
 *     often that is renewed
 */
public record LeaseConfig(Duration duration, Duration heartbeat, Duration grace, Duration stopGrace) {
    public static final LeaseConfig DEFAULT = new LeaseConfig(ofSeconds(30), ofSeconds(10), ofSeconds(1));

    public LeaseConfig {
        if (duration.compareTo(Duration.ofMillis(100)) < 0 || duration.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("leases.duration: " + duration + " (expected: PT0.1S to PT1H)");
        }
        if (heartbeat.isNegative()
                || heartbeat.isZero()
                || heartbeat.multipliedBy(3).compareTo(duration) > 0) {
            throw new IllegalArgumentException("leases.heartbeat: " + heartbeat
                    + " (expected: more than zero, at most a third of leases.duration " + duration + ")");
        }
        if (grace.isNegative() || grace.compareTo(ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("leases.grace: " + grace + " (expected: PT0S to PT1M)");
        }
        if (stopGrace.isNegative() || stopGrace.compareTo(ofHours(1)) > 0) {
            throw new IllegalArgumentException("leases.stop_grace: " + stopGrace + " (expected: PT0S to PT1H)");
        }
    }

    /** With the usual five seconds to stop a handler. */
    public LeaseConfig(Duration duration, Duration heartbeat, Duration grace) {
        this(duration, heartbeat, grace, ofSeconds(5));
    }
}
