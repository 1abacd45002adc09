package dev.tasker.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.server.config.ApiConfig;
import dev.tasker.server.config.BackpressureConfig;
import dev.tasker.server.config.BreakerConfig;
import dev.tasker.server.config.DeploymentMode;
import dev.tasker.server.config.OperationsConfig;
import dev.tasker.server.health.CircuitBreaker.State;
import dev.tasker.server.health.LaneFill;
import dev.tasker.server.health.NodeHealth;
import dev.tasker.server.health.PoolFigures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers are told while the database or the lanes are in trouble (03 §1.3). */
class DatabaseGuardTest {
    private static final int LANE_ROOM = 10_000;

    private int laneDepth;
    private final NodeHealth health = new NodeHealth(
            () -> {},
            () -> PoolFigures.NONE,
            () -> true,
            () -> List.of(new LaneFill("lane-0", laneDepth, LANE_ROOM)),
            new OperationsConfig(
                    DeploymentMode.HYBRID,
                    new ApiConfig(false, 1, 1, List.of("orchestration_task_requests", "f", "r")),
                    new BreakerConfig(3, Duration.ofSeconds(30), 1, Duration.ofMillis(100)),
                    new BackpressureConfig(5_000, 7_000)),
            System::nanoTime);
    private final DatabaseGuard guard = new DatabaseGuard(health.backpressure(), health.breaker());

    @Test
    void openBreakerAnswersForTheDatabase() {
        open();

        RefusedOperationException creation = refusedCreation();
        assertThat(creation.fault()).isEqualTo(Fault.BACKPRESSURE);
        assertThat(creation.reason()).isEqualTo("Circuit breaker open");
        assertThat(creation.retryAfterSeconds()).isEqualTo(30);
        assertThat(catchThrowableOfType(
                                RefusedOperationException.class,
                                () -> guard.run("/v1/tasks", Fault.DATABASE_SUSPENDED, () -> "not run"))
                        .fault())
                .isEqualTo(Fault.DATABASE_SUSPENDED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        5120 | Queue 'orchestration_task_requests' at critical depth (5120 messages) | 30
        7000 | Queue 'orchestration_task_requests' at overflow depth (7000 messages) | 60
        9250 | Command channel critically saturated (92.5%)                          | 15
        """)
    void tooDeepLanesRefuseCreationsAndNothingElse(int depth, String reason, int retryAfter) throws Exception {
        laneDepth = depth;
        health.evaluate();

        RefusedOperationException refused = refusedCreation();

        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.retryAfterSeconds()).isEqualTo(retryAfter);
        assertThat(guard.run("/v1/tasks", Fault.DATABASE_SUSPENDED, () -> "run"))
                .isEqualTo("run");
    }

    @Test
    void callsThatGetNoAnswerInTimeOpenTheBreaker() {
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowableOfType(
                            InterruptedException.class,
                            () -> guard.create("/v1/tasks", () -> {
                                throw new InterruptedException();
                            })))
                    .isNotNull();
        }
        assertThat(health.breaker().state()).isEqualTo(State.OPEN);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"DATABASE_UNAVAILABLE", "INTERNAL"})
    void failuresOfTheServerOpenTheBreaker(ErrorCode code) {
        for (int i = 0; i < 3; i++) {
            fail(new EngineException(code, "gone"));
        }
        assertThat(health.breaker().state()).isEqualTo(State.OPEN);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"INVALID_REQUEST", "TEMPLATE_NOT_FOUND", "OVERLOADED", "CLOSED"})
    void whatCallersDoWrongAndFullLanesDoNotCountAsFailures(ErrorCode code) {
        for (int i = 0; i < 9; i++) {
            fail(new EngineException(code, "wrong"));
            fail(new RefusedOperationException(Fault.TASK_UNKNOWN, "Resource not found"));
        }
        assertThat(health.breaker().failures()).isZero();
        assertThat(health.instruments())
                .filteredOn(instrument -> instrument.name().equals("api.requests_rejected"))
                .singleElement()
                .satisfies(rejected -> assertThat(rejected.values())
                        .isEqualTo(
                                code == ErrorCode.OVERLOADED
                                        ? Map.of(List.of("/v1/tasks", "lane_full"), 9L)
                                        : Map.of()));
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            health.breaker().failed();
        }
    }

    private void fail(RuntimeException failure) {
        assertThat(catchThrowableOfType(
                        RuntimeException.class,
                        () -> guard.create("/v1/tasks", () -> {
                            throw failure;
                        })))
                .isSameAs(failure);
    }

    private RefusedOperationException refusedCreation() {
        return catchThrowableOfType(RefusedOperationException.class, () -> guard.create("/v1/tasks", () -> "not run"));
    }
}
