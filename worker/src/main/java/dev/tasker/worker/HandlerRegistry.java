package dev.tasker.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Handlers by namespace and the exact text of their callable. A handler of the step's own namespace goes before one for
 * any namespace. Immutable.
 */
public final class HandlerRegistry {

    private final Map<HandlerKey, StepHandler> handlers;

    private HandlerRegistry(Map<HandlerKey, StepHandler> handlers) {
        this.handlers = Map.copyOf(handlers);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The handler for a step, or null when none is registered. */
    public @Nullable StepHandler find(String namespace, String callable) {
        StepHandler own = handlers.get(new HandlerKey(namespace, callable));
        return own != null ? own : handlers.get(HandlerKey.any(callable));
    }

    /** Everything registered. */
    public List<HandlerKey> keys() {
        return List.copyOf(handlers.keySet());
    }

    /** Collects handlers; naming one twice is an error. */
    public static final class Builder {

        private final Map<HandlerKey, StepHandler> handlers = new LinkedHashMap<>();

        private Builder() {}

        /** A handler for this callable in every namespace. */
        public Builder handler(String callable, StepHandler handler) {
            return handler(HandlerKey.any(callable), handler);
        }

        public Builder handler(HandlerKey key, StepHandler handler) {
            if (handlers.putIfAbsent(key, handler) != null) {
                throw new IllegalArgumentException("handler " + key + " is registered twice");
            }
            return this;
        }

        public Builder addAll(HandlerRegistry registry) {
            registry.handlers.forEach(this::handler);
            return this;
        }

        public HandlerRegistry build() {
            return new HandlerRegistry(handlers);
        }
    }
}
