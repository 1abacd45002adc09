package dev.tasker.testkit;

import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.StepResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Failures as workers report them. */
public final class Results {
    private Results() {}

    /** A failure that may be retried. */
    public static StepResult retryable() {
        return failure(true, null);
    }

    /** A failure that may be retried, not before {@code delay}. */
    public static StepResult retryAfter(Duration delay) {
        return asking(new BackoffRequest(BackoffRequest.Kind.SERVER_REQUESTED, delay));
    }

    /** A failure that may be retried when {@code request} allows it. */
    public static StepResult asking(BackoffRequest request) {
        return failure(true, request);
    }

    /** A failure that may not be retried. */
    public static StepResult permanent() {
        return failure(false, null);
    }

    private static StepResult failure(boolean retryable, @Nullable BackoffRequest backoff) {
        return new StepResult(
                false,
                retryable,
                7,
                backoff,
                "{\"success\":false,\"result\":{},\"status\":\"error\",\"error\":{\"message\":\"broken\",\"retryable\":"
                        + retryable + "}}");
    }
}
