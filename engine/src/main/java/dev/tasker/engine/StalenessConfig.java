package dev.tasker.engine;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import java.time.Duration;

/**
 * When tasks count as stale, and what is done with them (01 §5.2). What a template's {@code lifecycle} states comes before the thresholds
 * here.
 *
 * @param enabled whether this node sweeps; read at the start
 * @param dryRun report stale tasks and leave them alone
 * @param interval how often all nodes together sweep
 * @param batchSize most tasks judged by one sweep
 * @param waitingForDependencies how long a task may rest in that state, whole minutes, like the next three
 * @param lifetime how old a task may become
 * @param checkpointStall how old the last checkpoint of a running batch worker may be for its task to be spared; zero spares none
 * @param fails move stale tasks to {@code error}
 * @param enters enter stale tasks into the dead-letter queue
 * @param notifies tell {@code eventChannel} of each stale task, after the fact
 * @param eventChannel a channel of PostgreSQL, 1 to 63 characters
 * @param entersExhausted enter tasks blocked by a step whose attempts are used up, too
 */
public record StalenessConfig(
        boolean enabled,
        boolean dryRun,
        Duration interval,
        int batchSize,
        Duration waitingForDependencies,
        Duration waitingForRetry,
        Duration stepsInProcess,
        Duration lifetime,
        Duration checkpointStall,
        boolean fails,
        boolean enters,
        boolean notifies,
        String eventChannel,
        boolean entersExhausted) {
    public static final StalenessConfig DEFAULT = new StalenessConfig(
            true,
            false,
            ofMinutes(5),
            100,
            ofHours(1),
            ofMinutes(30),
            ofMinutes(30),
            ofDays(1),
            ofMinutes(15),
            true,
            true,
            true,
            "task_staleness_detected",
            false);

    public StalenessConfig {
        check("interval", interval, ofSeconds(1), ofHours(1));
        if (batchSize < 1 || batchSize > 10_000) {
            throw new IllegalArgumentException("staleness.batch_size: " + batchSize + " (expected: 1 to 10000)");
        }
        check("waiting_for_dependencies", waitingForDependencies, ofMinutes(1), ofDays(1));
        check("waiting_for_retry", waitingForRetry, ofMinutes(1), ofDays(1));
        check("steps_in_process", stepsInProcess, ofMinutes(1), ofDays(1));
        check("lifetime", lifetime, ofMinutes(1), ofDays(7));
        check("checkpoint_stall", checkpointStall, Duration.ZERO, ofDays(1));
        if (eventChannel.isBlank() || eventChannel.length() > 63) {
            throw new IllegalArgumentException(
                    "staleness.event_channel: '" + eventChannel + "' (expected: 1 to 63 characters)");
        }
    }

    private static void check(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "staleness." + key + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    /** The same, but no sweeps by this node. */
    public StalenessConfig disabled() {
        return new StalenessConfig(
                false,
                dryRun,
                interval,
                batchSize,
                waitingForDependencies,
                waitingForRetry,
                stepsInProcess,
                lifetime,
                checkpointStall,
                fails,
                enters,
                notifies,
                eventChannel,
                entersExhausted);
    }
}
