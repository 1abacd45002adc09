package dev.tasker.worker.resolve;

import dev.tasker.template.HandlerDefinition;
import dev.tasker.worker.StepHandler;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Resolves callables that match a pattern as a whole, {@code ^payments:(?<provider>\\w+):(?<action>\\w+)$} for one. */
public final class PatternResolver implements HandlerResolver {
    private final String name;
    private final int priority;
    private final Pattern pattern;
    private final Handlers handlers;

    /** Makes the handler of a callable that matched. */
    @FunctionalInterface
    public interface Handlers {

        /**
         * The handler, or null to leave it to the next resolver.
         *
         * @param match the callable's groups
         */
        @Nullable
        StepHandler handler(Matcher match, ResolutionContext context);
    }

    /** With the middle priority. */
    public PatternResolver(String name, String pattern, Handlers handlers) {
        this(name, 50, pattern, handlers);
    }

    public PatternResolver(String name, int priority, String pattern, Handlers handlers) {
        this.name = name;
        this.priority = priority;
        this.pattern = Pattern.compile(pattern);
        this.handlers = handlers;
    }

    /** A resolver of callables that begin like this; the handler is made of what follows, which is group 1. */
    public static PatternResolver ofPrefix(String name, String prefix, Handlers handlers) {
        return new PatternResolver(name, Pattern.quote(prefix) + "(.*)", handlers);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public boolean canResolve(HandlerDefinition definition, ResolutionContext context) {
        return pattern.matcher(definition.callable()).matches();
    }

    @Override
    public @Nullable StepHandler resolve(HandlerDefinition definition, ResolutionContext context) {
        Matcher match = pattern.matcher(definition.callable());
        return match.matches() ? handlers.handler(match, context) : null;
    }
}
