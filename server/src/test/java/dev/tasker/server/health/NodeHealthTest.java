package dev.tasker.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.config.ApiConfig;
import dev.tasker.server.config.BackpressureConfig;
import dev.tasker.server.config.BreakerConfig;
import dev.tasker.server.config.DeploymentMode;
import dev.tasker.server.config.OperationsConfig;
import dev.tasker.server.health.Backpressure.Rejection;
import dev.tasker.server.health.HealthCheck.Status;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes and back-pressure by hand-driven facts (03 §1.3, §1.11; 02 §8.4, §8.5). */
class NodeHealthTest {
    private static final OperationsConfig CONFIG = new OperationsConfig(
            DeploymentMode.HYBRID,
            new ApiConfig(false, 20, 30, List.of("requests", "finalizations", "results")),
            new BreakerConfig(2, Duration.ofSeconds(30), 1, Duration.ofMillis(100)),
            new BackpressureConfig(500, 750));

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicBoolean databaseUp = new AtomicBoolean(true);
    private final AtomicBoolean engineHealthy = new AtomicBoolean(true);
    private final AtomicReference<PoolFigures> pool = new AtomicReference<>(figures(1));
    private final AtomicReference<LaneFill> lane = new AtomicReference<>(new LaneFill("lane-0", 0, 1_000));
    private final NodeHealth health = new NodeHealth(
            () -> {
                asked.incrementAndGet();
                if (!databaseUp.get()) {
                    throw new SQLException("gone");
                }
            },
            pool::get,
            engineHealthy::get,
            () -> List.of(new LaneFill("lane-bulk", 1, 1_000), lane.get()),
            CONFIG,
            nanos::get);

    @ParameterizedTest
    @CsvSource({
        "99, HEALTHY, HEALTHY, ''",
        "100, DEGRADED, HEALTHY, ''",
        "499, DEGRADED, HEALTHY, ''",
        "500, UNHEALTHY, HEALTHY, Queue 'requests' at critical depth (500 messages)",
        "700, UNHEALTHY, DEGRADED, Queue 'requests' at critical depth (700 messages)",
        "750, UNHEALTHY, DEGRADED, Queue 'requests' at overflow depth (750 messages)",
        "800, UNHEALTHY, UNHEALTHY, Command channel critically saturated (80.0%)"
    })
    void lanesThatFillUpAreToldAndRefuseCreations(int depth, Status queue, Status channel, String refusal) {
        lane.set(new LaneFill("lane-0", depth, 1_000));
        health.evaluate();

        Map<String, Status> details = details();
        assertThat(details).containsEntry("queue_depth", queue).containsEntry("channel_saturation", channel);
        assertThat(health.backpressure()
                        .refuses("/v1/tasks")
                        .map(Rejection::text)
                        .orElse(""))
                .isEqualTo(refusal);
    }

    @Test
    void databaseThatIsSilentIsToldInTimeAndAskedOnlyOnce() {
        CountDownLatch silence = new CountDownLatch(1);
        AtomicInteger questions = new AtomicInteger();
        NodeHealth waiting = new NodeHealth(
                () -> {
                    questions.incrementAndGet();
                    silence.await();
                },
                Duration.ofMillis(20),
                pool::get,
                engineHealthy::get,
                () -> List.of(lane.get()),
                CONFIG,
                nanos::get);

        assertThat(waiting.readiness().getFirst())
                .extracting(HealthCheck::status, HealthCheck::message)
                .containsExactly(Status.UNHEALTHY, "no answer within 20 ms");
        assertThat(waiting.readiness().getFirst().status()).isEqualTo(Status.UNHEALTHY);
        assertThat(questions).hasValue(1);

        silence.countDown();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        Status status = Status.UNHEALTHY;
        while (status != Status.HEALTHY && System.nanoTime() < deadline) {
            status = waiting.readiness().getFirst().status(); // waits for the answer itself
        }
        assertThat(status).isEqualTo(Status.HEALTHY);
    }

    @Test
    void refusalsSayWhenToComeBackAndAreCounted() {
        lane.set(new LaneFill("lane-0", 500, 1_000));
        health.evaluate();
        assertThat(health.backpressure().refuses("/v1/tasks"))
                .hasValueSatisfying(
                        rejection -> assertThat(rejection.retryAfterSeconds()).isEqualTo(30));
        lane.set(new LaneFill("lane-0", 750, 1_000));
        health.evaluate();
        assertThat(health.backpressure().refuses("/v1/tasks"))
                .hasValueSatisfying(
                        rejection -> assertThat(rejection.retryAfterSeconds()).isEqualTo(60));
        lane.set(new LaneFill("lane-0", 990, 1_000));
        health.evaluate();
        assertThat(health.backpressure().refuses("/v1/tasks"))
                .hasValueSatisfying(
                        rejection -> assertThat(rejection.retryAfterSeconds()).isEqualTo(15));

        assertThat(values("api.requests_rejected"))
                .containsOnly(
                        Map.entry(List.of("/v1/tasks", "queue_critical"), 1L),
                        Map.entry(List.of("/v1/tasks", "queue_overflow"), 1L),
                        Map.entry(List.of("/v1/tasks", "channel_saturated"), 1L));
        assertThat(values("health.queue_depth.tier")).containsEntry(List.of(), 4L);
        assertThat(values("health.backpressure.active")).containsEntry(List.of(), 1L);
        assertThat(values("health.queue_depth.current")).containsEntry(List.of("lane-0"), 990L);
        assertThat(values("health.channel.saturation_percent")).containsEntry(List.of(), 99L);
    }

