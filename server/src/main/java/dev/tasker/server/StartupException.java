package dev.tasker.server;

import org.jspecify.annotations.Nullable;

/** The server cannot start; the message is one sentence for the person who started it and says what to do. */
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose move it is. */
    public enum Reason {
        /** The configuration, the addresses, the templates. */
        SETUP,
        /** The database does not answer. */
        UNREACHABLE,
        /** The database refuses the user or the password. */
        NOT_PERMITTED,
        /** The database server has no such database. */
        NOT_FOUND
    }

    private final Reason reason;

    public StartupException(String message) {
        this(message, null);
    }

    public StartupException(String message, @Nullable Throwable cause) {
        this(Reason.SETUP, message, cause);
    }

    public StartupException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
