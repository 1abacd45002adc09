package dev.tasker.server.gateway;

import java.util.Optional;
import java.util.UUID;

/** Finds the namespace of a step: {@code engine::namespaceOf}. May block; fails with EngineException. */
@FunctionalInterface
public interface NamespaceFinder {
    Optional<String> find(UUID stepUuid);
}
