package dev.tasker.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked; the message is one sentence for the person who asked. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Exit codes of 07 §3.3. */
    static final int USAGE = 2;

    static final int CONFIGURATION = 3;
    static final int UNREACHABLE = 4;
    static final int NOT_PERMITTED = 5;
    static final int NOT_FOUND = 6;
    static final int CONFLICT = 7;
    static final int INVALID = 8;
    static final int TASK_FAILED = 9;
    static final int DRIFT = 10;
    static final int TIMED_OUT = 124;

    private final int exitCode;

    CommandException(String message) {
        this(1, message, null);
    }

    CommandException(String message, Throwable cause) {
        this(1, message, cause);
    }

    /** With the exit code of 07 §3.3 that tells scripts what kind of failure it is. */
    CommandException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
