package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.tasker.v1.WorkerConfigServiceGrpc;
import com.tasker.v1.WorkerGetConfigRequest;
import com.tasker.v1.WorkerGetTemplateRequest;
import com.tasker.v1.WorkerHealthRequest;
import com.tasker.v1.WorkerHealthServiceGrpc;
import com.tasker.v1.WorkerReadinessRequest;
import com.tasker.v1.WorkerTemplateServiceGrpc;
import dev.tasker.server.StartupException;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.GrpcTransport;
import dev.tasker.server.config.WorkerGrpcConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import io.grpc.Metadata;
import io.grpc.ServiceDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The worker's gRPC listener beside a real server (03 §2). */
@TestInstance(Lifecycle.PER_CLASS)
class WorkerGrpcTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<ServiceDescriptor> SERVICES = List.of(
            WorkerHealthServiceGrpc.getServiceDescriptor(),
            WorkerTemplateServiceGrpc.getServiceDescriptor(),
            WorkerConfigServiceGrpc.getServiceDescriptor());
    private static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private Stage stage;

    @BeforeAll
    void open(@TempDir Path folder) {
        stage = new Stage(folder);
    }

    @AfterAll
    void close() {
        stage.close();
    }

    @BeforeEach
    void reset() {
        stage.reset();
    }

    private static WorkerGrpcConfig grpc(boolean reflection, boolean health) {
        return new WorkerGrpcConfig(
                true,
                BindAddress.loopback(0),
                null,
                new GrpcTransport(Duration.ofSeconds(30), Duration.ofSeconds(20), 1_000, reflection, health));
    }

    @Test
    void everyServiceIsServingAndFoundByReflection() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config());
                GrpcSide client = new GrpcSide(worker)) {
            var health = HealthGrpc.newBlockingStub(client.channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
            for (ServiceDescriptor service : SERVICES) {
                assertThat(health.check(HealthCheckRequest.newBuilder()
                                        .setService(service.getName())
                                        .build())
                                .getStatus())
                        .as(service.getName())
                        .isEqualTo(ServingStatus.SERVING);
            }
            assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                    .isEqualTo(ServingStatus.SERVING);
            assertThat(reflected(client))
                    .containsAll(
                            SERVICES.stream().map(ServiceDescriptor::getName).toList());
        }
    }

    private static List<String> reflected(GrpcSide client) throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(client.channel())
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse response = answer.get(20, TimeUnit.SECONDS);
        requests.onCompleted();
        return response.getListServicesResponse().getServiceList().stream()
                .map(ServiceResponse::getName)
                .toList();
    }

    @Test
    void reflectionAndHealthServiceCanBeSwitchedOff() {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config().withGrpc(grpc(false, false)));
                GrpcSide client = new GrpcSide(worker)) {
            assertThat(GrpcSide.call(client.channel(), HealthGrpc.getCheckMethod())
                            .getCode())
                    .isEqualTo(Code.UNIMPLEMENTED);
            assertThatThrownBy(() -> reflected(client))
                    .hasRootCauseMessage("UNIMPLEMENTED: Method not found:"
                            + " grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
            assertThat(client.health()
                            .checkHealth(WorkerHealthRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo("healthy");
        }
    }

    @Test
    void workerWithoutAServerIsUnavailableButAlive() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = socket.getLocalPort();
        }
        try (GrpcWorkSource source = new GrpcWorkSource("127.0.0.1:" + unused, GrpcWorkSourceConfig.DEFAULT);
                WorkerProcess worker = stage.worker(source, Stage.config());
                GrpcSide client = new GrpcSide(worker)) {
            StatusRuntimeException refusal =
                    refusal(() -> client.health().checkReadiness(WorkerReadinessRequest.getDefaultInstance()));

            assertThat(refusal.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
            assertThat(refusal.getStatus().getDescription()).isEqualTo("Worker is not ready");
            assertThat(client.health()
                            .checkHealth(WorkerHealthRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo("healthy");
        }
    }

    @Test
    void unknownTemplateIsNotFoundAndSaysWhich() {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config());
                GrpcSide client = new GrpcSide(worker)) {
            StatusRuntimeException refusal = refusal(() -> client.templates()
                    .getTemplate(WorkerGetTemplateRequest.newBuilder()
                            .setNamespace("warehouse")
                            .setName("none")
                            .setVersion("1.0.0")
                            .build()));

            assertThat(refusal.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
            assertThat(refusal.getStatus().getDescription()).isEqualTo("Template not found: warehouse/none/1.0.0");
        }
    }

    @Test
    void requestIdIsEchoedOrMade() {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config());
                GrpcSide client = new GrpcSide(worker)) {
            AtomicReference<Metadata> headers = new AtomicReference<>();
            AtomicReference<Metadata> trailers = new AtomicReference<>();
            var stub = client.health().withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));

            var _ = stub.checkHealth(WorkerHealthRequest.getDefaultInstance());
            assertThat(Objects.requireNonNull(headers.get()).get(REQUEST_ID)).hasSize(36);
            Metadata wanted = new Metadata();
            wanted.put(REQUEST_ID, "call-7");
            var _ = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(wanted))
                    .checkHealth(WorkerHealthRequest.getDefaultInstance());
            assertThat(Objects.requireNonNull(headers.get()).get(REQUEST_ID)).isEqualTo("call-7");
        }
    }

    @Test
    void configurationIsServedAlthoughRestHasSwitchedItOff() {
        WorkerWebConfig quiet = new WorkerWebConfig(true, BindAddress.loopback(0), false, null);
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config().withWeb(quiet));
                GrpcSide client = new GrpcSide(worker)) {
            var config = client.config().getConfig(WorkerGetConfigRequest.getDefaultInstance());

            assertThat(config.getWorkerId()).isEqualTo("worker-north-1");
            assertThat(config.hasMetadata()).isTrue();
            assertThat(config.getMetadata().hasTimestamp()).isTrue();
            assertThat(config.hasAuth()).isTrue();
            assertThat(config.getMessaging().getQueuesList())
                    .containsExactly("warehouse/belts.hang", "warehouse/belts.sort");
        }
    }

    @Test
    void eachListenerCanBeAlone() throws Exception {
        WorkerWebConfig noRest = new WorkerWebConfig(false, BindAddress.loopback(0), true, null);
        WorkerGrpcConfig on = grpc(true, true);
        WorkerGrpcConfig off = new WorkerGrpcConfig(false, BindAddress.loopback(0), null, on.transport());
        try (GrpcWorkSource source = stage.source();
                WorkerProcess grpcOnly = stage.worker(source, Stage.config().withWeb(noRest));
                WorkerProcess restOnly = stage.worker(source, Stage.config().withGrpc(off));
                WorkerProcess headless =
                        stage.worker(source, Stage.config().withWeb(noRest).withGrpc(off));
                GrpcSide client = new GrpcSide(grpcOnly)) {
            assertThat(grpcOnly.restUrl()).isEmpty();
            assertThat(client.health()
                            .checkHealth(WorkerHealthRequest.getDefaultInstance())
                            .getWorkerId())
                    .isEqualTo("worker-north-1");
            assertThat(restOnly.grpcPort()).isEmpty();
            assertThat(stage.get(restOnly, "/health").statusCode()).isEqualTo(200);
            assertThat(headless.restUrl()).isEmpty();
            assertThat(headless.grpcPort()).isEmpty();
        }
    }

    @Test
    void takenPortIsOneClearSentenceAndLeavesNoListenerBehind() throws Exception {
        int rest;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            rest = free.getLocalPort();
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GrpcWorkSource source = stage.source()) {
            assertThatThrownBy(() ->
                            stage.worker(source, Stage.config().withPort(rest).withGrpcPort(taken.getLocalPort())))
                    .isInstanceOf(StartupException.class)
                    .hasMessage("The worker's gRPC cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use (expected: an address of this machine with a port that nobody"
                            + " uses).");
            new ServerSocket(rest, 1, InetAddress.getLoopbackAddress()).close();
        }
    }

    @Test
    void stoppingWorkerSaysSoAtOnceAndServesUntilItsStepsHaveEnded() throws Exception {
        try (GrpcWorkSource source = stage.source();
                WorkerProcess worker = stage.worker(source, Stage.config());
                GrpcSide client = new GrpcSide(worker)) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> client.health()
                            .checkReadiness(WorkerReadinessRequest.getDefaultInstance())
                            .getStatus()
                            .equals("ready"));
            var _ = stage.create("parcels", true);
            assertThat(stage.awaitBegin()).isTrue();
            var watched = HealthGrpc.newBlockingStub(client.channel())
                    .watch(HealthCheckRequest.newBuilder()
                            .setService(WorkerHealthServiceGrpc.SERVICE_NAME)
                            .build());
            assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.SERVING);

            Thread stopping = Thread.ofVirtual().start(worker::close);

            assertThat(watched.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(refusal(() -> client.health().checkReadiness(WorkerReadinessRequest.getDefaultInstance()))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Code.UNAVAILABLE);
            assertThat(client.health()
                            .checkHealth(WorkerHealthRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo("healthy");
            stage.openGate();
            assertThat(stopping.join(PATIENCE)).isTrue();
            assertThat(worker.grpcPort()).isEmpty();
            assertThat(GrpcSide.call(client.channel(), WorkerHealthServiceGrpc.getCheckHealthMethod())
                            .getCode())
                    .isEqualTo(Code.UNAVAILABLE);
        }
    }

    private static StatusRuntimeException refusal(Runnable call) {
        return Objects.requireNonNull(catchThrowableOfType(StatusRuntimeException.class, call::run));
    }
}
