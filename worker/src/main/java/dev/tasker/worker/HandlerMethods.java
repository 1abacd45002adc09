package dev.tasker.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A handler with several methods, of which {@code handler.method} of the template names the one to run (04 §5.9). Immutable. */
public final class HandlerMethods implements StepHandler {
    private final StepHandler call;
    private final Map<String, StepHandler> methods;

    private HandlerMethods(StepHandler call, Map<String, StepHandler> methods) {
        this.call = call;
        this.methods = methods;
    }

    /** A handler that runs {@code call} where the template names no method. */
    public static HandlerMethods of(StepHandler call) {
        return new HandlerMethods(call, Map.of());
    }

    /** The same handler with one method more. */
    public HandlerMethods with(String name, StepHandler method) {
        if (name.isBlank() || method(name) != null) {
            throw new IllegalArgumentException(
                    "method: '" + name + "' (expected: a name not taken by " + methods() + ")");
        }
        Map<String, StepHandler> extended = new LinkedHashMap<>(methods);
        extended.put(name, method);
        return new HandlerMethods(call, extended);
    }

    @Override
    public StepResult handle(StepContext context) throws Exception {
        return call.handle(context);
    }

    @Override
    public @Nullable StepHandler method(String name) {
        StepHandler own = call.method(name);
        return own != null ? own : methods.get(name);
    }

    @Override
    public List<String> methods() {
        return Stream.concat(call.methods().stream(), methods.keySet().stream()).toList();
    }

    @Override
    public String version() {
        return call.version();
    }

    /** Whether there is nothing beside the handler itself. */
    boolean isPlain() {
        return methods.isEmpty();
    }
}
