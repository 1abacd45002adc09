package dev.tasker.server;

import org.jspecify.annotations.Nullable;

/** The server cannot start; the message is one sentence for the person who started it and says what to do. */
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartupException(String message) {
        this(message, null);
    }

    public StartupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
