package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/** The schema cannot be brought up to date, or its state not be told; the message is one sentence that says what to do. */
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is in the way. */
    public enum Reason {
        /** The database has migrations that this version does not know. */
        AHEAD,
        /** A migration that is applied once and for all differs from this version's. */
        REWRITTEN,
        /** A migration was begun and not finished. */
        HALF_DONE,
        /** A statement of a migration failed; that migration is undone. */
        FAILED,
        /** Somebody holds a lock that a migration needs. */
        LOCKED,
        /** The connection goes through a proxy that pools transactions. */
        PROXIED,
        /** The role may not do it. */
        NOT_PERMITTED,
        /** The database does not answer. */
        UNREACHABLE
    }

    private final Reason reason;

    public MigrationException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
