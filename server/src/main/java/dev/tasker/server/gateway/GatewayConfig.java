package dev.tasker.server.gateway;

import dev.tasker.engine.LeaseConfig;
import java.time.Duration;

/**
 * What the gateway tells workers and what it lets them do.
 *
 * @param leases the engine's own, so that workers heartbeat in time
 * @param sessionsMax most streams at once, those waiting for their worker to return included
 * @param slotsMax most steps one worker may hold at once
 * @param drain how long a closing server still takes results of running handlers
 */
public record GatewayConfig(LeaseConfig leases, int sessionsMax, int slotsMax, Duration drain) {
    /** The largest result document a worker may report, in bytes of UTF-8 (04 §9.6). */
    public static final int RESULT_BYTES_MAX = 4 << 20;

    public static final GatewayConfig DEFAULT =
            new GatewayConfig(LeaseConfig.DEFAULT, 1_000, 10_000, Duration.ofSeconds(10));

    public GatewayConfig {
        if (sessionsMax < 1) {
            throw new IllegalArgumentException("gateway.sessions_max: " + sessionsMax + " (expected: >= 1)");
        }
        if (slotsMax < 1) {
            throw new IllegalArgumentException("gateway.slots_max: " + slotsMax + " (expected: >= 1)");
        }
        if (drain.isNegative() || drain.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("gateway.drain: " + drain + " (expected: PT0S to PT5M)");
        }
    }

    public GatewayConfig withLeases(LeaseConfig newLeases) {
        return new GatewayConfig(newLeases, sessionsMax, slotsMax, drain);
    }

    public GatewayConfig withDrain(Duration newDrain) {
        return new GatewayConfig(leases, sessionsMax, slotsMax, newDrain);
    }
}
