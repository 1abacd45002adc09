package dev.tasker.worker.resolve;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.StepHandler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Resolvers in the order of their priorities (04 §5.9). Immutable. */
public final class ResolverChain {
    private final List<HandlerResolver> resolvers;
    private final Map<String, HandlerResolver> byName = new HashMap<>();

    /** A chain of these; a name or alias given twice is an error. */
    public ResolverChain(Collection<? extends HandlerResolver> resolvers) {
        this.resolvers = resolvers.stream()
                .sorted(Comparator.comparingInt(HandlerResolver::priority))
                .<HandlerResolver>map(Function.identity())
                .toList();
        for (HandlerResolver resolver : this.resolvers) {
            var names = new ArrayList<>(resolver.aliases());
            names.add(resolver.name());
            for (String name : names) {
                if (byName.put(name, resolver) != null) {
                    throw new IllegalArgumentException("resolver '" + name + "' is there twice");
                }
            }
        }
    }

    /** The names in the order in which they are asked. */
    public List<String> names() {
        return resolvers.stream().map(HandlerResolver::name).toList();
    }

    /**
     * The handler behind the address, whatever method of it is to run. The resolver that the address names is asked alone.
     *
     * @throws HandlerNotFoundException when there is none
     */
    public StepHandler resolve(HandlerDefinition definition, ResolutionContext context) {
        String hint = definition.resolver();
        if (hint != null) {
            return byHint(hint, definition, context);
        }
        List<String> tried = new ArrayList<>();
        for (HandlerResolver resolver : resolvers) {
            StepHandler found = ask(resolver, definition, context);
            if (found != null) {
                return found;
            }
            tried.add(resolver.name());
        }
        throw HandlerNotFoundException.nothing(definition.callable(), tried);
    }

    private StepHandler byHint(String hint, HandlerDefinition definition, ResolutionContext context) {
        HandlerResolver resolver = byName.get(hint);
        if (resolver == null) {
            throw HandlerNotFoundException.unknownHint(definition.callable(), hint, names());
        }
        StepHandler found = ask(resolver, definition, context);
        if (found == null) {
            throw HandlerNotFoundException.byHint(definition.callable(), resolver.name());
        }
        return found;
    }

    private static @Nullable StepHandler ask(
            HandlerResolver resolver, HandlerDefinition definition, ResolutionContext context) {
        return resolver.canResolve(definition, context) ? resolver.resolve(definition, context) : null;
    }
}