    @Test
    void whatIsNotKnownRefusesNobody() {
        assertThat(health.backpressure().refuses("/v1/tasks")).isEmpty();
        assertThat(details())
                .containsEntry("queue_depth", Status.UNKNOWN)
                .containsEntry("channel_saturation", Status.UNKNOWN);

        lane.set(new LaneFill("lane-0", 990, 1_000));
        health.evaluate();
        assertThat(health.backpressure().refuses("/v1/tasks")).isPresent();
        nanos.addAndGet(HealthEvaluator.STALE_AFTER.toNanos() + 1);
        assertThat(health.backpressure().refuses("/v1/tasks")).isEmpty();
        assertThat(values("health.queue_depth.tier")).containsEntry(List.of(), 0L);
    }

    @Test
    void openBreakerComesFirst() {
        lane.set(new LaneFill("lane-0", 990, 1_000));
        health.evaluate();
        health.breaker().failed();
        health.breaker().failed();

        assertThat(health.backpressure().refuses("/v1/tasks"))
                .contains(new Rejection("circuit_breaker", "Circuit breaker open", 30));
        assertThat(details()).containsEntry("circuit_breaker", Status.DEGRADED);
        assertThat(values("circuit_breaker_state")).containsEntry(List.of("api_database"), 2L);
        assertThat(values("api.circuit_breaker.state")).containsEntry(List.of("api_database"), 2L);
    }

    @Test
    void refusalForLoadTakesNoPlaceFromAHalfOpenBreaker() {
        health.breaker().failed();
        health.breaker().failed();
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        lane.set(new LaneFill("lane-0", 990, 1_000));
        health.evaluate();
        assertThat(health.backpressure().refuses("/v1/tasks"))
                .hasValueSatisfying(rejection -> assertThat(rejection.label()).isEqualTo("channel_saturated"));

        lane.set(new LaneFill("lane-0", 0, 1_000));
        health.evaluate();
        assertThat(health.backpressure().refuses("/v1/tasks")).isEmpty();
        assertThat(health.breaker().state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }

    @Test
    void databaseIsAskedOnlyWhileTheEngineDoesNotReachIt() {
        health.evaluate();
        assertThat(asked).hasValue(0);
        assertThat(values("health.database.connected")).containsEntry(List.of(), 1L);

        engineHealthy.set(false);
        databaseUp.set(false);
        health.evaluate();
        assertThat(asked).hasValue(1);
        assertThat(values("health.database.connected")).containsEntry(List.of(), 0L);
        assertThat(values("health.evaluation_errors")).containsEntry(List.of("database"), 1L);
        assertThat(values("health.evaluations")).containsEntry(List.of(), 2L);
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, HEALTHY, HEALTHY",
        "false, true, UNHEALTHY, DEGRADED",
        "true, false, HEALTHY, UNHEALTHY",
        "false, false, UNHEALTHY, UNHEALTHY"
    })
    void checksTellDatabaseAndEngineApart(boolean database, boolean engine, Status web, Status commands) {
        databaseUp.set(database);
        engineHealthy.set(engine);

        assertThat(details())
                .containsEntry("web_database", web)
                .containsEntry("orchestration_database", web)
                .containsEntry("command_processor", commands);
    }

    @ParameterizedTest
    @CsvSource({"80, HEALTHY", "81, DEGRADED", "95, DEGRADED", "96, UNHEALTHY"})
    void poolInUseIsTold(int active, Status status) {
        pool.set(figures(active));

        assertThat(details()).containsEntry("pool_utilization", status);
    }

    @Test
    void everyStateButNormalIsUnhealthy() {
        assertThat(details()).containsEntry("orchestration_system", Status.UNHEALTHY);
        health.become(OperationalState.NORMAL);
        assertThat(details()).containsEntry("orchestration_system", Status.HEALTHY);
        health.become(OperationalState.GRACEFUL_SHUTDOWN);
        assertThat(details()).containsEntry("orchestration_system", Status.UNHEALTHY);
    }

    private Map<String, Status> details() {
        return health.details().stream().collect(Collectors.toMap(HealthCheck::name, HealthCheck::status));
    }

    private Map<List<String>, Long> values(String name) {
        return health.instruments().stream()
                .filter(instrument -> instrument.name().equals(name))
                .map(Instrument::values)
                .findFirst()
                .orElseThrow();
    }

    private static PoolFigures figures(int active) {
        return new PoolFigures(active, 0, 100, 9, 1, 0, 0.5, 2);
    }
}
