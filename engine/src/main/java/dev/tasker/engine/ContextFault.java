package dev.tasker.engine;

/**
 * Where the context of a request does not keep to its template's {@code input_schema} (spec 06 §5).
 *
 * @param pointer JSON pointer into the context, empty for the whole
 * @param keyword of the schema that it violates
 */
public record ContextFault(String pointer, String keyword, String message) {}
