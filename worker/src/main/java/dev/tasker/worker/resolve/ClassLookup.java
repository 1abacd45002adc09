package dev.tasker.worker.resolve;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.annotated.AnnotatedHandlers;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds classes by the callable: {@code Payments::Refund}, {@code com.shop.payments.Refund}, or {@code Refund} alone in one of the packages.
 * Only classes of the packages it was told of, and of those below them, are ever loaded: callables come from templates, which others may
 * write. Each attempt gets an instance of its own. What was found, or not, is remembered per callable, up to a bound.
 */
public final class ClassLookup implements HandlerResolver {
    static final int REMEMBERED_MAX = 4096;

    private static final Pattern CLASS_PATH =
            Pattern.compile("(?:[\\w$]+(?:::|\\.))*\\p{Lu}[\\w$]*|[\\w$]+(?:::[\\w$]+)+");

    private final List<String> packages;
    private final AnnotatedHandlers handlers;
    private final ClassLoader loader;
    private final ConcurrentMap<String, Optional<StepHandler>> found = new ConcurrentHashMap<>();

    /** @param packages whose classes may be loaded; none: nothing is found */
    public ClassLookup(Collection<String> packages, AnnotatedHandlers handlers, ClassLoader loader) {
        this.packages = List.copyOf(packages);
        this.handlers = handlers;
        this.loader = loader;
    }

    @Override
    public String name() {
        return "class_lookup";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("class_constant", "ClassConstantResolver", "ClassLookupResolver");
    }

    @Override
    public int priority() {
        return 100;
    }

    @Override
    public boolean canResolve(HandlerDefinition definition, ResolutionContext context) {
        return CLASS_PATH.matcher(definition.callable()).matches();
    }

    @Override
    public @Nullable StepHandler resolve(HandlerDefinition definition, ResolutionContext context) {
        String callable = definition.callable();
        Optional<StepHandler> known = found.get(callable);
        if (known == null) {
            known = load(callable);
            if (found.size() < REMEMBERED_MAX) {
                found.put(callable, known);
            }
        }
        return known.orElse(null);
    }

    private Optional<StepHandler> load(String callable) {
        try {
            return find(callable.replace("::", ".")).map(handlers::perAttempt);
        } catch (BadHandlerException e) {
            throw HandlerNotFoundException.unusable(callable, e);
        }
    }

    private Optional<Class<?>> find(String path) {
        return Stream.concat(
                        packages.stream()
                                .filter(name -> path.startsWith(name + "."))
                                .map(_ -> path),
                        packages.stream().map(name -> name + "." + path))
                .<Class<?>>flatMap(name -> type(name).stream())
                .findFirst();
    }

    private Optional<Class<?>> type(String name) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }
}
