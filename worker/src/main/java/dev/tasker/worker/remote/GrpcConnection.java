package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from its Register to its end. Writes on one thread at a time whatever the session has to say; what gathers while it
 * writes, or while the network is busy, goes out together.
 */
final class GrpcConnection implements Connection, ClientResponseObserver<WorkerMessage, ServerMessage> {
    private static final Metadata.Key<String> RETRY_AFTER =
            Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

    private final RemoteWorkSession session;
    private final GrpcWorkSource source;
    private final ManagedChannel channel;
    private final Executor executor;
    private final AtomicInteger calls =
            new AtomicInteger(); // of flush since its thread last looked; not zero: one runs
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable ClientCallStreamObserver<WorkerMessage> requests;
    private volatile boolean registered;
    private boolean halfClosed; // by the flushing thread

    GrpcConnection(RemoteWorkSession session, GrpcWorkSource source) throws IOException {
        this.session = session;
        this.source = source;
        this.channel = source.newChannel();
        this.executor = source.executor();
    }

    @Override
    public void start(Register register) {
        Metadata headers;
        try {
            headers = source.credentialHeaders();
        } catch (RuntimeException e) {
            end(Status.UNAVAILABLE.withDescription("no credential: " + e));
            return;
        }
        WorkerGatewayGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .session(this);
        ClientCallStreamObserver<WorkerMessage> call = requests;
        if (call != null) {
            call.onNext(WorkerMessage.newBuilder().setRegister(register).build());
        }
    }

    @Override
    public boolean isRegistered() {
        return registered;
    }

    @Override
    public void open() {
        registered = true;
        flush();
    }

    @Override
    public void flush() {
        if (calls.getAndIncrement() == 0) {
            executor.execute(this::flushAll);
        }
    }

    private void flushAll() {
        int seen = calls.get();
        do {
            writeWhileReady();
            seen = calls.addAndGet(-seen);
        } while (seen != 0);
    }

    private void writeWhileReady() {
        ClientCallStreamObserver<WorkerMessage> call = requests;
        if (call == null || !registered || halfClosed) {
            return;
        }
        while (call.isReady()) {
            WorkerMessage message = session.nextMessage(this);
            if (message == null) {
                if (session.isLeaving()) {
                    halfClosed = true;
                    call.onCompleted();
                }
                return;
            }
            call.onNext(message);
        }
    }

    @Override
    public void abort(String reason) {
        ClientCallStreamObserver<WorkerMessage> call = requests;
        if (call != null) {
            call.cancel(reason, null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WorkerMessage> call) {
        requests = call;
        call.setOnReadyHandler(this::flush);
    }

    @Override
    public void onNext(ServerMessage message) {
        session.received(this, message);
    }

    @Override
    public void onError(Throwable failure) {
        Metadata trailers = Status.trailersFromThrowable(failure);
        String seconds = trailers == null ? null : trailers.get(RETRY_AFTER);
        end(Status.fromThrowable(failure), seconds == null ? Duration.ZERO : Reconnection.retryAfter(seconds));
    }

    @Override
    public void onCompleted() {
        end(Status.UNAVAILABLE.withDescription("the server ended the stream"));
    }

    private void end(Status status) {
        end(status, Duration.ZERO);
    }

    private void end(Status status, Duration notBefore) {
        if (over.compareAndSet(false, true)) {
            channel.shutdownNow();
            session.disconnected(this, status, notBefore);
        }
    }
}
