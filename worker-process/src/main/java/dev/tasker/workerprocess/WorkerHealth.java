package dev.tasker.workerprocess;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Judges a worker by what it knows itself, so that no probe waits for anybody (03 §1.13, 04 §8.2). It has no database; in the place of one
 * stands its session with the server.
 */
final class WorkerHealth {
    private static final double ERRORS_DEGRADED = 5;
    private static final double ERRORS_UNHEALTHY = 15;

    private final Supplier<Standing> standing;

    /**
     * What is so now.
     *
     * @param connected whether the server hears the worker
     * @param slotsTaken by handlers that run, abandoned ones included
     * @param abandoned handlers that outlived their interruption
     * @param waiting steps leased to the worker that have not begun
     * @param errorPercent of the last outcomes
     * @param templates how far their registration is
     */
    record Standing(
            WorkerStatus status,
            boolean connected,
            int slots,
            int slotsTaken,
            long abandoned,
            int credit,
            long waiting,
            double errorPercent,
            TemplateRegistration.Progress templates) {}

    WorkerHealth(Supplier<Standing> standing) {
        this.standing = standing;
    }

    Standing standing() {
        return standing.get();
    }

    /** The checks that decide whether the worker is ready. */
    List<Check> readiness() {
        return readiness(standing.get());
    }

    /** All checks. */
    List<Check> all() {
        Standing now = standing.get();
        List<Check> checks = new ArrayList<>(readiness(now));
        checks.add(
                now.connected()
                        ? Check.healthy("event_system", "assignments arrive over the session")
                        : Check.degraded("event_system", "no session over which assignments could arrive"));
        checks.add(steps(now));
        checks.add(Check.healthy("circuit_breakers", "a worker has none: results are kept until they are answered"));
        return checks;
    }

    private static List<Check> readiness(Standing now) {
        return List.of(server(now), process(now), slots(now));
    }

    private static Check server(Standing now) {
        return now.connected()
                ? Check.healthy("database", "session with the server stands; a worker has no database")
                : Check.unhealthy("database", "no session with the server");
    }

    private static Check process(Standing now) {
        String status = "status: " + now.status().text();
        if (now.status() != WorkerStatus.RUNNING) {
            return Check.degraded("command_processor", status);
        }
        if (!now.connected()) {
            return Check.degraded("command_processor", status + ", without a session");
        }
        return now.templates().pending()
                ? Check.degraded("command_processor", status + ", the templates are not registered yet")
                : Check.healthy("command_processor", status);
    }

    private static Check slots(Standing now) {
        String text = "%d of %d slots in use, %d granted to the server, %d steps waiting"
                .formatted(now.slotsTaken(), now.slots(), now.credit(), now.waiting());
        if (now.abandoned() >= now.slots()) {
            return Check.unhealthy(
                    "queue_processing", "every slot is held by a handler that does not end when it is interrupted");
        }
        return Check.healthy("queue_processing", text);
    }

    private static Check steps(Standing now) {
        String text = String.format(Locale.ROOT, "%.1f%% error rate", now.errorPercent());
        if (now.errorPercent() >= ERRORS_UNHEALTHY) {
            return Check.unhealthy("step_processing", text);
        }
        if (now.abandoned() > 0) {
            return Check.degraded(
                    "step_processing",
                    text + ", " + now.abandoned() + " handlers do not end though they are interrupted");
        }
        if (now.templates().refused() > 0) {
            return Check.degraded(
                    "step_processing",
                    "%s, %d of %d templates were refused by the server"
                            .formatted(
                                    text,
                                    now.templates().refused(),
                                    now.templates().templates()));
        }
        return now.errorPercent() >= ERRORS_DEGRADED
                ? Check.degraded("step_processing", text)
                : Check.healthy("step_processing", text);
    }
}
