package dev.tasker.client;

import com.tasker.v1.ConfigServiceGrpc;
import com.tasker.v1.GetConfigRequest;
import java.util.Map;

/** All operations that {@code tasker.v1} has; the only class through which those of grpc-java are loaded. */
final class GrpcOperations implements Operations {
    private final GrpcCalls calls;

    GrpcOperations(ClientConfig config) {
        this.calls = new GrpcCalls(config);
    }

    @Override
    public Tasks tasks() {
        return new GrpcTasks(calls);
    }

    @Override
    public Steps steps() {
        return new GrpcSteps(calls);
    }

    @Override
    public Templates templates() {
        return new GrpcTemplates(calls);
    }

    @Override
    public DeadLetters deadLetters() {
        return new GrpcDeadLetters(calls);
    }

    @Override
    public Analytics analytics() {
        return new GrpcAnalytics(calls);
    }

    @Override
    public Health health() {
        return new GrpcHealth(calls);
    }

    @Override
    public ServerConfiguration configuration() throws InterruptedException {
        return GrpcJson.read(
                calls.call(ConfigServiceGrpc.getGetConfigMethod(), GetConfigRequest.getDefaultInstance(), Manner.READ),
                Map.of(),
                ServerConfiguration.class);
    }

    @Override
    public void close() {
        calls.close();
    }
}
