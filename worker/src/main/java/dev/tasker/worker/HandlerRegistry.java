package dev.tasker.worker;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.annotated.AnnotatedHandlers;
import dev.tasker.worker.resolve.ClassLookup;
import dev.tasker.worker.resolve.ClassScan;
import dev.tasker.worker.resolve.ExplicitMapping;
import dev.tasker.worker.resolve.HandlerNotFoundException;
import dev.tasker.worker.resolve.HandlerResolver;
import dev.tasker.worker.resolve.ResolutionContext;
import dev.tasker.worker.resolve.ResolverChain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The handlers of a worker (04 §5.9): those registered under their callable, by namespace or for all, and resolvers that make others of
 * their address. A worker takes the steps of {@link #keys()} as they are when it opens a session. Thread-safe.
 *
 * <p>Objects that are registered are shared by all attempts; classes and factories make one for each.
 */
public final class HandlerRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(HandlerRegistry.class);

    private final ExplicitMapping explicit = new ExplicitMapping();
    private final AnnotatedHandlers annotated;
    private final List<HandlerResolver> others;
    private final ResolverChain chain;
    private final StepHandler late = new Late();
    private final Set<HandlerKey> served = ConcurrentHashMap.newKeySet();

    private HandlerRegistry(Builder builder) {
        annotated = new AnnotatedHandlers(builder.services);
        others = new ArrayList<>(builder.resolvers);
        if (!builder.packages.isEmpty()) {
            others.add(new ClassLookup(builder.packages, annotated, builder.loader));
        }
        var all = new ArrayList<>(others);
        all.add(explicit);
        chain = new ResolverChain(all);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The handler registered under exactly this callable, or null when there is none. */
    public @Nullable StepHandler find(String namespace, String callable) {
        return explicit.find(namespace, callable);
    }

    /** Whether a step with this callable, and nothing else said of its handler, has one here. */
    public boolean canRun(String namespace, String callable) {
        JsonNode nothing = JsonNodeFactory.instance.objectNode();
        try {
            chain.resolve(
                    new HandlerDefinition(callable, null, null, nothing),
                    new ResolutionContext(nothing, null, namespace));
            return true;
        } catch (HandlerNotFoundException e) {
            return false;
        }
    }

    public boolean isRegistered(HandlerKey key) {
        return explicit.all().containsKey(key);
    }

    /** Registers a handler for this callable in every namespace; another one gives way, with a warning in the log. */
    public void register(String callable, StepHandler handler) {
        register(HandlerKey.any(callable), handler);
    }

    /** As {@link #register(String, StepHandler)}. */
    public void register(HandlerKey key, StepHandler handler) {
        if (explicit.put(key, withMethods(handler)) != null) {
            LOG.warn("Handler {} takes the place of another one", key);
        }
    }

    /** Forgets a handler; whether there was one. */
    public boolean unregister(HandlerKey key) {
        return explicit.remove(key);
    }

    /** Forgets all handlers; resolvers stay. */
    public void clear() {
        explicit.clear();
        served.clear();
    }

    /** The callables registered, in order. */
    public List<String> callables() {
        return List.copyOf(
                new TreeSet<>(explicit.keys().stream().map(HandlerKey::callable).toList()));
    }

    public int size() {
        return explicit.keys().size();
    }

    /** The names of the resolvers in the order in which they are asked. */
    public List<String> resolvers() {
        return chain.names();
    }

    /** What a worker with these handlers takes: everything registered, and what it was told to {@link #serve}. */
    public List<HandlerKey> keys() {
        var keys = new LinkedHashSet<>(explicit.keys());
        served.stream()
                .filter(key -> find(key.namespace(), key.callable()) == null)
                .forEach(keys::add);
        return List.copyOf(keys);
    }

    /** What is known of the handlers that are registered. */
    Map<HandlerKey, HandlerTraits> traits() {
        Map<HandlerKey, HandlerTraits> traits = new HashMap<>();
        for (HandlerKey key : explicit.keys()) {
            StepHandler handler = explicit.find(key.namespace(), key.callable());
            if (handler != null) {
                traits.put(key, HandlerTraits.of(handler));
            }
        }
        return traits;
    }

    /** Makes workers take these steps too, whose handlers are resolved and not registered. */
    public void serve(Collection<HandlerKey> keys) {
        served.addAll(keys);
    }

    /**
     * The handler of a step, with the method that is to run.
     *
     * @param stepName the step's name in the template, under which a handler may be registered where its callable is unknown
     * @throws HandlerNotFoundException when there is none
     */
    public StepHandler resolve(HandlerDefinition definition, ResolutionContext context, String stepName) {
        String method = definition.method();
        return method(
                found(definition, context, stepName),
                method == null ? StepHandler.CALL : method,
                definition.callable());
    }

    /**
     * What runs a step, null when nothing can and it has to be given back. A handler that is registered costs a look-up; the
     * others are resolved when the step runs, on its thread, for resolvers are user code.
     */
    @Nullable
    StepHandler handlerOf(Assignment assignment) {
        StepView step = assignment.step();
        if (step.resolver() == null) {
            String namespace = assignment.task().namespace();
            StepHandler handler = explicit.find(namespace, step.callable());
            if (handler == null && others.isEmpty()) {
                handler = explicit.find(namespace, step.templateStepName());
                if (handler == null) {
                    return null;
                }
            }
            if (handler != null) {
                StepHandler method = handler.method(step.method());
                return method == null ? late : versioned(method, handler.version());
            }
        }
        return late;
    }

    private StepResult resolved(StepContext context) throws Exception {
        StepView step = context.step();
        var definition = new HandlerDefinition(step.callable(), step.method(), step.resolver(), context.config());
        var resolution = new ResolutionContext(
                context.config(), context.correlationId(), context.task().namespace());
        StepHandler handler = found(definition, resolution, step.templateStepName());
        context.handledBy(handler.version());
        return method(handler, step.method(), step.callable()).handle(context);
    }

    private static StepHandler versioned(StepHandler method, String version) {
        return method.version().equals(version) ? method : new Versioned(method, version);
    }

    /** A method under the version of its handler. */
    private record Versioned(StepHandler method, String version) implements StepHandler {
        @Override
        public StepResult handle(StepContext context) throws Exception {
            return method.handle(context);
        }
    }

    /** Whatever is found when the step runs; its version is known only then. */
    private final class Late implements StepHandler {
        @Override
        public StepResult handle(StepContext context) throws Exception {
            return resolved(context);
        }

        @Override
        public String version() {
            return "";
        }
    }

    private StepHandler found(HandlerDefinition definition, ResolutionContext context, String stepName) {
        try {
            return chain.resolve(definition, context);
        } catch (HandlerNotFoundException e) {
            StepHandler byName = definition.resolver() == null ? explicit.find(context.namespace(), stepName) : null;
            if (byName == null) {
                throw e;
            }
            return byName;
        }
    }

    private StepHandler method(StepHandler handler, String name, String callable) {
        StepHandler method = handler.method(name);
        if (method == null) {
            StepHandler extended = withMethods(handler); // of a resolver's making
            method = extended.method(name);
            if (method == null) {
                throw HandlerNotFoundException.method(callable, name, extended.methods());
            }
        }
        return method;
    }

    private StepHandler withMethods(StepHandler handler) {
        return HandlerMethods.extended(handler, annotated);
    }

    /** Collects handlers; naming one twice is an error. */
    public static final class Builder {
        private final Map<HandlerKey, Function<AnnotatedHandlers, StepHandler>> handlers = new LinkedHashMap<>();
        private final List<Function<AnnotatedHandlers, Map<String, StepHandler>>> annotated = new ArrayList<>();
        private final List<HandlerResolver> resolvers = new ArrayList<>();
        private final Set<String> packages = new LinkedHashSet<>();
        private final Set<String> discovered = new LinkedHashSet<>();
        private final Map<Class<?>, Object> services = new LinkedHashMap<>();
        private ClassLoader loader = HandlerRegistry.class.getClassLoader();

        private Builder() {}

        /** A handler for this callable in every namespace. */
        public Builder handler(String callable, StepHandler handler) {
            return handler(HandlerKey.any(callable), handler);
        }

        public Builder handler(HandlerKey key, StepHandler handler) {
            return add(key, _ -> handler);
        }

        /** A class with an instance for each attempt, made by its only constructor; annotated or a {@link StepHandler}. */
        public Builder handlerClass(String callable, Class<?> type) {
            return add(HandlerKey.any(callable), makers -> makers.perAttempt(type));
        }

        /** A handler that is made for each attempt, of the handler's {@code initialization}. */
        public Builder factory(String callable, Function<JsonNode, StepHandler> factory) {
            return add(HandlerKey.any(callable), makers -> new MadeHandler(factory, makers));
        }

        /** The annotated methods of an object, which all attempts share. */
        public Builder annotated(Object handlers) {
            annotated.add(makers -> makers.of(handlers));
            return this;
        }

        /** The annotated methods of a class, of which each attempt gets an instance. */
        public Builder annotatedClass(Class<?> type) {
            annotated.add(makers -> makers.of(type));
            return this;
        }

        /** What parameters of this type, in annotated methods and constructors, are given. */
        public <T> Builder provide(Class<T> type, T service) {
            services.put(type, service);
            return this;
        }

        /** Adds a resolver; priorities from 20 to 99. */
        public Builder resolver(HandlerResolver resolver) {
            int priority = resolver.priority();
            if (priority < HandlerResolver.PRIORITY_MIN || priority > HandlerResolver.PRIORITY_MAX) {
                throw new IllegalArgumentException("resolver " + resolver.name() + ": priority " + priority
                        + " (expected: " + HandlerResolver.PRIORITY_MIN + " to " + HandlerResolver.PRIORITY_MAX + ")");
            }
            resolvers.add(resolver);
            return this;
        }

        /** Lets callables name classes of these packages and of those below. */
        public Builder classLookup(String... packagePrefixes) {
            packages.addAll(List.of(packagePrefixes));
            return this;
        }

        /** Registers every annotated class of the package and of those below, last of all: they take the place of others. */
        public Builder discover(String packageName) {
            discovered.add(packageName);
            return this;
        }

        /** Where classes are looked for, in place of the worker's own class loader. */
        public Builder classLoader(ClassLoader classLoader) {
            loader = classLoader;
            return this;
        }

        /** Everything that is registered there; resolvers stay where they are. */
        public Builder addAll(HandlerRegistry registry) {
            registry.explicit.all().forEach(this::handler);
            return this;
        }

        /**
         * The registry.
         *
         * @throws BadHandlerException when a handler can never work
         */
        public HandlerRegistry build() {
            var registry = new HandlerRegistry(this);
            handlers.forEach(
                    (key, maker) -> registry.explicit.put(key, registry.withMethods(maker.apply(registry.annotated))));
            for (Function<AnnotatedHandlers, Map<String, StepHandler>> makers : annotated) {
                makers.apply(registry.annotated).forEach((callable, handler) -> {
                    if (registry.explicit.put(HandlerKey.any(callable), handler) != null) {
                        throw twice(HandlerKey.any(callable));
                    }
                });
            }
            for (String packageName : discovered) {
                ClassScan.classesIn(packageName, loader).stream()
                        .filter(AnnotatedHandlers::isAnnotated)
                        .forEach(type -> registry.annotated.of(type).forEach(registry::register));
            }
            return registry;
        }

        private Builder add(HandlerKey key, Function<AnnotatedHandlers, StepHandler> maker) {
            if (handlers.putIfAbsent(key, maker) != null) {
                throw twice(key);
            }
            return this;
        }

        private static IllegalArgumentException twice(HandlerKey key) {
            return new IllegalArgumentException("handler " + key + " is registered twice");
        }
    }
}
