package dev.tasker.worker.resolve;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.StepHandler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Handlers by namespace and the exact text of their callable, asked before every other resolver. A handler of the step's own namespace
 * goes before one for any namespace. Thread-safe.
 */
public final class ExplicitMapping implements HandlerResolver {
    private final ConcurrentMap<HandlerKey, StepHandler> handlers = new ConcurrentHashMap<>();

    /** The handler, null when none is registered. */
    public @Nullable StepHandler find(String namespace, String callable) {
        StepHandler own = handlers.get(new HandlerKey(namespace, callable));
        return own != null ? own : handlers.get(HandlerKey.any(callable));
    }

    /** Adds a handler, and returns the one that it takes the place of. */
    public @Nullable StepHandler put(HandlerKey key, StepHandler handler) {
        return handlers.put(key, handler);
    }

    /** Whether there was one. */
    public boolean remove(HandlerKey key) {
        return handlers.remove(key) != null;
    }

    public void clear() {
        handlers.clear();
    }

    public List<HandlerKey> keys() {
        return List.copyOf(handlers.keySet());
    }

    /** What is registered now. */
    public Map<HandlerKey, StepHandler> all() {
        return Map.copyOf(handlers);
    }

    @Override
    public String name() {
        return "explicit_mapping";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("ExplicitMappingResolver");
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public boolean canResolve(HandlerDefinition definition, ResolutionContext context) {
        return true;
    }

    @Override
    public @Nullable StepHandler resolve(HandlerDefinition definition, ResolutionContext context) {
        return find(context.namespace(), definition.callable());
    }
}
