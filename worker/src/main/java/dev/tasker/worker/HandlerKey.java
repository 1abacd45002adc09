package dev.tasker.worker;

/**
 * Names a queue of steps: the template's namespace and the exact text of {@code handler.callable}. The namespace
 * {@value #ANY_NAMESPACE} stands for every namespace.
 */
public record HandlerKey(String namespace, String callable) {

    public static final String ANY_NAMESPACE = "*";

    public HandlerKey {
        if (namespace.isBlank() || callable.isBlank()) {
            throw new IllegalArgumentException(
                    "handler key: '" + namespace + "' / '" + callable + "' (expected: two texts that are not blank)");
        }
    }

    /** A key that matches the callable in every namespace. */
    public static HandlerKey any(String callable) {
        return new HandlerKey(ANY_NAMESPACE, callable);
    }

    public boolean isWildcard() {
        return namespace.equals(ANY_NAMESPACE);
    }
}
