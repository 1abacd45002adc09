package dev.tasker.worker.annotated;

import dev.tasker.worker.StepHandler;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes handlers of the user's classes. All that can be known is worked out here, once: which methods there are, where each parameter
 * comes from, and how the method is called. Thread-safe.
 */
public final class AnnotatedHandlers {
    private final Bindings bindings;
    private final ClassValue<Map<String, BoundMethod>> methods = new ClassValue<>() {
        @Override
        protected Map<String, BoundMethod> computeValue(Class<?> type) {
            boolean lambda = type.isHidden() || type.isSynthetic();
            return lambda ? Map.of() : new HandlerClass(type, bindings).dispatched();
        }
    };

    /** @param services what parameters without an annotation may ask for, by their exact type */
    public AnnotatedHandlers(Map<Class<?>, Object> services) {
        this.bindings = new Bindings(services);
    }

    /** The handlers of an annotated object by callable. The object serves all attempts at once, so it must be thread-safe. */
    public Map<String, StepHandler> of(Object instance) {
        return new HandlerClass(instance.getClass(), bindings).handlers(context -> instance);
    }

    /** The handlers of an annotated class by callable. Each attempt gets an instance of its own. */
    public Map<String, StepHandler> of(Class<?> type) {
        var handlers = new HandlerClass(type, bindings);
        return handlers.handlers(handlers.perAttempt());
    }

    /** A class as one handler, annotated or not, with an instance of its own for each attempt. */
    public StepHandler perAttempt(Class<?> type) {
        var handler = new HandlerClass(type, bindings);
        return handler.whole(handler.perAttempt());
    }

    /** The public methods of a handler that {@code handler.method} may name beside those it tells of itself; found once per class. */
    public Map<String, StepHandler> methodsOf(StepHandler handler) {
        Map<String, BoundMethod> found = methods.get(handler.getClass());
        if (found.isEmpty()) {
            return Map.of();
        }
        var bound = new LinkedHashMap<String, StepHandler>();
        found.forEach((name, method) -> bound.put(name, HandlerClass.on(method, context -> handler)));
        return bound;
    }

    /** Whether a class can be registered as it stands: it, or one of its methods, says what it handles. */
    public static boolean isAnnotated(Class<?> type) {
        return !type.isInterface()
                && (type.isAnnotationPresent(Handles.class)
                        || Arrays.stream(type.getDeclaredMethods())
                                .anyMatch(method -> method.isAnnotationPresent(Handles.class)));
    }
}
