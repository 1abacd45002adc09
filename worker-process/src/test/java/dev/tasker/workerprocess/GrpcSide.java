package dev.tasker.workerprocess;

import com.tasker.v1.WorkerConfigServiceGrpc;
import com.tasker.v1.WorkerConfigServiceGrpc.WorkerConfigServiceBlockingStub;
import com.tasker.v1.WorkerHealthServiceGrpc;
import com.tasker.v1.WorkerHealthServiceGrpc.WorkerHealthServiceBlockingStub;
import com.tasker.v1.WorkerTemplateServiceGrpc;
import com.tasker.v1.WorkerTemplateServiceGrpc.WorkerTemplateServiceBlockingStub;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** A client of a worker's gRPC. */
final class GrpcSide implements AutoCloseable {
    private final ManagedChannel channel;

    GrpcSide(WorkerProcess worker) {
        this(NettyChannelBuilder.forAddress(address(worker)).usePlaintext());
    }

    GrpcSide(NettyChannelBuilder builder) {
        channel = builder.build();
    }

    static InetSocketAddress address(WorkerProcess worker) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), worker.grpcPort().orElseThrow());
    }

    ManagedChannel channel() {
        return channel;
    }

    WorkerHealthServiceBlockingStub health() {
        return WorkerHealthServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    WorkerTemplateServiceBlockingStub templates() {
        return WorkerTemplateServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    WorkerConfigServiceBlockingStub config() {
        return WorkerConfigServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /** The channel with metadata on every call. */
    Channel with(String... namesAndValues) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            metadata.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /** How a call with an empty message ends. */
    static <Q, A> Status call(Channel channel, MethodDescriptor<Q, A> method) {
        Q empty = method.getRequestMarshaller().parse(new ByteArrayInputStream(new byte[0]));
        try {
            Iterator<A> answers = ClientCalls.blockingServerStreamingCall(
                    channel, method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), empty);
            answers.forEachRemaining(_ -> {});
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
