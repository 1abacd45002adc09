package dev.tasker.worker;

import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.MadePayload;
import java.util.ArrayList;
import java.util.List;

/**
 * What an outcome makes of its step's domain events, as far as the worker knows; the server has the last word by attempts, schema and
 * lease.
 *
 * @param routed events whose condition the outcome meets, in the order of the template
 * @param declined events whose condition it meets, but whose publisher does not want them
 */
public record EventRouting(List<DeclaredEvent> routed, List<DeclaredEvent> declined) {
    private static final EventRouting NOTHING = new EventRouting(List.of(), List.of());

    public EventRouting {
        routed = List.copyOf(routed);
        declined = List.copyOf(declined);
    }

    public static EventRouting of(Assignment assignment, StepReport report) {
        if (assignment.step().publishedEvents().isEmpty()) {
            return NOTHING;
        }
        List<DeclaredEvent> routed = new ArrayList<>();
        List<DeclaredEvent> declined = new ArrayList<>();
        boolean mayRetry = mayRetry(assignment, report);
        for (DeclaredEvent event : assignment.step().publishedEvents()) {
            if (event.condition().meets(report.success(), mayRetry)) {
                MadePayload made = report.eventPayloads().get(event.name());
                (made != null && made.declined() ? declined : routed).add(event);
            }
        }
        return new EventRouting(routed, declined);
    }

    /** Whether the step is tried again after this report, as far as the worker knows. */
    static boolean mayRetry(Assignment assignment, StepReport report) {
        return report.retryable() && assignment.attempt() < assignment.maxAttempts();
    }
}
