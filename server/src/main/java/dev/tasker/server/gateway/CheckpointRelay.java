package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Completed;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the checkpoints of one stream to the engine and the answers back. What the engine cannot take now is repeated, as are results. */
final class CheckpointRelay {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointRelay.class);

    private final WorkerStream stream;
    private final StreamLeases leases;
    private final Redelivery redelivery;
    private final ReportGuard guard;
    private final CheckpointReader reader = new CheckpointReader();
    private final Set<Key> underWay = ConcurrentHashMap.newKeySet();

    CheckpointRelay(WorkerStream stream, StreamLeases leases, Redelivery redelivery, ReportGuard guard) {
        this.stream = stream;
        this.leases = leases;
        this.redelivery = redelivery;
        this.guard = guard;
    }

    private record Key(LeaseKey lease, boolean yields) {}

    /** A checkpoint on its way to the engine. */
    private record Delivery(
            LeaseKey lease, @Nullable EngineLink link, dev.tasker.engine.Checkpoint checkpoint, int failures) {
        Key key() {
            return new Key(lease, checkpoint.yields());
        }

        Delivery again() {
            return new Delivery(lease, link, checkpoint, failures + 1);
        }

        int length() {
            String accumulated = checkpoint.accumulatedResults();
            return checkpoint.cursor().length() + (accumulated == null ? 0 : accumulated.length());
        }
    }

    void relay(Checkpoint message) {
        Delivery delivery;
        try {
            LeaseKey lease = LeaseKey.read(message.getStepUuid(), message.getLeaseToken());
            delivery = new Delivery(lease, leases.linkOf(lease), reader.read(message), 0);
        } catch (InvalidResultException e) {
            answer(
                    message.getStepUuid(),
                    message.getLeaseToken(),
                    message.getKeepRunning(),
                    Completed.Status.INVALID,
                    e.reason());
            stream.isAllowed(WorkerCall.REFUSED);
            return;
        }
        if (underWay.size() < stream.reportsMax() && underWay.add(delivery.key())) {
            if (delivery.link() == null) {
                handIfAllowed(delivery);
            } else {
                hand(delivery);
            }
        }
    }

    private void handIfAllowed(Delivery delivery) {
        var _ = guard.allows(delivery.lease().stepUuid()).whenComplete((isAllowed, failure) -> {
            if (failure != null) {
                underWay.remove(delivery.key()); // no answer: the worker sends it again, or gives up
                stream.settled();
            } else if (isAllowed) {
                hand(delivery);
            } else {
                answer(delivery, Completed.Status.STALE_LEASE, ReportGuard.OUTSIDE);
            }
        });
    }

    /** Whether every checkpoint is answered. */
    boolean isIdle() {
        return underWay.isEmpty();
    }

    private void hand(Delivery delivery) {
        EngineLink link = delivery.link() == null ? leases.own() : delivery.link();
        LeaseKey lease = delivery.lease();
        var _ = link.session()
                .checkpoint(lease.stepUuid(), lease.token(), delivery.checkpoint())
                .whenComplete((completion, failure) -> {
                    if (completion == null) {
                        failed(delivery, failure);
                    } else {
                        saved(delivery, completion);
                    }
                });
    }

    private void saved(Delivery delivery, Completion completion) {
        EngineLink link = delivery.link();
        boolean isOver = delivery.checkpoint().yields() && completion != Completion.INVALID;
        if (isOver && link != null && link.forget(delivery.lease())) {
            link.owner().returnSlot(link);
        }
        if (isOver) {
            leases.decided(delivery.lease());
        }
        String reason = completion == Completion.INVALID ? "the step does not exist or cannot save this" : "";
        answer(delivery, ResultRelay.status(completion), reason);
        if (link != null) {
            link.closeIfEmpty();
        }
    }

    private void failed(Delivery delivery, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        ErrorCode code = cause instanceof EngineException engine ? engine.code() : ErrorCode.INTERNAL;
        boolean isPassing = code.kind() == ErrorCode.Kind.UNAVAILABLE;
        if (isPassing
                && code != ErrorCode.CLOSED
                && stream.isConnected()
                && redelivery.later(delivery.failures(), delivery.length(), () -> hand(delivery.again()))) {
            return;
        }
        if (isPassing) {
            underWay.remove(delivery.key()); // no answer: the worker sends it again, or gives up
            stream.settled();
            return;
        }
        LOG.error(
                "checkpoint of step {} refused by the engine", delivery.lease().stepUuid(), cause);
        answer(delivery, Completed.Status.INVALID, String.valueOf(cause.getMessage()));
    }

    private void answer(Delivery delivery, Completed.Status status, String reason) {
        LeaseKey lease = delivery.lease();
        underWay.remove(
                delivery.key()); // before the answer, on which the next checkpoint of the lease may follow at once
        answer(
                LeaseKey.bytes(lease.stepUuid()),
                lease.token(),
                !delivery.checkpoint().yields(),
                status,
                reason);
        stream.settled();
    }

    private void answer(ByteString stepUuid, long token, boolean keepRunning, Completed.Status status, String reason) {
        stream.answer(Checkpointed.newBuilder()
                .setStepUuid(stepUuid)
                .setLeaseToken(token)
                .setKeepRunning(keepRunning)
                .setStatus(status)
                .setReason(reason)
                .build());
    }
}
