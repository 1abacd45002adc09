package dev.tasker.client;

import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskStatusUpdate;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** The answers of one status stream as they come, a bounded number ahead of whoever reads them. One stream, one reader. */
final class GrpcUpdates extends ClientCall.Listener<TaskStatusUpdate> implements AutoCloseable {
    private static final int AHEAD_MAX = 256;

    private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(AHEAD_MAX + 1); // and the end
    private final ClientCall<StreamTaskStatusRequest, TaskStatusUpdate> call;

    /** What a stream says. */
    sealed interface Signal {}

    /** A change. */
    record Update(TaskStatusUpdate message) implements Signal {}

    /** All was said. */
    record End() implements Signal {}

    /** The stream broke, or was refused. */
    record Failure(StatusRuntimeException status) implements Signal {}

    GrpcUpdates(ClientCall<StreamTaskStatusRequest, TaskStatusUpdate> call) {
        this.call = call;
    }

    void start(StreamTaskStatusRequest request) {
        call.start(this, new Metadata());
        call.request(AHEAD_MAX);
        call.sendMessage(request);
        call.halfClose();
    }

    /** The next, or nothing in this time. */
    Optional<Signal> next(Duration limit) throws InterruptedException {
        Signal signal = signals.poll(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        if (signal instanceof Update) {
            call.request(1);
        }
        return Optional.ofNullable(signal);
    }

    @Override
    public void onMessage(TaskStatusUpdate message) {
        signals.add(new Update(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        signals.add(status.isOk() ? new End() : new Failure(status.asRuntimeException(trailers)));
    }

    /** Ends the stream; thread-safe. */
    @Override
    public void close() {
        call.cancel("no longer wanted", null);
    }
}
