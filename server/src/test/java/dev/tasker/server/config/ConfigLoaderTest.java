package dev.tasker.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers, placeholders, unknown keys and the report of violations. */
class ConfigLoaderTest {
    @TempDir
    Path folder;

    @Test
    void withoutFileAndVariablesDefaultsOfDevelopmentApply() {
        ServerConfig config = ConfigLoader.load(null, Map.of("XDG_DATA_HOME", "/data"));

        assertThat(config.environment()).isEqualTo(Environment.DEVELOPMENT);
        assertThat(config.database().isExternal()).isFalse();
        assertThat(config.database().dataDirectory()).isEqualTo(Path.of("/data/tasker/development"));
        assertThat(config.web())
                .isEqualTo(new WebConfig(true, BindAddress.loopback(8080), Duration.ofSeconds(30), null));
        assertThat(config.grpc())
                .isEqualTo(new GrpcConfig(true, BindAddress.loopback(9190), null, GrpcTransport.DEFAULT, true));
        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.templatePaths()).isEmpty();
    }

    @Test
    void environmentChoosesBetweenDefaults() {
        assertThat(ServerConfig.defaults(Environment.TEST).shutdownTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(ServerConfig.defaults(Environment.PRODUCTION).shutdownTimeout())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(ServerConfig.defaults(Environment.PRODUCTION)
                        .database()
                        .pool()
                        .maxConnections())
                .isEqualTo(50);
    }

    @Test
    void variablesBeatTheFile() throws IOException {
        Path file = file("""
            [common.database]
            url = "postgresql://file/tasker"
            [orchestration.web]
            bind_address = "127.0.0.1:1000"
            [orchestration.grpc]
            bind_address = "127.0.0.1:1001"
            """);

        ServerConfig config = ConfigLoader.load(
                null,
                Map.of(
                        "TASKER_CONFIG_PATH", file.toString(),
                        "DATABASE_URL", "postgresql://variable/tasker",
                        "TASKER_WEB_BIND_ADDRESS", "127.0.0.1:2000",
                        "TASKER_ORCHESTRATION_GRPC_BIND_ADDRESS", "127.0.0.1:2001",
                        "TASKER_DATABASE_LISTEN_URL", "postgresql://direct/tasker",
                        "TASKER_DATA_DIR", "/elsewhere",
                        "TASKER_TEMPLATE_PATH", "/templates/a:/templates/b"));

        assertThat(config.database().url()).isEqualTo(new DatabaseUrl("jdbc:postgresql://variable/tasker", null, null));
        assertThat(config.database().listenUrl())
                .isEqualTo(new DatabaseUrl("jdbc:postgresql://direct/tasker", null, null));
        assertThat(config.database().dataDirectory()).isEqualTo(Path.of("/elsewhere"));
        assertThat(config.web().bindAddress()).isEqualTo(BindAddress.loopback(2000));
        assertThat(config.grpc().bindAddress()).isEqualTo(BindAddress.loopback(2001));
        assertThat(config.templatePaths()).containsExactly(Path.of("/templates/a"), Path.of("/templates/b"));
    }

    @ParameterizedTest
    @CsvSource({
        "development, , true",
        "test, false, true",
        "production, , false",
        "production, false, false",
        "production, true, true"
    })
    void templatesAreReplacedInProductionOnlyWhenToldSo(
            String environment, @Nullable String overwrite, boolean expected) {
        Map<String, String> variables = new HashMap<>(Map.of("TASKER_ENV", environment));
        if (overwrite != null) {
            variables.put("TASKER_TEMPLATE_OVERWRITE", overwrite);
        }

        assertThat(ConfigLoader.load(null, variables).engine().replacesTemplates())
                .isEqualTo(expected);
    }

    @Test
    void permissionToReplaceTemplatesIsTrueOrFalse() {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("TASKER_TEMPLATE_OVERWRITE", "yes")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("TASKER_TEMPLATE_OVERWRITE: \"yes\" (expected: true or false)");
    }

    @Test
    void placeholdersAreReplacedByVariablesOrTheirDefault() throws IOException {
        Path file = file("""
            [common.database]
            url = "${DATABASE_URL:-postgresql://localhost/fallback}"
            data_directory = "/srv/${TASKER_INSTANCE_ID}/pg"
            [common.task_templates]
            search_paths = ["${TASKER_TEMPLATE_PATH:-config}/*.yaml"]
            """);

        ServerConfig config = ConfigLoader.load(file, Map.of("TASKER_INSTANCE_ID", "one"));

        assertThat(config.database().url())
                .isEqualTo(new DatabaseUrl("jdbc:postgresql://localhost/fallback", null, null));
        assertThat(config.database().dataDirectory()).isEqualTo(Path.of("/srv/one/pg"));
    }

    @Test
    void unsetPlaceholderWithoutDefaultIsRefused() throws IOException {
        Path file = file("[common.database]\nurl = \"${DATABASE_URL}\"\ndata_directory = \"${HOME}/x\"\n");

        assertThatThrownBy(() -> ConfigLoader.load(file, Map.of("HOME", "/root")))
                .asInstanceOf(type(ConfigException.class))
                .extracting(ConfigException::violations)
                .satisfies(violations -> assertThat(violations)
                        .anySatisfy(text -> assertThat(text.toString())
                                .contains("tasker.toml, line 2: common.database.url: ${DATABASE_URL} is not set"))
                        .anySatisfy(text -> assertThat(text.toString())
                                .contains("line 3: common.database.data_directory: ${HOME} (expected:"
                                        + " one of DATABASE_URL")));
    }

    @Test
    void everyViolationIsReportedAtOnceWithKeyValueAndExpectation() throws IOException {
        Path file = file("""
            [common.database.pool]
            max_connections = 0
            [orchestration.web]
            request_timout_ms = 5
            bind_address = "nowhere"
            tls_enabled = true
            [orchestration.web.auth]
            enabled = "yes"
            [orchestration.leases]
            duration_seconds = 9
            heartbeat_seconds = 4
            """);

        assertThatThrownBy(() -> ConfigLoader.load(
                        file, Map.of("TASKER_ENV", "staging", "DATABASE_URL", "mysql://me:hunter2@host/db")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("Configuration refused, 8 violations:\n  ")
                .hasMessageContaining("TASKER_ENV: \"staging\" (expected: test, development or production)")
                .hasMessageContaining("DATABASE_URL: *** (expected: postgresql://")
                .hasMessageContaining(
                        "tasker.toml, line 2: common.database.pool.max_connections: 0 (expected: an integer from 1 to"
                                + " 1000)")
                .hasMessageContaining("tasker.toml, line 4: orchestration.web.request_timout_ms: unknown key"
                        + " (nearest known: orchestration.web.request_timeout_ms)")
                .hasMessageContaining("orchestration.web.bind_address: \"nowhere\" (expected: host:port")
                .hasMessageContaining("orchestration.web.tls_enabled: true (expected: tls_cert_path and tls_key_path")
                .hasMessageContaining("orchestration.web.auth.enabled: \"yes\" (expected: true or false")
                .hasMessageContaining("orchestration.leases.heartbeat_seconds: 4 (expected: at most a third")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void violationOfAVariableNamesTheVariable() {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("TASKER_WEB_BIND_ADDRESS", "localhost:70000")))
                .hasMessageContaining("$TASKER_WEB_BIND_ADDRESS: orchestration.web.bind_address: \"localhost:70000\"");
    }

    @Test
    void modeThatOnlyPollsDoesNotListenUnlessToldTo() throws IOException {
        String polling = "orchestration.event_systems.orchestration.deployment_mode = \"PollingOnly\"\n";

        ServerConfig config = ConfigLoader.load(file(polling), Map.of());
        assertThat(config.engine().dispatch().listen()).isFalse();
        assertThat(config.operations().mode()).isEqualTo(DeploymentMode.POLLING_ONLY);

        ServerConfig listening = ConfigLoader.load(file(polling + "orchestration.dispatch.listen = true\n"), Map.of());
        assertThat(listening.engine().dispatch().listen()).isTrue();
        assertThat(listening.operations().mode()).isEqualTo(DeploymentMode.HYBRID);
    }

    @Test
    void tracesAreSentWhereVariablesSay() {
        assertThat(ConfigLoader.load(null, Map.of()).telemetry())
                .isEqualTo(new TelemetryConfig(
                        false, "tasker-orchestration", "development", "http://localhost:4317", 1.0));
        assertThat(ConfigLoader.load(
                                null,
                                Map.of(
                                        "TELEMETRY_ENABLED", "true",
                                        "OTEL_SERVICE_NAME", "orders",
                                        "DEPLOYMENT_ENVIRONMENT", "staging",
                                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317",
                                        "OTEL_TRACES_SAMPLER_ARG", "0.25"))
                        .telemetry())
                .isEqualTo(new TelemetryConfig(true, "orders", "staging", "http://collector:4317", 0.25));
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("OTEL_TRACES_SAMPLER_ARG", "2")))
                .hasMessageContaining("OTEL_TRACES_SAMPLER_ARG: \"2\" (expected: a number from 0 to 1)");
    }

    @Test
    void overflowBelowCriticalIsAllowedWithAWarning() throws IOException {
        ConfigReport report = ConfigLoader.inspect(file("""
            [common.queues.pgmq.queue_depth_thresholds]
            critical_threshold = 50
            overflow_threshold = 40
            """), null, Map.of());

        assertThat(report.violations()).isEmpty();
        assertThat(report.warnings())
                .singleElement()
                .asString()
                .endsWith("tasker.toml, line 3: common.queues.pgmq.queue_depth_thresholds.overflow_threshold: 40"
                        + " (expected: more than critical_threshold, 50)");
    }

    @Test
    void environmentsFilesLieOverTheBaseOnes() throws IOException {
        Path base = Files.createDirectories(folder.resolve("base"));
        Path production = Files.createDirectories(folder.resolve("environments/production"));
        Files.writeString(base.resolve("common.toml"), """
            [common.database]
            url = "${DATABASE_URL:-postgresql://localhost/base}"
            [common.database.pool]
            max_connections = 11
            min_connections = 3
            """);
        Files.writeString(base.resolve("orchestration.toml"), """
            [[orchestration.web.auth.api_keys]]
            key = "one"
            [[orchestration.web.auth.api_keys]]
            key = "two"
            """);
        Files.writeString(production.resolve("common.toml"), "common.database.pool.max_connections = 40\n");
        Files.writeString(production.resolve("orchestration.toml"), """
            [[orchestration.web.auth.api_keys]]
            key_sha256 = "%s"
            """.formatted("0".repeat(64)));

        ConfigReport report = ConfigLoader.inspectSources(folder, Environment.PRODUCTION, Map.of());

        assertThat(report.violations()).isEmpty();
        assertThat(report.valid().database().pool().maxConnections()).isEqualTo(40);
        assertThat(report.valid().database().pool().minConnections()).isEqualTo(3);
        assertThat(report.entries().stream().map(ConfigReport.Entry::key).filter(key -> key.contains("api_keys[")))
                .containsExactly("orchestration.web.auth.api_keys[0].key_sha256");
        assertThat(report.origin("common.database.pool.max_connections"))
                .asString()
                .endsWith("environments/production/common.toml, line 1");
        assertThatThrownBy(() -> ConfigLoader.inspectSources(base, Environment.TEST, Map.of()))
                .hasMessageContaining("no configuration (expected: base/common.toml");
    }

    @Test
    void reportShowsEveryValueItsPlaceAndNoSecret() throws IOException {
        ConfigReport report =
                ConfigLoader.inspect(file("""
                    [common.queues.rabbitmq]
                    url = "amqp://me:hunter2@localhost/"
                    [worker.orchestration_client.auth]
                    token = "hunter2"
                    [orchestration.web]
                    request_timeout_ms = 777
                    [[orchestration.web.auth.api_keys]]
                    key = "hunter2"
                    expires_at = 2031-01-01T00:00:00Z
                    """), null, Map.of("DATABASE_URL", "postgresql://me:hunter2@host/db"));

        assertThat(report.entries())
                .contains(
                        new ConfigReport.Entry(
                                "orchestration.web.request_timeout_ms",
                                "777",
                                new Origin(folder.resolve("tasker.toml").toString(), 6),
                                true),
                        new ConfigReport.Entry("common.database.url", "\"***\"", new Origin("$DATABASE_URL", 0), true),
                        new ConfigReport.Entry("common.database.pool.max_connections", "25", null, true));
        assertThat(report.unused())
                .containsExactly("common.queues.rabbitmq.url", "worker.orchestration_client.auth.token");
        assertThat(report.toToml())
                .doesNotContain("hunter2")
                .contains("[orchestration.web]\n", "request_timeout_ms = 777\n")
                .contains("[[orchestration.web.auth.api_keys]]\nexpires_at = 2031-01-01T00:00Z\nkey = \"***\"\n")
                .contains("url = \"amqp://***@localhost/\"");
    }

    @Test
    void keysWithoutEffectAreAccepted() throws IOException {
        Path file = file("""
            [common.cache]
            enabled = true
            [orchestration.decision_points]
            max_steps_per_decision = 7
            [orchestration.decision_points._docs.max_steps_per_decision]
            description = "what it does"
            [worker.grpc]
            bind_address = "0.0.0.0:9191"
            [[worker.web.auth.api_keys]]
            key = "x"
            """);

        assertThat(ConfigLoader.load(file, Map.of()).environment()).isEqualTo(Environment.DEVELOPMENT);
    }

    @Test
    void onlyBuiltInDispatchIsKnown() {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("TASKER_MESSAGING_BACKEND", "rabbitmq")))
                .hasMessageContaining("common.queues.backend: \"rabbitmq\" (expected: pgmq)");
    }

    @Test
    void missingAndBrokenFilesAreRefusedInOneSentence() throws IOException {
        assertThatThrownBy(() -> ConfigLoader.load(folder.resolve("none.toml"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.toml: cannot be read");
        Path broken = file("[web\nx = ");
        assertThatThrownBy(() -> ConfigLoader.load(broken, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tasker.toml, line 1: column");
    }

    @Test
    void addressesBeyondThisMachineNeedAWrittenDecision() throws IOException {
        Map<String, String> open = Map.of("TASKER_WEB_BIND_ADDRESS", "0.0.0.0:8080");
        assertThatThrownBy(() -> ConfigLoader.load(null, open))
                .hasMessageContaining("orchestration.web.bind_address: \"0.0.0.0:8080\" (expected: a loopback address");

        Path decided = file("[orchestration.web.auth]\nenabled = false\n");
        assertThat(ConfigLoader.load(decided, open).web().bindAddress().host()).isEqualTo("0.0.0.0");

        assertThat(ConfigLoader.load(null, Map.of("TASKER_ENV", "test", "TASKER_WEB_BIND_ADDRESS", "0.0.0.0:8080"))
                        .web()
                        .bindAddress()
                        .port())
                .isEqualTo(8080);
    }

    @Test
    void identitiesHaveAForm() {
        assertThat(new Variables(Map.of("TASKER_WORKER_ID", "worker-7")).find("TASKER_WORKER_ID"))
                .contains("worker-7");
        assertThat(new Variables(Map.of()).find("TASKER_WORKER_ID")).isEmpty();
        assertThatThrownBy(() -> new Variables(Map.of("TASKER_WORKER_ID", "-no")).find("TASKER_WORKER_ID"))
                .hasMessageContaining("TASKER_WORKER_ID: \"-no\"");
    }

    private Path file(String toml) throws IOException {
        return Files.writeString(folder.resolve("tasker.toml"), toml);
    }

    @Test
    void nearestKeyNeedsFewestChanges() {
        assertThat(KnownKeys.nearest(
                        "web.bind_adress", List.of("web.enabled", "web.bind_address", "grpc.bind_address")))
                .isEqualTo("web.bind_address");
    }
}
