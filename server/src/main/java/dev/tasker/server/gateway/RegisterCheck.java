package dev.tasker.server.gateway;

import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.Subscription;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What a worker's first message must be like. */
final class RegisterCheck {
    static final int PROTOCOL_VERSION = 1;
    private static final int HANDLERS_MAX = 1_000;
    private static final int NAME_LENGTH_MAX = 500;
    private static final int SUBSCRIPTIONS_MAX = 100;
    private static final int PATTERN_LENGTH_MAX = 255;

    private RegisterCheck() {}

    /** Why the worker cannot be taken, null when it can. */
    static @Nullable Status refusal(Register message, int slotsMax) {
        if (message.getProtocolVersion() != PROTOCOL_VERSION) {
            return Status.FAILED_PRECONDITION.withDescription(
                    "protocol_version: " + message.getProtocolVersion() + " (expected: " + PROTOCOL_VERSION + ")");
        }
        String problem = problem(message, slotsMax);
        return problem == null ? null : Status.INVALID_ARGUMENT.withDescription(problem);
    }

    private static @Nullable String problem(Register message, int slotsMax) {
        if (message.getWorkerName().isBlank() || message.getWorkerName().length() > NAME_LENGTH_MAX) {
            return "worker_name: " + message.getWorkerName().length() + " characters (expected: 1 to " + NAME_LENGTH_MAX
                    + ")";
        }
        if (!LeaseKey.isUuid(message.getInstanceId())) {
            return "instance_id: " + message.getInstanceId().size() + " bytes (expected: 16)";
        }
        if (message.getHandlersCount() < 1 || message.getHandlersCount() > HANDLERS_MAX) {
            return "handlers: " + message.getHandlersCount() + " (expected: 1 to " + HANDLERS_MAX + ")";
        }
        for (Handler handler : message.getHandlersList()) {
            if (handler.getNamespace().isBlank()
                    || handler.getCallable().isBlank()
                    || handler.getNamespace().length() > NAME_LENGTH_MAX
                    || handler.getCallable().length() > NAME_LENGTH_MAX) {
                return "handlers: '" + handler.getNamespace() + "' / '" + handler.getCallable()
                        + "' (expected: namespace and callable of 1 to " + NAME_LENGTH_MAX + " characters)";
            }
        }
        if (message.getSubscriptionsCount() > SUBSCRIPTIONS_MAX) {
            return "subscriptions: " + message.getSubscriptionsCount() + " (expected: <= " + SUBSCRIPTIONS_MAX + ")";
        }
        for (Subscription subscription : message.getSubscriptionsList()) {
            if (subscription.getPattern().length() > PATTERN_LENGTH_MAX) {
                return "subscriptions: a pattern of "
                        + subscription.getPattern().length() + " characters (expected: <= " + PATTERN_LENGTH_MAX + ")";
            }
        }
        if (message.getMaxInflight() < 1 || message.getMaxInflight() > slotsMax) {
            return "max_inflight: " + message.getMaxInflight() + " (expected: 1 to " + slotsMax + ")";
        }
        Resume resume = message.getResume();
        if (message.hasResume() && !LeaseKey.isUuid(resume.getSessionId())) {
            return "resume.session_id: " + resume.getSessionId().size() + " bytes (expected: 16)";
        }
        if (resume.getActiveLeasesCount() > 2 * slotsMax) {
            return "resume.active_leases: " + resume.getActiveLeasesCount() + " (expected: <= " + 2 * slotsMax + ")";
        }
        try {
            for (Lease lease : resume.getActiveLeasesList()) {
                LeaseKey.read(lease);
            }
        } catch (InvalidResultException e) {
            return "resume.active_leases: " + e.reason();
        }
        return null;
    }
}
