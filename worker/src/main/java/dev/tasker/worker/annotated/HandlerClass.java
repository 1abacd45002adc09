package dev.tasker.worker.annotated;

import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A class of the user's whose methods are handlers, worked out once. Immutable. */
final class HandlerClass {
    private final Class<?> type;
    private final String version;
    private final Bindings bindings;

    HandlerClass(Class<?> type, Bindings bindings) {
        this.type = type;
        this.bindings = bindings;
        Handles stated = type.getAnnotation(Handles.class);
        this.version = stated == null ? StepHandler.VERSION : stated.version();
    }

    /** Where the instance of an attempt comes from. */
    @FunctionalInterface
    interface Instances {
        Object instance(StepContext context) throws Exception;
    }

    /** A new instance for every attempt, by the only constructor. */
    Instances perAttempt() {
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        if (constructors.length != 1 || Modifier.isAbstract(type.getModifiers())) {
            throw new BadHandlerException(
                    type.getName() + ": " + constructors.length + " constructors (expected: a class with one)");
        }
        return BoundMethod.of(constructors[0], bindings)::construct;
    }

    /** The handlers by callable: the class, or each of its annotated methods. */
    Map<String, StepHandler> handlers(Instances instances) {
        var handlers = new LinkedHashMap<String, StepHandler>();
        Handles stated = type.getAnnotation(Handles.class);
        if (stated != null) {
            handlers.put(stated.value(), whole(instances));
        }
        for (Method method : methods()) {
            Handles handles = method.getAnnotation(Handles.class);
            if (handles != null
                    && handlers.put(handles.value(), single(method, handles.version(), instances)) != null) {
                throw new BadHandlerException(type.getName() + ": '" + handles.value() + "' is handled twice");
            }
        }
        if (handlers.isEmpty()) {
            throw new BadHandlerException(type.getName() + ": no @Handles (expected: on the class, or on a method)");
        }
        return handlers;
    }

    /** The class as one handler, whatever callable it was found under. */
    StepHandler whole(Instances instances) {
        Map<String, StepHandler> methods = new LinkedHashMap<>();
        dispatched().forEach((name, method) -> methods.put(name, on(method, instances)));
        if (StepHandler.class.isAssignableFrom(type)) {
            return new MethodTable(
                    context -> ((StepHandler) instances.instance(context)).handle(context), methods, version);
        }
        return new MethodTable(single(main(), version, instances), methods, version);
    }

    /**
     * What {@code handler.method} may name: public methods with parameters that all say where they come from. Of several with one name
     * none can be meant.
     */
    Map<String, BoundMethod> dispatched() {
        Map<String, List<Method>> byName = methods().stream()
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getParameterCount() > 0 && bindings.canBind(method))
                .collect(Collectors.groupingBy(Method::getName, LinkedHashMap::new, Collectors.toList()));
        var dispatched = new LinkedHashMap<String, BoundMethod>();
        byName.forEach((name, methods) -> {
            if (methods.size() == 1) {
                dispatched.put(name, BoundMethod.of(methods.getFirst(), bindings, version));
            }
        });
        return dispatched;
    }

    private StepHandler single(Method method, String methodVersion, Instances instances) {
        return on(BoundMethod.of(method, bindings, methodVersion), instances);
    }

    /** The method as a handler. */
    static StepHandler on(BoundMethod method, Instances instances) {
        return context -> method.call(instances.instance(context), context);
    }

    private Method main() {
        List<Method> candidates = new ArrayList<>();
        for (Method method : methods()) {
            if (method.getName().equals(StepHandler.CALL)) {
                return method;
            }
            if (!Modifier.isPrivate(method.getModifiers()) && bindings.canBind(method)) {
                candidates.add(method);
            }
        }
        if (candidates.size() != 1) {
            throw new BadHandlerException(type.getName() + ": "
                    + candidates.stream().map(Method::getName).toList()
                    + " (expected: a method call, or one method whose parameters say where they come from)");
        }
        return candidates.getFirst();
    }

    /** The user's own methods: neither those of Object nor those that the framework calls, nor what the compiler adds. */
    private List<Method> methods() {
        Set<String> taken = new HashSet<>(List.of("toString()", "hashCode()", "equals(Object)", "close()"));
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                taken.add(component.getName() + "()");
            }
        }
        takenBy(type, taken);
        List<Method> methods = new ArrayList<>();
        for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (Method method : owner.getDeclaredMethods()) {
                if (!method.isSynthetic()
                        && !Modifier.isStatic(method.getModifiers())
                        && taken.add(signature(method))) {
                    methods.add(method);
                }
            }
        }
        methods.sort((one, other) -> one.getName().compareTo(other.getName())); // reflection has no order
        return Collections.unmodifiableList(methods);
    }

    private static void takenBy(@Nullable Class<?> implementing, Set<String> taken) {
        if (implementing == null) {
            return;
        }
        takenBy(implementing.getSuperclass(), taken);
        for (Class<?> contract : implementing.getInterfaces()) {
            if (StepHandler.class.isAssignableFrom(contract)) {
                Arrays.stream(contract.getMethods())
                        .map(HandlerClass::signature)
                        .forEach(taken::add);
            }
        }
    }

    private static String signature(Method method) {
        return method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList()
                        .toString()
                        .replace('[', '(')
                        .replace(']', ')');
    }

    /** A handler and the methods beside it. */
    private record MethodTable(StepHandler call, Map<String, StepHandler> others, String version)
            implements StepHandler {

        @Override
        public StepResult handle(StepContext context) throws Exception {
            return call.handle(context);
        }

        @Override
        public @Nullable StepHandler method(String name) {
            return name.equals(CALL) ? this : others.get(name);
        }

        @Override
        public List<String> methods() {
            var names = new ArrayList<String>(List.of(CALL));
            others.keySet().stream().filter(name -> !name.equals(CALL)).forEach(names::add);
            return names;
        }
    }
}
