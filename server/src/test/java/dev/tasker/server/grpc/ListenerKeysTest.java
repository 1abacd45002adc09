package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.tasker.v1.ConfigServiceGrpc;
import com.tasker.v1.GetConfigRequest;
import com.tasker.v1.HealthRequest;
import com.tasker.v1.HealthServiceGrpc;
import com.tasker.v1.StreamTaskStatusRequest;
import com.tasker.v1.TaskServiceGrpc;
import com.tasker.v1.TaskStatusUpdate;
import dev.tasker.engine.TaskRequest;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.ConfigLoader;
import dev.tasker.server.rest.ApiScene;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What the keys of {@code [orchestration.grpc]} switch and bound (03 §2.1). */
class ListenerKeysTest {
    @TempDir
    Path folder;

    @Test
    void configurationIsTheSameOverBothTransports() throws Exception {
        try (TaskerServer server = start("[orchestration.web]\nconfig_endpoint_enabled = true")) {
            ManagedChannel channel = GrpcScene.channel(server.grpcPort().orElseThrow());
            try {
                Parity.but("timestamp")
                        .check(
                                ConfigServiceGrpc.newBlockingStub(channel)
                                        .getConfig(GetConfigRequest.getDefaultInstance()),
                                JsonMapper.shared()
                                        .readTree(get(server, "/config").body()));
                assertThat(health(channel)).isEqualTo(Code.OK);
                assertThat(reflection(channel)).isEqualTo(Code.OK);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void whatIsSwitchedOffIsNotServedAndStreamsAreBounded() throws Exception {
        try (TaskerServer server = start("""
            [orchestration.grpc]
            enable_config_service = false
            enable_health_service = false
            enable_reflection = false
            max_concurrent_streams = 1
            [orchestration.web]
            config_endpoint_enabled = false
            """)) {
            ManagedChannel channel = GrpcScene.channel(server.grpcPort().orElseThrow());
            try {
                assertThat(GrpcScene.refusal(() -> ConfigServiceGrpc.newBlockingStub(channel)
                                        .getConfig(GetConfigRequest.getDefaultInstance()))
                                .getCode())
                        .isEqualTo(Code.UNIMPLEMENTED);
                assertThat(get(server, "/config").statusCode()).isEqualTo(404);
                assertThat(health(channel)).isEqualTo(Code.UNIMPLEMENTED);
                assertThat(reflection(channel)).isEqualTo(Code.UNIMPLEMENTED);

                server.register("bounded.yaml", ApiScene.template("bounded"));
                String task = server.engine()
                        .create(TaskRequest.of("api_test", "bounded", "1.0.0", "{}"))
                        .get(30, TimeUnit.SECONDS)
                        .taskUuid()
                        .toString();
                Iterator<TaskStatusUpdate> stream = TaskServiceGrpc.newBlockingStub(channel)
                        .streamTaskStatus(StreamTaskStatusRequest.newBuilder()
                                .setTaskUuid(task)
                                .build());
                assertThat(stream.hasNext()).isTrue(); // and goes on, as nobody works
                assertThat(GrpcScene.refusal(() -> HealthServiceGrpc.newBlockingStub(channel)
                                        .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                                        .checkHealth(HealthRequest.getDefaultInstance()))
                                .getCode())
                        .as("waits for the stream to end")
                        .isEqualTo(Code.DEADLINE_EXCEEDED);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private TaskerServer start(String toml) throws IOException {
        return TaskerServer.start(
                ConfigLoader.load(Files.writeString(folder.resolve("tasker.toml"), toml), Map.of("TASKER_ENV", "test"))
                        .withEmbeddedDatabase(folder.resolve("pg"), false)
                        .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
    }

    private static HttpResponse<String> get(TaskerServer server, String path) throws IOException, InterruptedException {
        URI url = server.restUrl().orElseThrow().resolve(path);
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
        }
    }

    private static Code health(ManagedChannel channel) {
        try {
            HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
            return Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static Code reflection(ManagedChannel channel) throws Exception {
        CompletableFuture<Code> outcome = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> asked = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse answer) {
                        outcome.complete(Code.OK);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        outcome.complete(Status.fromThrowable(failure).getCode());
                    }

                    @Override
                    public void onCompleted() {
                        outcome.complete(Code.OK);
                    }
                });
        asked.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        asked.onCompleted();
        return outcome.get(30, TimeUnit.SECONDS);
    }
}
