package dev.tasker.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.ErrorInfo;
import com.tasker.v1.AnalyticsServiceGrpc;
import com.tasker.v1.AnalyticsServiceGrpc.AnalyticsServiceBlockingStub;
import com.tasker.v1.ConfigServiceGrpc;
import com.tasker.v1.ConfigServiceGrpc.ConfigServiceBlockingStub;
import com.tasker.v1.CreateTaskRequest;
import com.tasker.v1.DlqServiceGrpc;
import com.tasker.v1.DlqServiceGrpc.DlqServiceBlockingStub;
import com.tasker.v1.HealthServiceGrpc;
import com.tasker.v1.HealthServiceGrpc.HealthServiceBlockingStub;
import com.tasker.v1.StepServiceGrpc;
import com.tasker.v1.StepServiceGrpc.StepServiceBlockingStub;
import com.tasker.v1.Task;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskServiceGrpc.TaskServiceBlockingStub;
import com.tasker.v1.TemplateServiceGrpc;
import com.tasker.v1.TemplateServiceGrpc.TemplateServiceBlockingStub;
import dev.tasker.server.rest.ApiScene;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A real server with a client for gRPC beside the one for REST. */
final class GrpcScene implements AutoCloseable {
    private final ApiScene rest;
    private final ManagedChannel channel;

    private GrpcScene(ApiScene rest) {
        this.rest = rest;
        this.channel = channel(rest.server().grpcPort().orElseThrow());
    }

    static GrpcScene start(Path folder) {
        return new GrpcScene(ApiScene.start(folder));
    }

    static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .usePlaintext()
                .build();
    }

    /** The same server, over REST and with hands to work its steps. */
    ApiScene rest() {
        return rest;
    }

    ManagedChannel channel() {
        return channel;
    }

    TaskServiceBlockingStub tasks() {
        return TaskServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    StepServiceBlockingStub steps() {
        return StepServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    TemplateServiceBlockingStub templates() {
        return TemplateServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    AnalyticsServiceBlockingStub analytics() {
        return AnalyticsServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    DlqServiceBlockingStub letters() {
        return DlqServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    ConfigServiceBlockingStub config() {
        return ConfigServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    HealthServiceBlockingStub health() {
        return HealthServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    /** A creation of which no other has the identity. */
    CreateTaskRequest.Builder request(String template) {
        return CreateTaskRequest.newBuilder()
                .setName(template)
                .setNamespace("api_test")
                .setVersion("1.0.0")
                .setContext(struct("number", rest.number()));
    }

    Task create(String template) {
        return tasks().createTask(request(template).build()).getTask();
    }

    static Struct struct(String name, double number) {
        return Struct.newBuilder().putFields(name, number(number)).build();
    }

    static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /** How a call was refused. */
    static Status refusal(ThrowingCallable call) {
        return failure(call).getStatus();
    }

    static StatusRuntimeException failure(ThrowingCallable call) {
        return Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    }

    /** What a refusal says to programs. */
    static ErrorInfo details(StatusRuntimeException failure) {
        try {
            return trailer(failure, Refusals.DETAILS).getDetails(0).unpack(ErrorInfo.class);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static <T> T trailer(StatusRuntimeException failure, Metadata.Key<T> key) {
        Metadata trailers = Objects.requireNonNull(failure.getTrailers(), "no trailers");
        return Objects.requireNonNull(trailers.get(key), key.name());
    }

    @Override
    public void close() {
        channel.shutdownNow();
        rest.close();
    }
}
