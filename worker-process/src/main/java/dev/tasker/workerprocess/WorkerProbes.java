package dev.tasker.workerprocess;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What the worker answers to probes, over whatever protocol they come (03 §1.13). Waits for nobody. Thread-safe. */
final class WorkerProbes {
    private static final String TYPE = "command_processor";

    private final WorkerHealth health;
    private final WorkerIdentity identity;
    private final InstantSource clock;
    private final Instant startedAt;

    /** A word on the whole worker. */
    record Word(String status, Instant time, String workerId) {}

    /**
     * What the worker is.
     *
     * @param active whether it takes steps
     */
    record Facts(
            String version,
            String environment,
            long uptimeSeconds,
            String type,
            boolean active,
            List<String> namespaces) {}

    /** The word with what it rests on. */
    record Report(Word word, List<Check> checks, Facts facts) {
        boolean isHealthy() {
            return checks.stream().allMatch(Check::isHealthy);
        }
    }

    WorkerProbes(WorkerHealth health, WorkerIdentity identity, InstantSource clock, Instant startedAt) {
        this.health = health;
        this.identity = identity;
        this.clock = clock;
        this.startedAt = startedAt;
    }

    /** The process answers. */
    Word basic() {
        return word("healthy");
    }

    /** The process lives. */
    Word live() {
        return word("alive");
    }

    /** Whether it takes steps: it does while all of these checks are healthy. */
    Report readiness() {
        return new Report(word("ready"), health.readiness(), facts());
    }

    /** All checks. */
    Report details() {
        List<Check> checks = health.all();
        return new Report(word(checks.stream().allMatch(Check::isHealthy) ? "healthy" : "degraded"), checks, facts());
    }

    private Word word(String status) {
        return new Word(status, clock.instant(), identity.id());
    }

    private Facts facts() {
        return new Facts(
                identity.version(),
                identity.environment(),
                clock.instant().getEpochSecond() - startedAt.getEpochSecond(),
                TYPE,
                health.standing().status() == WorkerStatus.RUNNING,
                identity.namespaces());
    }
}
