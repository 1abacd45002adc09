package dev.tasker.server.security;

import java.util.Collection;
import java.util.Set;

/**
 * The namespaces whose work a credential may be given.
 *
 * @param all every namespace, whatever {@code names} says
 */
public record Namespaces(boolean all, Set<String> names) {
    public static final Namespaces ALL = new Namespaces(true, Set.of());
    public static final Namespaces NONE = new Namespaces(false, Set.of());

    private static final String ANY = "*";

    public Namespaces {
        names = Set.copyOf(names);
    }

    /** These, or all when {@code *} is among them. */
    public static Namespaces of(Collection<String> names) {
        return names.contains(ANY) ? ALL : new Namespaces(false, Set.copyOf(names));
    }

    public boolean covers(String namespace) {
        return all || names.contains(namespace);
    }
}
