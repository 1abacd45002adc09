package dev.tasker.server.security;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who calls.
 *
 * @param subject for people: a token's {@code sub}, an API key's description
 * @param namespaces whose work they get as a worker; no bound of anything else
 * @param expiresAt when their credential stops counting, null: never
 */
public record Principal(
        String subject,
        Set<Permission> permissions,
        Namespaces namespaces,
        @Nullable Instant expiresAt) {

    /** How long what was begun with a credential goes on once it stopped counting (04 §9.6). */
    public static final Duration GRACE = Duration.ofSeconds(60);

    /** Everybody, while authentication is switched off. */
    public static final Principal ANYBODY =
            new Principal("anonymous", EnumSet.allOf(Permission.class), Namespaces.ALL, null);

    /** Whoever calls a public operation; who that is has not been examined. */
    public static final Principal NOBODY = new Principal("anonymous", Set.of(), Namespaces.NONE, null);

    public Principal {
        permissions = Set.copyOf(permissions);
    }

    public boolean may(Permission permission) {
        return permissions.contains(permission);
    }

    /** When what they began has to end, null: never. */
    public @Nullable Instant goesOnUntil() {
        return expiresAt == null ? null : expiresAt.plus(GRACE);
    }

    /** Whether what they began may go on at that moment. */
    public boolean mayGoOn(Instant now) {
        Instant end = goesOnUntil();
        return end == null || now.isBefore(end);
    }
}
