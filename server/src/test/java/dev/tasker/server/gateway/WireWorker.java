package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Credit;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Heartbeat;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.Results;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker that speaks the protocol message by message. */
final class WireWorker implements AutoCloseable, StreamObserver<ServerMessage> {
    final ManagedChannel channel;
    final BlockingQueue<ServerMessage> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private volatile @Nullable Metadata trailers;
    private final StreamObserver<WorkerMessage> requests;

    WireWorker(int port) {
        this(port, new Metadata());
    }

    WireWorker(int port, Metadata headers) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(9 << 20)
                .build();
        requests = WorkerGatewayGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .session(this);
    }

    static Register.Builder registration() {
        return Register.newBuilder()
                .setWorkerName("test")
                .setInstanceId(LeaseKey.bytes(new UUID(7, 7)))
                .setSdkLanguage("java")
                .setProtocolVersion(1)
                .setMaxInflight(10)
                .addHandlers(Handler.newBuilder().setNamespace("*").setCallable("pay.handler"));
    }

    /** A worker that is registered and has received its answer. */
    static WireWorker registered(int port) throws InterruptedException {
        var worker = new WireWorker(port);
        worker.register(registration());
        return worker;
    }

    Registered register(Register.Builder register) throws InterruptedException {
        send(WorkerMessage.newBuilder().setRegister(register));
        return next().getRegistered();
    }

    Registered resume(UUID sessionId, Assignment... active) throws InterruptedException {
        Resume.Builder resume = Resume.newBuilder().setSessionId(LeaseKey.bytes(sessionId));
        for (Assignment assignment : active) {
            resume.addActiveLeases(LeaseKey.of(assignment).toWire());
        }
        return register(registration().setResume(resume));
    }

    void send(WorkerMessage.Builder message) {
        requests.onNext(message.build());
    }

    void grant(int slots) {
        send(WorkerMessage.newBuilder().setCredit(Credit.newBuilder().setSlots(slots)));
    }

    void complete(Assignment assignment, String document) {
        send(WorkerMessage.newBuilder().setResults(Results.newBuilder().addResults(result(assignment, document))));
    }

    static Complete result(Assignment assignment, String document) {
        return Complete.newBuilder()
                .setStepUuid(LeaseKey.bytes(assignment.stepUuid()))
                .setLeaseToken(assignment.leaseToken())
                .setDocument(ByteString.copyFromUtf8(document))
                .build();
    }

    void heartbeat(Assignment... assignments) {
        Heartbeat.Builder heartbeat = Heartbeat.newBuilder();
        for (Assignment assignment : assignments) {
            heartbeat.addLeases(LeaseKey.of(assignment).toWire());
        }
        send(WorkerMessage.newBuilder().setHeartbeat(heartbeat));
    }

    void reject(Assignment assignment) {
        reject(assignment, Reject.Reason.SHUTTING_DOWN);
    }

    void reject(Assignment assignment, Reject.Reason reason) {
        send(WorkerMessage.newBuilder()
                .setReject(Reject.newBuilder()
                        .setStepUuid(LeaseKey.bytes(assignment.stepUuid()))
                        .setLeaseToken(assignment.leaseToken())
                        .setReason(reason)));
    }

    ServerMessage next() throws InterruptedException {
        return FakeEngine.take(inbox);
    }

    Completed.Outcome outcome() throws InterruptedException {
        ServerMessage message = next();
        if (message.getCompleted().getOutcomesCount() != 1) {
            throw new AssertionError("expected one outcome: " + message);
        }
        return message.getCompleted().getOutcomes(0);
    }

    Status ended() throws Exception {
        return ended.get(20, TimeUnit.SECONDS);
    }

    /** What the end says under this name, null: nothing. */
    @Nullable
    String trailer(String name) throws Exception {
        ended();
        Metadata told = trailers;
        return told == null ? null : told.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    void halfClose() {
        requests.onCompleted();
    }

    /** Cuts the connection as a crash would. */
    void cut() {
        channel.shutdownNow();
    }

    @Override
    public void onNext(ServerMessage message) {
        inbox.add(message);
    }

    @Override
    public void onError(Throwable failure) {
        trailers = Status.trailersFromThrowable(failure);
        ended.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        ended.complete(Status.OK);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
