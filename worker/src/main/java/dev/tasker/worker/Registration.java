package dev.tasker.worker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a worker tells the source about itself.
 *
 * @param workerName the name that operators see
 * @param instanceId this process; new with every start
 * @param handlers the only steps that may be assigned
 * @param maxInFlight bound of the credit that will ever be granted
 * @param handlerTimeout time a step may run when neither its handler's initialization nor its definition says so
 * @param traits of those handlers that are known
 * @param eventPatterns which domain events of others the worker wants to hear (04 §9.6)
 */
public record Registration(
        String workerName,
        UUID instanceId,
        List<HandlerKey> handlers,
        int maxInFlight,
        Duration handlerTimeout,
        Map<HandlerKey, HandlerTraits> traits,
        List<String> eventPatterns) {

    /** Of a worker that hears no events. */
    public Registration(
            String workerName,
            UUID instanceId,
            List<HandlerKey> handlers,
            int maxInFlight,
            Duration handlerTimeout,
            Map<HandlerKey, HandlerTraits> traits) {
        this(workerName, instanceId, handlers, maxInFlight, handlerTimeout, traits, List.of());
    }

    /** Of handlers of which nothing more is known. */
    public Registration(
            String workerName, UUID instanceId, List<HandlerKey> handlers, int maxInFlight, Duration handlerTimeout) {
        this(workerName, instanceId, handlers, maxInFlight, handlerTimeout, Map.of());
    }

    public Registration {
        handlers = List.copyOf(handlers);
        traits = Map.copyOf(traits);
        eventPatterns = List.copyOf(eventPatterns);
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight: " + maxInFlight + " (expected: >= 1)");
        }
    }
}
