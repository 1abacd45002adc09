package dev.tasker.server.security;

/** Who may call an operation. Every operation states it. */
public sealed interface Access {
    Access PUBLIC = new Public();

    static Access needs(Permission permission) {
        return new Needs(permission);
    }

    /** Whoever can connect; credentials are not looked at. */
    record Public() implements Access {}

    /** Those who hold a permission. */
    record Needs(Permission permission) implements Access {}
}
