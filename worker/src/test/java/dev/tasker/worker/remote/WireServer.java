package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Assignments;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.HeartbeatAck;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Limits;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.StepPart;
import dev.tasker.protocol.worker.v1.TaskPart;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc.WorkerGatewayImplBase;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server that speaks the protocol message by message. */
final class WireServer extends WorkerGatewayImplBase implements AutoCloseable {
    private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
    private final Server server;

    WireServer(int port) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(this)
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    String target() {
        return "127.0.0.1:" + port();
    }

    @Override
    public StreamObserver<WorkerMessage> session(StreamObserver<ServerMessage> responses) {
        var stream = new Stream(responses);
        streams.add(stream);
        return stream;
    }

    Stream stream() throws InterruptedException {
        return take(streams);
    }

    boolean hasNoStream() {
        return streams.isEmpty();
    }

    /** The next stream, after its registration with a heartbeat interval. */
    Stream registered(long heartbeatMs) throws InterruptedException {
        Stream stream = stream();
        stream.registration = stream.next().getRegister();
        stream.register(heartbeatMs);
        return stream;
    }

    static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(20, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("nothing within 20 s");
        }
        return taken;
    }

    static Assign assign(UUID stepUuid) {
        return Assign.newBuilder()
                .setStepUuid(LeaseKey.bytes(stepUuid))
                .setLeaseToken(1)
                .setTaskUuid(LeaseKey.bytes(new UUID(1, 1)))
                .setAttempt(1)
                .setMaxAttempts(3)
                .setTimeoutMs(-1)
                .setTask(TaskPart.newBuilder()
                        .setNamespace("shop")
                        .setName("order")
                        .setVersion("1.0.0")
                        .setContextJson("{}")
                        .setCorrelationId(LeaseKey.bytes(new UUID(1, 2))))
                .setStep(StepPart.newBuilder()
                        .setName("pay")
                        .setTemplateStepName("pay")
                        .setCallable("pay.handler")
                        .setInitializationJson("{}"))
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
    }

    static final class Stream implements StreamObserver<WorkerMessage> {
        final UUID sessionId = UUID.randomUUID();
        final BlockingQueue<WorkerMessage> inbox = new LinkedBlockingQueue<>();
        final CompletableFuture<Boolean> halfClosed = new CompletableFuture<>();
        volatile boolean endsWithWorker = true;
        Register registration = Register.getDefaultInstance();
        private final StreamObserver<ServerMessage> responses;

        Stream(StreamObserver<ServerMessage> responses) {
            this.responses = responses;
        }

        void register(long heartbeatMs, Lease... lost) {
            send(ServerMessage.newBuilder()
                    .setRegistered(Registered.newBuilder()
                            .setSessionId(LeaseKey.bytes(sessionId))
                            .setHeartbeatIntervalMs(heartbeatMs)
                            .setLimits(Limits.newBuilder().setResultBytesMax(1_000))
                            .addAllLost(List.of(lost))));
        }

        void assign(UUID... steps) {
            Assignments.Builder assignments = Assignments.newBuilder();
            for (UUID step : steps) {
                assignments.addAssignments(WireServer.assign(step));
            }
            send(ServerMessage.newBuilder().setAssignments(assignments));
        }

        void answer(Completed.Status status, UUID... steps) {
            Completed.Builder completed = Completed.newBuilder();
            for (UUID step : steps) {
                completed.addOutcomes(Completed.Outcome.newBuilder()
                        .setStepUuid(LeaseKey.bytes(step))
                        .setLeaseToken(1)
                        .setStatus(status));
            }
            send(ServerMessage.newBuilder().setCompleted(completed));
        }

        void lost(UUID step) {
            send(ServerMessage.newBuilder()
                    .setHeartbeatAck(HeartbeatAck.newBuilder().addLost(lease(step))));
        }

        static Lease lease(UUID step) {
            return new LeaseKey(step, 1).toWire();
        }

        void send(ServerMessage.Builder message) {
            responses.onNext(message.build());
        }

        void end(Status status) {
            responses.onError(status.asRuntimeException());
        }

        /** Ends as for an identity that asks too much. */
        void endFor(int seconds) {
            var trailers = new Metadata();
            trailers.put(Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER), String.valueOf(seconds));
            responses.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers));
        }

        void end() {
            responses.onCompleted();
        }

        WorkerMessage next() throws InterruptedException {
            return take(inbox);
        }

        @Override
        public void onNext(WorkerMessage message) {
            inbox.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            halfClosed.complete(false);
        }

        @Override
        public void onCompleted() {
            halfClosed.complete(true);
            if (endsWithWorker) {
                responses.onCompleted();
            }
        }
    }
}
