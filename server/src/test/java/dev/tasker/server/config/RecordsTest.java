package dev.tasker.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.AuditConfig;
import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.DomainEventConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.RetentionConfig;
import dev.tasker.engine.RollupConfig;
import dev.tasker.engine.StalenessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each record: its defaults, every key mapped, bad values refused. */
class RecordsTest {
    @TempDir
    Path folder;

    @Test
    void poolDefaults() throws IOException {
        assertThat(load("").database().pool())
                .isEqualTo(new PoolConfig(
                        25,
                        5,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(300),
                        Duration.ofMinutes(30),
                        Duration.ofMillis(200)));
    }

    @Test
    void poolTakesEveryKey() throws IOException {
        assertThat(load("""
            [common.database.pool]
            max_connections = 7
            min_connections = 3
            acquire_timeout_seconds = 4
            idle_timeout_seconds = 5
            max_lifetime_seconds = 66
            slow_acquire_threshold_ms = 77
            """).database().pool())
                .isEqualTo(new PoolConfig(
                        7,
                        3,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(66),
                        Duration.ofMillis(77)));
    }

    @Test
    void smallPoolNeedsNoMinimum() throws IOException {
        assertThat(load("common.database.pool.max_connections = 2")
                        .database()
                        .pool()
                        .minConnections())
                .isEqualTo(2);
    }

    @Test
    void databaseTakesEveryKey() throws IOException {
        DatabaseConfig database = load("""
            [common.database]
            url = "postgresql://a/b"
            listen_url = "postgresql://c/d"
            data_directory = "/e"
            """).database();

        assertThat(database.url()).isEqualTo(new DatabaseUrl("jdbc:postgresql://a/b", null, null));
        assertThat(database.listenUrl()).isEqualTo(new DatabaseUrl("jdbc:postgresql://c/d", null, null));
        assertThat(database.dataDirectory()).isEqualTo(Path.of("/e"));
        assertThat(database.isExternal()).isTrue();
    }

