package dev.tasker.client;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not do what it was asked. Its kinds are closed, so that a {@code switch} over them is complete. The message is one
 * sentence or two for a person.
 */
public abstract sealed class TaskerException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /** One thing that is wrong with a request. */
    public record Violation(String field, String message) {
        @Override
        public String toString() {
            return field.isEmpty() ? message : field + ": " + message;
        }
    }

    private TaskerException(Refusal refusal) {
        super(refusal.message(), refusal.cause());
        this.refusal = refusal;
    }

    /** HTTP status, whatever the transport; 0 when there was no answer. */
    public final int status() {
        return refusal.status();
    }

    /** The server's code (03 §1.2), empty when it gave none. */
    public final String code() {
        return refusal.code();
    }

    /** Under which the server's log knows the call, null when there was no answer. */
    public final @Nullable String requestId() {
        return refusal.requestId();
    }

    /** How often the call was tried. */
    public final int attempts() {
        return refusal.attempts();
    }

    /** How long the server wants to be left alone. */
    public final Optional<Duration> retryAfter() {
        return Optional.ofNullable(refusal.retryAfter());
    }

    /** Whether the same call may succeed later, nothing else changed. */
    public boolean isRetryable() {
        return false;
    }

    /** Whether it is certain that the server has not begun what it was asked. */
    boolean isCertainlyUndone() {
        return true;
    }

    final Refusal refusal() {
        return refusal;
    }

    /** 404: what was named is not there. */
    public static final class NotFound extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        NotFound(Refusal refusal) {
            super(refusal);
        }
    }

    /** 409: something is in the way. */
    public static final class Conflict extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Conflict(Refusal refusal) {
            super(refusal);
        }

        /** The task that has the same identity; empty when something else is in the way, or the caller may not read tasks. */
        public Optional<UUID> existingTask() {
            return Optional.ofNullable(refusal().existingTask());
        }
    }

    /** 400, 405, 413, 415, 422: the request cannot be done as it is. */
    public static final class Validation extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Validation(Refusal refusal) {
            super(refusal);
        }

        /** What is wrong, field by field; empty when the message tells all. */
        public List<Violation> violations() {
            return refusal().violations();
        }
    }

    /** 401: no credential, or a worthless one. */
    public static final class Unauthorized extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unauthorized(Refusal refusal) {
            super(refusal);
        }
    }

    /** 403: the credential lacks a permission. */
    public static final class Forbidden extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        private static final String MISSING = "Missing required permission: ";

        Forbidden(Refusal refusal) {
            super(refusal);
        }

        /** Which one. */
        public Optional<String> permission() {
            String message = refusal().message();
            int at = message.indexOf(MISSING);
            return at < 0 ? Optional.empty() : Optional.of(message.substring(at + MISSING.length()));
        }
    }

    /** 503 with {@code BACKPRESSURE}: the server has more to do than it can; nothing was begun. */
    public static final class Backpressure extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Backpressure(Refusal refusal) {
            super(refusal);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    /** No connection, a connection that broke, or 5xx: for now there is nobody who can do it. */
    public static final class Unavailable extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unavailable(Refusal refusal) {
            super(refusal);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }

        @Override
        boolean isCertainlyUndone() {
            return refusal().unsent();
        }
    }

    /** No answer in time; the server may yet do what it was asked. */
    public static final class Timeout extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Timeout(Refusal refusal) {
            super(refusal);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }

        @Override
        boolean isCertainlyUndone() {
            return false;
        }
    }

    /** 501, or never asked: what the transport or the server has no operation for. Over REST there are all of this version. */
    public static final class Unsupported extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Unsupported(Refusal refusal) {
            super(refusal);
        }
    }

    /** An answer that is none of this API: some other server, or one that is much newer or older. */
    public static final class Protocol extends TaskerException {
        @Serial
        private static final long serialVersionUID = 1L;

        Protocol(Refusal refusal) {
            super(refusal);
        }

        @Override
        boolean isCertainlyUndone() {
            return false;
        }
    }
}
