package dev.tasker.server.gateway;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An identity has asked too much of this server; an outcome, so it has no stack trace. */
public final class RateLimitedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

    private final int retryAfterSeconds;

    RateLimitedException(int callsPerSecond, Duration wait) {
        super("more than " + callsPerSecond + " calls a second by the workers of this identity", null, false, false);
        this.retryAfterSeconds = (int) wait.plusSeconds(1).minusNanos(1).toSeconds();
    }

    /** When to come back; at least 1. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** That a call or a session ended for this; null: it ended for something else. */
    public static @Nullable RateLimitedException in(Status status) {
        return status.getCause() instanceof RateLimitedException limited ? limited : null;
    }

    /** How a stream ends for this. */
    Status status() {
        return Status.RESOURCE_EXHAUSTED.withDescription(getMessage()).withCause(this);
    }

    /** As gRPC tells it, with what is known of when to come back. */
    static StatusRuntimeException told(Status status) {
        RateLimitedException limited = in(status);
        if (limited == null) {
            return status.asRuntimeException();
        }
        var trailers = new Metadata();
        trailers.put(RETRY_AFTER, String.valueOf(limited.retryAfterSeconds));
        return status.asRuntimeException(trailers);
    }
}