    @Test
    void webAndGrpcTakeEveryKey() throws IOException {
        ServerConfig config = load("""
            [orchestration]
            shutdown_timeout_ms = 1234
            [orchestration.web]
            enabled = false
            bind_address = "[::1]:81"
            request_timeout_ms = 100
            [orchestration.grpc]
            enabled = false
            bind_address = "localhost:82"
            enable_reflection = false
            enable_health_service = false
            enable_config_service = false
            max_concurrent_streams = 7
            keepalive_interval_seconds = 11
            keepalive_timeout_seconds = 3
            """);

        assertThat(config.web())
                .isEqualTo(new WebConfig(false, new BindAddress("::1", 81), Duration.ofMillis(100), null));
        assertThat(config.grpc())
                .isEqualTo(new GrpcConfig(
                        false,
                        new BindAddress("localhost", 82),
                        null,
                        new GrpcTransport(Duration.ofSeconds(11), Duration.ofSeconds(3), 7, false, false),
                        false));
        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofMillis(1234));
    }

    @Test
    void engineDefaultsAreTheMeasuredOnes() throws IOException {
        assertThat(load("").engine())
                .isEqualTo(EngineConfig.DEFAULT
                        .withGraph(new GraphConfig(true, 100, 50, 20, 10, true, 25))
                        .withStaleness(staleness(true, 120, 50, 15, 10, 15, 4, 5)));
        assertThat(ServerConfig.defaults(Environment.PRODUCTION).engine().staleness())
                .isEqualTo(staleness(true, 600, 200, 120, 60, 60, 48, 30));
        assertThat(ServerConfig.defaults(Environment.TEST).engine().staleness())
                .isEqualTo(staleness(true, 60, 10, 5, 2, 5, 1, 2));
        assertThat(ServerConfig.defaults(Environment.TEST).engine().leases())
                .isEqualTo(new LeaseConfig(Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }

    private static StalenessConfig staleness(
            boolean enabled,
            int interval,
            int batch,
            int dependencies,
            int retry,
            int process,
            int lifetime,
            int stall) {
        StalenessConfig standard = StalenessConfig.DEFAULT;
        return new StalenessConfig(
                enabled,
                false,
                Duration.ofSeconds(interval),
                batch,
                Duration.ofMinutes(dependencies),
                Duration.ofMinutes(retry),
                Duration.ofMinutes(process),
                Duration.ofHours(lifetime),
                Duration.ofMinutes(stall),
                true,
                true,
                true,
                standard.eventChannel(),
                false);
    }

    @Test
    void engineTakesEveryKey() throws IOException {
        assertThat(load("""
            [common.backoff]
            default_backoff_seconds = [3, 4]
            max_backoff_seconds = 100
            backoff_multiplier = 3
            jitter_enabled = true
            jitter_max_percentage = 0.5
            [orchestration.leases]
            duration_seconds = 60
            heartbeat_seconds = 20
            grace_seconds = 2
            stop_grace_seconds = 7
            [orchestration.lanes]
            count = 1
            queue_commands_max = 10
            queue_bytes_max = 2000000
            batch_commands_max = 11
            batch_bytes_max = 2048
            [orchestration.dispatch]
            listen = false
            pulse_ms = 500
            sticky_max = 0
            payload_cache_bytes = 0
            [orchestration.decision_points]
            enabled = false
            max_steps_per_decision = 4
            warn_threshold_steps = 3
            max_decision_depth = 6
            warn_threshold_depth = 5
            [orchestration.batch_processing]
            enabled = false
            max_parallel_batches = 7
            checkpoint_stall_minutes = 8
            [orchestration.dlq]
            enabled = true
            record_max_retries_exceeded = true
            [orchestration.dlq.staleness_detection]
            enabled = false
            dry_run = true
            detection_interval_seconds = 31
            batch_size = 9
            [orchestration.dlq.staleness_detection.thresholds]
            waiting_for_dependencies_minutes = 11
            waiting_for_retry_minutes = 12
            steps_in_process_minutes = 13
            task_max_lifetime_hours = 14
            [orchestration.dlq.staleness_detection.actions]
            auto_transition_to_error = false
            auto_move_to_dlq = false
            emit_events = false
            event_channel = "stale_ones"
            [orchestration.domain_events]
            retention_hours = 3
            [orchestration.retention]
            period = "week"
            periods_ahead = 4
            keep_days = 90
            archive = "schema"
            pinned_after_seconds = 60
            [orchestration.audit]
            enabled = false
            interval_seconds = 8
            share = 0.5
            [orchestration.rollups]
            delay_ms = 11
            minutes_kept_hours = 3
            hours_kept_days = 4
            days_kept_days = 5
            [worker.mpsc_channels.in_process_events]
            broadcast_buffer_size = 101
            dispatch_timeout_ms = 102
            """).engine())
                .isEqualTo(new EngineConfig(
                        new LaneConfig(1, 10, 2_000_000, 11, 2048),
                        new LeaseConfig(
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(7)),
                        new BackoffConfig(Duration.ofSeconds(3), 3.0, Duration.ofSeconds(100), 0.5),
                        new DispatchConfig(false, Duration.ofMillis(500), 0, 0),
                        new GraphConfig(false, 4, 3, 6, 5, false, 7),
                        new DomainEventConfig(Duration.ofHours(3), 101, Duration.ofMillis(102)),
                        new StalenessConfig(
                                false,
                                true,
                                Duration.ofSeconds(31),
                                9,
                                Duration.ofMinutes(11),
                                Duration.ofMinutes(12),
                                Duration.ofMinutes(13),
                                Duration.ofHours(14),
                                Duration.ZERO,
                                false,
                                false,
                                false,
                                "stale_ones",
                                true),
                        new RetentionConfig(
                                RetentionConfig.Period.WEEK,
                                4,
                                Duration.ofDays(90),
                                RetentionConfig.Archive.SCHEMA,
                                Duration.ofMinutes(1)),
                        new AuditConfig(false, Duration.ofSeconds(8), 0.5),
                        new RollupConfig(
                                Duration.ofMillis(11), Duration.ofHours(3), Duration.ofDays(4), Duration.ofDays(5)),
                        false,
                        true));
    }

    @Test
    void jitterCanBeSwitchedOff() throws IOException {
        assertThat(load("common.backoff.jitter_enabled = false")
                        .engine()
                        .backoff()
                        .jitter())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        common.database.pool.min_connections = 26 | common.database.pool.min_connections: 26
        common.database.pool.acquire_timeout_seconds = 301 | common.database.pool.acquire_timeout_seconds: 301
        common.database.pool.idle_timeout_seconds = 0 | common.database.pool.idle_timeout_seconds: 0
        common.database.pool.max_lifetime_seconds = "1" | common.database.pool.max_lifetime_seconds: "1"
        common.database.url = 5 | common.database.url: ***
        common.database.url = "mysql://a:secret@b/c" | common.database.url: ***
        common.database.listen_url = "postgresql://a/b" | common.database.listen_url: ***
        common.database.data_directory = 1 | common.database.data_directory: 1
        common.backoff.default_backoff_seconds = [] | common.backoff.default_backoff_seconds: []
        common.backoff.default_backoff_seconds = [1, "2"] | common.backoff.default_backoff_seconds: [1, 2]
        common.backoff.max_backoff_seconds = 0 | common.backoff.max_backoff_seconds: 0
        common.backoff.backoff_multiplier = 11.0 | common.backoff.backoff_multiplier: 11.0
        common.backoff.jitter_enabled = "yes" | common.backoff.jitter_enabled: "yes"
        common.backoff.jitter_max_percentage = 2 | common.backoff.jitter_max_percentage: 2
        orchestration.leases.duration_seconds = 1 | orchestration.leases.duration_seconds: 1
        orchestration.leases.heartbeat_seconds = 0 | orchestration.leases.heartbeat_seconds: 0
        orchestration.leases.stop_grace_seconds = 3601 | orchestration.leases.stop_grace_seconds: 3601
        orchestration.leases.grace_seconds = 61 | orchestration.leases.grace_seconds: 61
        orchestration.lanes.count = 9 | orchestration.lanes.count: 9
        orchestration.lanes.queue_bytes_max = 1 | orchestration.lanes.queue_bytes_max: 1
        orchestration.decision_points.enabled = 1 | orchestration.decision_points.enabled: 1
        orchestration.decision_points.max_steps_per_decision = 1001 | orchestration.decision_points.max_steps_per_decision: 1001
        orchestration.decision_points.max_decision_depth = 0 | orchestration.decision_points.max_decision_depth: 0
        orchestration.dlq.staleness_detection.detection_interval_seconds = 29 | orchestration.dlq.staleness_detection.detection_interval_seconds: 29
        orchestration.dlq.staleness_detection.batch_size = 0 | orchestration.dlq.staleness_detection.batch_size: 0
        orchestration.dlq.staleness_detection.thresholds.task_max_lifetime_hours = 169 | orchestration.dlq.staleness_detection.thresholds.task_max_lifetime_hours: 169
        orchestration.dlq.staleness_detection.actions.event_channel = 5 | orchestration.dlq.staleness_detection.actions.event_channel: 5
        orchestration.batch_processing.max_parallel_batches = 0 | orchestration.batch_processing.max_parallel_batches: 0
        orchestration.dispatch.pulse_ms = 60001 | orchestration.dispatch.pulse_ms: 60001
        orchestration.dispatch.sticky_max = -1 | orchestration.dispatch.sticky_max: -1
        orchestration.domain_events.retention_hours = 0 | orchestration.domain_events.retention_hours: 0
        orchestration.retention.period = "year" | orchestration.retention.period: "year"
        orchestration.retention.archive = "s3" | orchestration.retention.archive: "s3"
        orchestration.retention.keep_days = 30 | orchestration.retention.keep: PT720H
        orchestration.retention.periods_ahead = 0 | orchestration.retention.periods_ahead: 0
        orchestration.web.request_timeout_ms = 99 | orchestration.web.request_timeout_ms: 99
        orchestration.web.bind_address = "::1:80" | orchestration.web.bind_address: "::1:80"
        orchestration.web.bind_address = "localhost:x" | orchestration.web.bind_address: "localhost:x"
        orchestration.web.bind_address = "localhost:70000" | orchestration.web.bind_address: "localhost:70000"
        orchestration.grpc.bind_address = 9190 | orchestration.grpc.bind_address: 9190
        orchestration.grpc.tls_enabled = true | orchestration.grpc.tls_enabled: true
        orchestration.event_systems.orchestration.deployment_mode = "Disabled" | orchestration.event_systems.orchestration.deployment_mode: "Disabled"
        common.circuit_breakers.default_config.failure_threshold = 0 | common.circuit_breakers.default_config.failure_threshold: 0
        common.circuit_breakers.component_configs.web.timeout_seconds = 301 | common.circuit_breakers.component_configs.web.timeout_seconds: 301
        common.circuit_breakers.global_settings.min_state_transition_interval_seconds = 0 | common.circuit_breakers.global_settings.min_state_transition_interval_seconds: 0
        common.queues.pgmq.queue_depth_thresholds.critical_threshold = 0 | common.queues.pgmq.queue_depth_thresholds.critical_threshold: 0
        common.queues.orchestration_queues.step_results = "" | common.queues.orchestration_queues.step_results: ""
        orchestration.web.config_endpoint_enabled = 1 | orchestration.web.config_endpoint_enabled: 1
        orchestration.web.database_pools.web_api_pool_size = 0 | orchestration.web.database_pools.web_api_pool_size: 0
        orchestration.shutdown_timeout_ms = 1 | orchestration.shutdown_timeout_ms: 1
        """)
    void badValuesAreRefusedWithTheirKey(String line, String violation) {
        assertThatThrownBy(() -> load(line))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("Configuration refused: ")
                .hasMessageContaining(violation + " (expected: ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void baseBackoffBeyondTheMaximumIsRefused() {
        assertThatThrownBy(() ->
                        load("common.backoff.default_backoff_seconds = [9]\ncommon.backoff.max_backoff_seconds = 3"))
                .hasMessageContaining(
                        "common.backoff.default_backoff_seconds: [9] (expected: a first element of at most");
    }

    @Test
    void operationsDefaults() throws IOException {
        assertThat(load("").operations())
                .isEqualTo(new OperationsConfig(
                        DeploymentMode.HYBRID,
                        new ApiConfig(
                                false,
                                20,
                                30,
                                List.of(
                                        "orchestration_task_requests",
                                        "orchestration_task_finalizations",
                                        "orchestration_step_results")),
                        new BreakerConfig(5, Duration.ofSeconds(30), 2, Duration.ofSeconds(5)),
                        new BackpressureConfig(5_000, 10_000)));
        assertThat(load("").operations().backpressure().warning()).isEqualTo(1_000);
    }

    @Test
    void operationsTakeEveryKey() throws IOException {
        assertThat(load("""
            common.queues.orchestration_queues = {task_requests = "a", task_finalizations = "b", step_results = "c"}
            common.queues.pgmq.queue_depth_thresholds = {critical_threshold = 7, overflow_threshold = 8}
            common.circuit_breakers.component_configs.web = {failure_threshold = 4, success_threshold = 3, timeout_seconds = 2}
            common.circuit_breakers.global_settings.min_state_transition_interval_seconds = 1.5
            orchestration.event_systems.orchestration.deployment_mode = "EventDrivenOnly"
            orchestration.web.config_endpoint_enabled = true
            orchestration.web.database_pools = {web_api_pool_size = 5, web_api_max_connections = 6}
            """).operations())
                .isEqualTo(new OperationsConfig(
                        DeploymentMode.EVENT_DRIVEN_ONLY,
                        new ApiConfig(true, 5, 6, List.of("a", "b", "c")),
                        new BreakerConfig(4, Duration.ofSeconds(2), 3, Duration.ofMillis(1_500)),
                        new BackpressureConfig(7, 8)));
    }

    @Test
    void breakerOfTheDatabaseInheritsWhatIsSetForAll() throws IOException {
        assertThat(load("""
            [common.circuit_breakers.default_config]
            failure_threshold = 9
            timeout_seconds = 8
            success_threshold = 7
            [common.circuit_breakers.component_configs.web]
            success_threshold = 1
            """).operations().breaker())
                .isEqualTo(new BreakerConfig(9, Duration.ofSeconds(8), 1, Duration.ofSeconds(5)));
    }

    private ServerConfig load(String toml) throws IOException {
        return ConfigLoader.load(Files.writeString(folder.resolve("tasker.toml"), toml), Map.of());
    }
}
