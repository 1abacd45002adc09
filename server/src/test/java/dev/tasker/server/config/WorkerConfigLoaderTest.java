package dev.tasker.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker process takes from file and environment (04 §1.6). */
class WorkerConfigLoaderTest {
    @TempDir
    Path folder;

    @Test
    void defaultsDependOnTheEnvironment() {
        WorkerProcessConfig development = WorkerConfigLoader.load(null, Map.of());
        WorkerProcessConfig test = WorkerProcessConfig.defaults(Environment.TEST);
        WorkerProcessConfig production = WorkerProcessConfig.defaults(Environment.PRODUCTION);

        assertThat(development.workerId()).isNull();
        assertThat(development.workerType()).isEqualTo("general");
        assertThat(development.slots()).isEqualTo(10);
        assertThat(development.handlerTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(development.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(development.strictHandlers()).isFalse();
        assertThat(development.server()).isEqualTo(new WorkerLinkConfig(null, null, null));
        assertThat(development.web()).isEqualTo(new WorkerWebConfig(true, BindAddress.loopback(8081), false, null));
        assertThat(development.grpc())
                .isEqualTo(new WorkerGrpcConfig(
                        true,
                        BindAddress.loopback(9191),
                        null,
                        new GrpcTransport(Duration.ofSeconds(30), Duration.ofSeconds(20), 1_000, true, true)));
        assertThat(development.auth().enabled()).isFalse();
        assertThat(test.slots()).isEqualTo(5);
        assertThat(test.handlerTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(test.drainTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(test.web().configEndpoint()).isTrue();
        assertThat(test.grpc().transport())
                .isEqualTo(new GrpcTransport(Duration.ofSeconds(10), Duration.ofSeconds(5), 1_000, true, true));
        assertThat(production.grpc().transport().reflection()).isFalse();
        assertThat(production.slots()).isEqualTo(50);
        assertThat(production.handlerTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(production.strictHandlers()).isTrue();
    }

    @Test
    void everyKeyIsMapped() throws IOException {
        Path file = file("""
            [worker]
            worker_id = "billing-1"
            worker_type = "billing"
            drain_timeout_ms = 90000
            strict_handlers = true
            [worker.mpsc_channels.handler_dispatch]
            max_concurrent_handlers = 7
            handler_timeout_ms = 1500
            [worker.orchestration_client]
            base_url = "http://server.example.org:9190"
            transport = "grpc"
            auth = {type = "api_key", key = "hush", header_name = "X-Key"}
            [worker.web]
            bind_address = "0.0.0.0:9000"
            config_endpoint_enabled = true
            tls_enabled = true
            tls_cert_path = "cert.pem"
            tls_key_path = "key.pem"
            [worker.grpc]
            enabled = false
            bind_address = "0.0.0.0:9001"
            tls_enabled = true
            tls_cert_path = "cert.pem"
            tls_key_path = "key.pem"
            tls_client_ca_path = "ca.pem"
            keepalive_interval_seconds = 7
            keepalive_timeout_seconds = 3
            max_concurrent_streams = 12
            enable_reflection = false
            enable_health_service = false
            [worker.web.auth]
            enabled = true
            jwt_public_key_path = "jwt.pem"
            api_keys_enabled = true
            [[worker.web.auth.api_keys]]
            key = "hush-hush"
            permissions = ["worker:*"]
            """);

        WorkerProcessConfig config = WorkerConfigLoader.load(file, Map.of());

        assertThat(config.workerId()).isEqualTo("billing-1");
        assertThat(config.workerType()).isEqualTo("billing");
        assertThat(config.slots()).isEqualTo(7);
        assertThat(config.handlerTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.strictHandlers()).isTrue();
        assertThat(config.server())
                .isEqualTo(new WorkerLinkConfig(
                        "http://server.example.org:9190", "grpc", new WorkerLinkConfig.ApiKey("X-Key", "hush")));
        assertThat(config.web())
                .isEqualTo(new WorkerWebConfig(
                        true,
                        new BindAddress("0.0.0.0", 9000),
                        true,
                        new TlsConfig(Path.of("cert.pem"), Path.of("key.pem"), null)));
        assertThat(config.grpc())
                .isEqualTo(new WorkerGrpcConfig(
                        false,
                        new BindAddress("0.0.0.0", 9001),
                        new TlsConfig(Path.of("cert.pem"), Path.of("key.pem"), Path.of("ca.pem")),
                        new GrpcTransport(Duration.ofSeconds(7), Duration.ofSeconds(3), 12, false, false)));
        assertThat(config.auth().enabled()).isTrue();
        assertThat(config.auth().jwt().issuer()).isEqualTo("tasker-worker");
        assertThat(config.auth().jwt().audience()).isEqualTo("worker-api");
        assertThat(config.auth().apiKeys().keys()).hasSize(1);
        assertThat(config.toString()).doesNotContain("hush");
    }

    @Test
    void variablesGoBeforeTheFile() throws IOException {
        Path file = file("""
            [worker]
            worker_id = "of-the-file"
            [worker.web]
            bind_address = "127.0.0.1:1"
            """);

        WorkerProcessConfig config = WorkerConfigLoader.load(
                null,
                Map.of(
                        "TASKER_CONFIG_PATH", file.toString(),
                        "TASKER_INSTANCE_ID", "instance",
                        "WORKER_ID", "alias",
                        "TASKER_WEB_BIND_ADDRESS", "127.0.0.1:2",
                        "TASKER_WORKER_GRPC_BIND_ADDRESS", "127.0.0.1:3"));

        assertThat(config.workerId()).isEqualTo("alias");
        assertThat(config.web().bindAddress()).isEqualTo(BindAddress.loopback(2));
        assertThat(config.grpc().bindAddress()).isEqualTo(BindAddress.loopback(3));
        assertThat(WorkerConfigLoader.load(file, Map.of("TASKER_INSTANCE_ID", "instance"))
                        .workerId())
                .isEqualTo("instance");
        assertThat(WorkerConfigLoader.load(file, Map.of("TASKER_WORKER_ID", "name", "WORKER_ID", "alias"))
                        .workerId())
                .isEqualTo("name");
    }

    @Test
    void keysOfServersAreAcceptedAndUnknownOnesAreNot() throws IOException {
        Path shared = file("""
            [common.database.pool]
            max_connections = 5
            [orchestration.web]
            bind_address = "0.0.0.0:8080"
            [orchestration.web.auth]
            api_keys_enabled = true
            [[orchestration.web.auth.api_keys]]
            key = "k"
            permissions = ["tasks:*"]
            """);
        assertThat(WorkerConfigLoader.load(shared, Map.of()).slots()).isEqualTo(10);

        Path wrong = file("[worker]\nworker_idd = \"x\"\n");
        assertThatThrownBy(() -> WorkerConfigLoader.load(wrong, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("worker.worker_idd: unknown key (nearest known: worker.worker_id)");
    }

    @Test
    void badValuesAreRefusedTogether() throws IOException {
        Path file = file("""
            [worker]
            drain_timeout_ms = -1
            [worker.mpsc_channels.handler_dispatch]
            max_concurrent_handlers = 0
            [worker.orchestration_client]
            transport = "pigeon"
            auth = {type = "bearer", key = "hush"}
            [worker.web]
            bind_address = "0.0.0.0:8081"
            [worker.grpc]
            bind_address = "0.0.0.0:9191"
            max_concurrent_streams = 0
            """);

        assertThatThrownBy(() -> WorkerConfigLoader.load(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("7 violations")
                .hasMessageContaining("worker.drain_timeout_ms: -1 (expected: an integer from 0 to 3600000)")
                .hasMessageContaining("max_concurrent_handlers: 0 (expected: an integer from 1 to 10000)")
                .hasMessageContaining("transport: \"pigeon\" (expected: grpc or rest)")
                .hasMessageContaining("auth.type: \"bearer\" (expected: token beside it)")
                .hasMessageContaining("worker.web.bind_address: \"0.0.0.0:8081\" (expected: a loopback address")
                .hasMessageContaining("worker.grpc.bind_address: \"0.0.0.0:9191\" (expected: a loopback address")
                .hasMessageContaining("max_concurrent_streams: 0 (expected: an integer from 1 to 10000)")
                .hasMessageNotContaining("hush");
        Path untyped = file("[worker.orchestration_client.auth]\ntoken = \"hush\"\n");
        assertThatThrownBy(() -> WorkerConfigLoader.load(untyped, Map.of()))
                .hasMessageContaining("auth.type: \"nothing\" (expected: bearer or api_key");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "worker", ".toml"), text);
    }
}
