package dev.tasker.engine.internal.step;

import dev.tasker.engine.Assignment;
import dev.tasker.errors.OrchestrationError;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Result documents of attempts that the engine ended itself (04 §3.2, §9.6). */
public final class EngineResults {
    private static final String LEASE_EXPIRED = "lease_expired";
    private static final String WORKER_LOST = "worker_lost";
    private static final String HANDLER_TIMEOUT = "handler_timeout";
    private static final String HANDLER_NOT_FOUND = "handler_not_found";

    private static final String LEASE_EXPIRED_MESSAGE = "Lease expired: the worker stopped renewing it";
    private static final String WORKER_LOST_MESSAGE =
            "Worker lost: its handler is run at most once, and may have had its effect";

    /** What expiry stores: for a step that may be retried, for one that may not, for one that is run at most once. */
    public static final List<String> OF_EXPIRY = List.of(
            failure("error", LEASE_EXPIRED_MESSAGE, LEASE_EXPIRED, true).toString(),
            failure("error", LEASE_EXPIRED_MESSAGE, LEASE_EXPIRED, false).toString(),
            failure("error", WORKER_LOST_MESSAGE, WORKER_LOST, false).toString());

    private EngineResults() {}

    /** The error behind the {@code ending}th of {@link #OF_EXPIRY}, counted from 1. */
    public static OrchestrationError expiry(int ending) {
        return switch (ending) {
            case 1 -> new OrchestrationError.Stated(LEASE_EXPIRED, LEASE_EXPIRED_MESSAGE, true, Duration.ZERO);
            case 2 -> new OrchestrationError.Stated(LEASE_EXPIRED, LEASE_EXPIRED_MESSAGE, false, null);
            case 3 -> new OrchestrationError.Stated(WORKER_LOST, WORKER_LOST_MESSAGE, false, null);
            default -> throw new IllegalArgumentException("ending: " + ending + " (expected: 1 to 3)");
        };
    }

    /** An attempt that its worker did not end in time. */
    public static String timedOut(Assignment assignment, Duration timeout) {
        ObjectNode document =
                failure("failed", "Handler timed out after " + timeout.toMillis() + "ms", HANDLER_TIMEOUT, true);
        document.withObject("metadata")
                .withObject("context")
                .put("handler_name", assignment.step().callable())
                .put("task_uuid", assignment.taskUuid().toString())
                .put("timeout_ms", timeout.toMillis());
        return document.toString();
    }

    /**
     * A step that nobody has a handler for.
     *
     * @param workers names of some that registered its callable all the same
     */
    static String handlerNotFound(String callable, List<String> workers) {
        String message = "Handler not found: " + callable + " (registered, and yet missing, at every worker there is: "
                + String.join(", ", workers) + ")";
        ObjectNode document = failure("failed", message, HANDLER_NOT_FOUND, false);
        document.withObject("metadata").withObject("context").put("handler_name", callable);
        return document.toString();
    }

    private static ObjectNode failure(String status, String message, String type, boolean retryable) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("success", false).put("status", status).putObject("result");
        document.putObject("metadata").put("retryable", retryable).put("error_type", type);
        document.putObject("error")
                .put("message", message)
                .put("error_type", type)
                .put("retryable", retryable);
        return document;
    }
}
