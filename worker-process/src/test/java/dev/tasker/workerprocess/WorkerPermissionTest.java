package dev.tasker.workerprocess;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tasker.v1.WorkerConfigServiceGrpc;
import com.tasker.v1.WorkerHealthServiceGrpc;
import com.tasker.v1.WorkerTemplateServiceGrpc;
import dev.tasker.server.config.ApiKeyConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.config.JwtConfig;
import dev.tasker.server.security.Permission;
import dev.tasker.worker.remote.GrpcWorkSource;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every permission against every rpc of a worker, allowed and denied (03 §2.2, §2.5, §3.5, §3.7). */
@TestInstance(Lifecycle.PER_CLASS)
class WorkerPermissionTest {
    /** The rpc and its permission; what is open has none. */
    private static final Map<String, String> TABLE = Map.of(
            "tasker.v1.WorkerHealthService/CheckHealth", "open",
            "tasker.v1.WorkerHealthService/CheckLiveness", "open",
            "tasker.v1.WorkerHealthService/CheckReadiness", "open",
            "tasker.v1.WorkerHealthService/CheckDetailedHealth", "open",
            "tasker.v1.WorkerTemplateService/ListTemplates", "worker:templates_read",
            "tasker.v1.WorkerTemplateService/GetTemplate", "worker:templates_read",
            "tasker.v1.WorkerConfigService/GetConfig", "worker:config_read");

    private static final Map<String, MethodDescriptor<?, ?>> METHODS = Stream.of(
                    WorkerHealthServiceGrpc.getServiceDescriptor(),
                    WorkerTemplateServiceGrpc.getServiceDescriptor(),
                    WorkerConfigServiceGrpc.getServiceDescriptor())
            .flatMap(service -> service.getMethods().stream())
            .collect(toMap(MethodDescriptor::getFullMethodName, Function.identity()));

    private Tokens tokens;
    private Stage stage;
    private GrpcWorkSource source;
    private WorkerProcess worker;
    private GrpcSide client;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        tokens = new Tokens();
        stage = new Stage(folder);
        source = stage.source();
        worker = stage.worker(source, Stage.config().withAuth(auth()));
        client = new GrpcSide(worker);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> stage.get(worker, "/health/ready").statusCode() == 200);
    }

    @AfterAll
    void close() {
        client.close();
        worker.close();
        source.close();
        stage.close();
    }

    /** A key for each permission, by its word, and one for all of a worker's. */
    private AuthConfig auth() {
        List<ApiKeyConfig.Key> keys = Stream.concat(
                        Arrays.stream(Permission.values()).map(Permission::text), Stream.of("worker:*"))
                .map(word ->
                        new ApiKeyConfig.Key(ApiKeyConfig.sha256(word), false, List.of(word), List.of(), word, null))
                .toList();
        return new AuthConfig(
                true,
                false,
                true,
                true,
                new JwtConfig(
                        "tasker-worker",
                        "worker-api",
                        List.of("RS256"),
                        "permissions",
                        new JwtConfig.InlineKey(tokens.publicKey())),
                new ApiKeyConfig("X-Worker-Key", keys));
    }

    @Test
    void everyRpcStandsInTheTable() {
        assertThat(METHODS.keySet()).isEqualTo(TABLE.keySet());
    }

    @Test
    void everyCellIsAllowedOrDeniedAsTheTableSays() {
        int cells = 0;
        for (Map.Entry<String, String> row : TABLE.entrySet()) {
            MethodDescriptor<?, ?> method = Objects.requireNonNull(METHODS.get(row.getKey()), row.getKey());
            Status nobody = GrpcSide.call(client.channel(), method);
            if (row.getValue().equals("open")) {
                assertThat(nobody.getCode()).as(row.getKey()).isEqualTo(Code.OK);
                continue;
            }
            assertThat(nobody.getCode()).as(row.getKey()).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(nobody.getDescription()).isEqualTo("Authentication required. Provide Bearer token or API key.");
            assertThat(GrpcSide.call(client.with("x-worker-key", "worker:*"), method)
                            .getCode())
                    .as("worker:* at " + row.getKey())
                    .isIn(Code.OK, Code.NOT_FOUND);
            for (Permission held : Permission.values()) {
                Status status = GrpcSide.call(client.with("x-worker-key", held.text()), method);
                String cell = held.text() + " at " + row.getKey();
                if (held.text().equals(row.getValue())) {
                    assertThat(status.getCode()).as(cell).isIn(Code.OK, Code.NOT_FOUND);
                } else {
                    assertThat(status.getCode()).as(cell).isEqualTo(Code.PERMISSION_DENIED);
                    assertThat(status.getDescription()).isEqualTo("Insufficient permissions for this operation");
                }
                cells++;
            }
        }
        assertThat(cells).isEqualTo(3 * Permission.values().length);
    }

    @Test
    void tokensOfTheWorkersIssuerAreTakenInBothSpellingsAndABadOneIsNotSavedByAKey() throws Exception {
        MethodDescriptor<?, ?> method = WorkerConfigServiceGrpc.getGetConfigMethod();
        String token = tokens.token("tasker-worker", "worker-api", "worker:config_read");

        assertThat(code(method, "authorization", "Bearer " + token)).isEqualTo(Code.OK);
        assertThat(code(method, "authorization", "bearer " + token)).isEqualTo(Code.OK);
        String ofTheServer = tokens.token("tasker-core", "tasker-api", "worker:config_read");
        Status refused = GrpcSide.call(client.with("authorization", "Bearer " + ofTheServer), method);
        assertThat(refused.getCode()).isEqualTo(Code.UNAUTHENTICATED);
        assertThat(refused.getDescription()).isEqualTo("Invalid or expired credentials");
        assertThat(code(method, "authorization", "Bearer rubbish", "x-worker-key", "worker:config_read"))
                .isEqualTo(Code.UNAUTHENTICATED);
        assertThat(code(method, "x-worker-key", "unknown")).isEqualTo(Code.UNAUTHENTICATED);
    }

    private Code code(MethodDescriptor<?, ?> method, String... namesAndValues) {
        Channel channel = client.with(namesAndValues);
        return GrpcSide.call(channel, method).getCode();
    }

    @Test
    void healthServiceAsksForNothing() {
        assertThat(GrpcSide.call(client.channel(), HealthGrpc.getCheckMethod()).getCode())
                .isEqualTo(Code.OK);
    }
}
