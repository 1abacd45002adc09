package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A worker that sends what is no message. */
class UnreadableMessageTest extends GatewayScene {
    private static final byte[] GARBAGE = {(byte) 0xff, (byte) 0xff, 7, 0};

    private static final Marshaller<byte[]> RAW = new Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("only sent");
        }
    };

    private static final MethodDescriptor<byte[], ServerMessage> SESSION =
            WorkerGatewayGrpc.getSessionMethod().toBuilder(
                            RAW, WorkerGatewayGrpc.getSessionMethod().getResponseMarshaller())
                    .build();

    private static final class Ear implements StreamObserver<ServerMessage> {
        private final BlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> ended = new CompletableFuture<>();

        @Override
        public void onNext(ServerMessage message) {
            heard.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }

        Status ended() throws Exception {
            return ended.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void streamEndsAsTheWorkersFaultAndItsSessionWithIt() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port())
                .usePlaintext()
                .build();
        closing(channel::shutdownNow);
        Ear ear = new Ear();
        StreamObserver<byte[]> worker =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(SESSION, CallOptions.DEFAULT), ear);
        worker.onNext(WorkerMessage.newBuilder()
                .setRegister(WireWorker.registration())
                .build()
                .toByteArray());
        FakeSession session = engine.session();
        assertThat(FakeEngine.take(ear.heard).hasRegistered()).isTrue();

        worker.onNext(GARBAGE);

        assertThat(ear.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ear.ended().getDescription()).isEqualTo("the message cannot be read");
        assertThat(session.awaitClosed()).isTrue();
    }

    @Test
    void streamThatBeginsWithItOpensNothing() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port())
                .usePlaintext()
                .build();
        closing(channel::shutdownNow);
        Ear ear = new Ear();
        StreamObserver<byte[]> worker =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(SESSION, CallOptions.DEFAULT), ear);

        worker.onNext(GARBAGE);
        worker.onNext(WorkerMessage.newBuilder()
                .setRegister(WireWorker.registration())
                .build()
                .toByteArray());

        assertThat(ear.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
}
