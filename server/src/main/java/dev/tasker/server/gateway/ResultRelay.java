package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepResult;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the results of one stream to the engine and the answers back. What the engine cannot take now is repeated, within bounds; beyond them
 * the worker repeats what has no answer.
 */
final class ResultRelay {
    private static final Logger LOG = LoggerFactory.getLogger(ResultRelay.class);

    private final WorkerStream stream;
    private final StreamLeases leases;
    private final Redelivery redelivery;
    private final ResultReader reader;
    private final ReportGuard guard;
    private final Set<LeaseKey> underWay = ConcurrentHashMap.newKeySet();

    ResultRelay(
            WorkerStream stream, StreamLeases leases, Redelivery redelivery, ResultReader reader, ReportGuard guard) {
        this.stream = stream;
        this.leases = leases;
        this.redelivery = redelivery;
        this.reader = reader;
        this.guard = guard;
    }

    /** A result on its way to the engine. */
    private record Delivery(LeaseKey lease, @Nullable EngineLink link, StepResult result, int failures) {
        Delivery again() {
            return new Delivery(lease, link, result, failures + 1);
        }
    }

    void relay(Complete message) {
        LeaseKey lease;
        StepResult result;
        try {
            lease = LeaseKey.read(message.getStepUuid(), message.getLeaseToken());
            Duration hint =
                    message.hasRetryAfterMs() ? Duration.ofMillis(Math.max(0, message.getRetryAfterMs())) : null;
            result = reader.read(message.getDocument(), hint);
            if (message.getEventPayloadsCount() > 0) {
                result = result.withEventPayloads(EventPayloads.read(message));
            }
        } catch (InvalidResultException e) {
            answer(message.getStepUuid(), message.getLeaseToken(), Completed.Status.INVALID, e.reason());
            stream.isAllowed(WorkerCall.REFUSED);
            return;
        }
        if (underWay.size() < stream.reportsMax() && underWay.add(lease)) {
            EngineLink link = leases.linkOf(lease);
            if (link == null && !leases.isKnown(lease) && !stream.isAllowed(WorkerCall.REPORT)) {
                underWay.remove(lease); // it comes again with the worker
            } else if (link == null) {
                handIfAllowed(lease, result);
            } else {
                hand(new Delivery(lease, link, result, 0));
            }
        }
    }

    private void handIfAllowed(LeaseKey lease, StepResult result) {
        var _ = guard.allows(lease.stepUuid()).whenComplete((isAllowed, failure) -> {
            if (failure != null) {
                LOG.warn("result of step {} put off, its namespace is not known", lease.stepUuid(), failure);
                underWay.remove(lease); // no answer: the worker sends the result again
                stream.settled();
            } else if (isAllowed) {
                hand(new Delivery(lease, null, result, 0));
            } else {
                leases.decided(lease);
                answer(lease, Completed.Status.STALE_LEASE, ReportGuard.OUTSIDE);
            }
        });
    }

    /** Whether a result of this lease is on its way. */
    boolean isUnderWay(LeaseKey lease) {
        return underWay.contains(lease);
    }

    /** Whether every result is answered, or left to the worker to repeat. */
    boolean isIdle() {
        return underWay.isEmpty();
    }

    private void hand(Delivery delivery) {
        LeaseKey lease = delivery.lease();
        EngineLink link = delivery.link();
        Assignment assignment = link == null ? null : link.held(lease);
        CompletableFuture<Completion> answer;
        try {
            answer = link == null || assignment == null
                    ? leases.own().session().complete(lease.stepUuid(), lease.token(), delivery.result())
                    : link.session().complete(assignment, delivery.result());
        } catch (EngineException e) {
            failed(delivery, e);
            return;
        }
        var _ = answer.whenComplete((completion, failure) -> {
            if (completion == null) {
                failed(delivery, failure);
            } else {
                completed(delivery, completion);
            }
        });
    }

    private void completed(Delivery delivery, Completion completion) {
        LeaseKey lease = delivery.lease();
        EngineLink link = delivery.link();
        if (link != null && link.forget(lease)) {
            link.owner().returnSlot(link);
        }
        leases.decided(lease);
        String reason = completion == Completion.INVALID ? "the step does not exist or cannot take this result" : "";
        answer(lease, status(completion), reason);
        if (link != null) {
            link.closeIfEmpty();
        }
    }

    private void failed(Delivery delivery, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ErrorCode code = cause instanceof EngineException engine ? engine.code() : ErrorCode.INTERNAL;
        boolean isAgain = switch (code.kind()) {
            case CALLER, CONFLICT -> false;
            case UNAVAILABLE -> code != ErrorCode.CLOSED;
            case INTERNAL -> delivery.failures() < Redelivery.FAILURES_MAX;
        };
        if (isAgain && stream.isConnected()) {
            int bytes = delivery.result().document().length();
            if (redelivery.later(delivery.failures(), bytes, () -> hand(delivery.again()))) {
                return;
            }
        }
        if (code.kind() == ErrorCode.Kind.UNAVAILABLE) {
            underWay.remove(delivery.lease()); // no answer: the worker sends the result again
            stream.settled();
            return;
        }
        LOG.error("result of step {} refused by the engine", delivery.lease().stepUuid(), cause);
        answer(delivery.lease(), Completed.Status.INVALID, String.valueOf(cause.getMessage()));
    }

    private void answer(LeaseKey lease, Completed.Status status, String reason) {
        if (status == Completed.Status.INVALID) {
            underWay.remove(lease); // before the answer, on which another result of the lease may follow at once
        }
        answer(LeaseKey.bytes(lease.stepUuid()), lease.token(), status, reason);
        underWay.remove(lease);
        stream.settled();
    }

    private void answer(ByteString stepUuid, long token, Completed.Status status, String reason) {
        stream.answer(Completed.Outcome.newBuilder()
                .setStepUuid(stepUuid)
                .setLeaseToken(token)
                .setStatus(status)
                .setReason(reason)
                .build());
    }

    static Completed.Status status(Completion completion) {
        return switch (completion) {
            case ACCEPTED -> Completed.Status.ACCEPTED;
            case DUPLICATE -> Completed.Status.DUPLICATE;
            case STALE_LEASE -> Completed.Status.STALE_LEASE;
            case INVALID -> Completed.Status.INVALID;
        };
    }

    /** No worker can be sent this step, so it fails, and says why. */
    void refuseTooLarge(Assignment assignment) {
        LOG.error(
                "step {} of task {}: assignment exceeds {} bytes",
                assignment.stepUuid(),
                assignment.taskUuid(),
                Outbox.ASSIGNMENT_BYTES_MAX);
        String message = "assignment larger than " + Outbox.ASSIGNMENT_BYTES_MAX
                + " bytes: context and dependency results together";
        String document =
                "{\"success\":false,\"status\":\"error\",\"result\":{},\"metadata\":{\"error_type\":\"assignment_too_large\"},"
                    + "\"error\":{\"message\":\"" + message + "\",\"error_type\":\"assignment_too_large\"}}";
        LeaseKey lease = LeaseKey.of(assignment);
        if (underWay.add(lease)) {
            hand(new Delivery(lease, leases.linkOf(lease), new StepResult(false, false, 0, null, document), 0));
        }
    }
}
