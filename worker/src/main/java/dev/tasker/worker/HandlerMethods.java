package dev.tasker.worker;

import dev.tasker.worker.annotated.AnnotatedHandlers;
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

    /** The handler with the public methods of its class, or the handler itself where there are none to add. */
    static StepHandler extended(StepHandler handler, AnnotatedHandlers annotated) {
        HandlerMethods extended = of(handler);
        for (Map.Entry<String, StepHandler> method :
                annotated.methodsOf(handler).entrySet()) {
            if (extended.method(method.getKey()) == null) {
                extended = extended.with(method.getKey(), method.getValue());
            }
        }
        return extended.methods.isEmpty() ? handler : extended;
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
}
