package dev.tasker.server.api;

import dev.tasker.engine.Operator;
import dev.tasker.server.security.Principal;
import org.jspecify.annotations.Nullable;

/** Who acts, as the history keeps it. */
final class Callers {
    private Callers() {}

    /** An operator under the name the caller gives, with the identity that authentication found. */
    static Operator operator(String name, Principal caller) {
        return new Operator(name, subject(caller));
    }

    /** An operator of whom nothing but the credential is known. */
    static Operator operator(Principal caller) {
        return operator(caller.subject(), caller);
    }

    private static @Nullable String subject(Principal caller) {
        return caller.equals(Principal.ANYBODY) ? null : caller.subject();
    }
}
