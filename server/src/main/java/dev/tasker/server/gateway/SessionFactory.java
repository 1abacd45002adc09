package dev.tasker.server.gateway;

import dev.tasker.engine.Adoption;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.DomainEventSubscriber;
import dev.tasker.engine.DomainEventSubscription;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Opens sessions of the engine. Its methods may block. */
@FunctionalInterface
public interface SessionFactory {
    Session open(SessionRequest request, AssignmentListener listener);

    /** Takes over leases that other sessions gave, tokens by step; empty: nobody can, and they are judged by their tokens alone. */
    default Optional<Adoption> adopt(SessionRequest request, AssignmentListener listener, Map<UUID, Integer> leases) {
        return Optional.empty();
    }

    /** The leases of a session of any node, tokens by step. */
    default Map<UUID, Integer> leasesOf(UUID session) {
        return Map.of();
    }

    /** Hears fast and broadcast events (04 §6.6). */
    default DomainEventSubscription subscribe(String pattern, DomainEventSubscriber subscriber) {
        throw new EngineException(
                ErrorCode.INVALID_REQUEST, "pattern: '" + pattern + "' (expected: none, there are no events)");
    }

    /** Those of an engine. */
    static SessionFactory of(Engine engine) {
        return new SessionFactory() {
            @Override
            public Session open(SessionRequest request, AssignmentListener listener) {
                return engine.openSession(request, listener);
            }

            @Override
            public Optional<Adoption> adopt(
                    SessionRequest request, AssignmentListener listener, Map<UUID, Integer> leases) {
                return Optional.of(engine.adopt(request, listener, leases));
            }

            @Override
            public Map<UUID, Integer> leasesOf(UUID session) {
                return engine.leasesOf(session);
            }

            @Override
            public DomainEventSubscription subscribe(String pattern, DomainEventSubscriber subscriber) {
                return engine.domainEvents().subscribe(pattern, subscriber);
            }
        };
    }
}
