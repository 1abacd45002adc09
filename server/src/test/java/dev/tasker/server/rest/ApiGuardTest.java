package dev.tasker.server.rest;

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
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.Principal;
import io.helidon.webserver.http.ServerRequest;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What requests are answered while the database or the lanes are in trouble (03 §1.3). */
class ApiGuardTest {
    private static final Call CALL = new Call(
            (ServerRequest) Proxy.newProxyInstance(
                    ApiGuardTest.class.getClassLoader(), new Class<?>[] {ServerRequest.class}, (_, _, _) -> {
                        throw new UnsupportedOperationException();
                    }),
            Map.of(),
            Principal.ANYBODY);

    private int laneDepth;
    private final NodeHealth health = new NodeHealth(
            () -> {},
            () -> PoolFigures.NONE,
            () -> true,
            () -> List.of(new LaneFill("lane-0", laneDepth, 10_000)),
            new OperationsConfig(
                    DeploymentMode.HYBRID,
                    new ApiConfig(false, 1, 1, List.of("orchestration_task_requests", "f", "r")),
                    new BreakerConfig(3, Duration.ofSeconds(30), 1, Duration.ofMillis(100)),
                    new BackpressureConfig(5_000, 9_000)),
            System::nanoTime);
    private final ApiGuard guard = new ApiGuard(health);

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/tasks, BACKPRESSURE, 30",
        "GET, /v1/tasks, SERVICE_UNAVAILABLE,",
        "DELETE, /v1/tasks/{uuid}, SERVICE_UNAVAILABLE,",
        "GET, /v1/analytics/performance, CIRCUIT_BREAKER_OPEN,",
        "GET, /v1/analytics/bottlenecks, CIRCUIT_BREAKER_OPEN,"
    })
    void openBreakerAnswersForTheDatabase(String method, String path, String code, String retryAfter) throws Exception {
        open();

        Reply reply = refusal(method, path).problem().toReply();

        assertThat(reply.status()).isEqualTo(503);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).contains("\"code\":\"" + code + "\"");
        assertThat(reply.headers().get("Retry-After")).isEqualTo(retryAfter);
    }

    @Test
    void readsGoOnWhileTheBreakerIsOpen() throws Exception {
        open();

        assertThat(guard.handle(route("GET", "/v1/tasks/{uuid}", _ -> Reply.ok(new byte[0])), CALL)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void tooDeepLanesRefuseCreationsAndNothingElse() throws Exception {
        laneDepth = 5_120;
        health.evaluate();

        Reply reply = refusal("POST", "/v1/tasks").problem().toReply();

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.headers()).containsEntry("Retry-After", "30");
        assertThat(new String(reply.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":{\"code\":\"BACKPRESSURE\",\"message\":\"Service under backpressure: Queue"
                        + " 'orchestration_task_requests' at critical depth (5120"
                        + " messages)\",\"retry_after_seconds\":30}}");
        assertThat(guard.handle(route("GET", "/v1/tasks", _ -> Reply.ok(new byte[0])), CALL)
                        .status())
                .isEqualTo(200);
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

    @Test
    void requestsThatTakeTooLongOpenTheBreaker() {
        for (int i = 0; i < 3; i++) {
            fail(new RefusedException(Problem.TIMEOUT));
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
            fail(new RefusedException(Problem.NOT_FOUND));
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
        Route route = route("POST", "/v1/tasks", _ -> {
            throw failure;
        });
        assertThat(catchThrowableOfType(RuntimeException.class, () -> guard.handle(route, CALL)))
                .isSameAs(failure);
    }

    private RefusedException refusal(String method, String path) {
        Route route = route(method, path, _ -> {
            throw new AssertionError("the route was reached");
        });
        return catchThrowableOfType(RefusedException.class, () -> guard.handle(route, CALL));
    }

    private static Route route(String method, String path, Route.Handler handler) {
        return Route.of(method, path, Permission.TASKS_READ, handler);
    }
}
