package dev.tasker.template;

import org.jspecify.annotations.Nullable;

/**
 * How templates are checked beyond what they ask for themselves (spec 06 §13.5). Immutable.
 *
 * @param strict whether files without {@code template_format} are held to the same rules as those with it
 * @param handlers who knows which handlers there are, null when nobody does and callables are not looked up
 * @param unresolved how much a callable without a handler matters
 */
public record TemplateCheck(boolean strict, @Nullable HandlerLookup handlers, Severity unresolved) {
    /** Templates decide for themselves how strictly they are checked; handlers are unknown. */
    public static final TemplateCheck DEFAULT = new TemplateCheck(false, null, Severity.WARNING);

    /** Tells whether a callable has a handler: {@code (namespace, callable) -> registry.find(namespace, callable) != null}. */
    @FunctionalInterface
    public interface HandlerLookup {
        boolean knows(String namespace, String callable);
    }

    /** The same with every file held to the strict rules. */
    public TemplateCheck withStrict() {
        return new TemplateCheck(true, handlers, unresolved);
    }

    /** The same with callables looked up; one without a handler is a finding of that severity. */
    public TemplateCheck withHandlers(HandlerLookup lookup, Severity severity) {
        return new TemplateCheck(strict, lookup, severity);
    }
}
