package dev.tasker.postgres;

/**
 * The embedded PostgreSQL cannot be unpacked, started, stopped or used; the message says what was found and what was
 * expected.
 */
public final class EmbeddedPostgresException extends RuntimeException {
    EmbeddedPostgresException(String message) {
        super(message);
    }

    EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
