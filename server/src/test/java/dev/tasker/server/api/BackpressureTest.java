package dev.tasker.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.LaneConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When new tasks are refused, and when the database is spared. */
class BackpressureTest {
    private long now;
    private int depth;
    private long bytes;
    private final DatabaseBreaker breaker = new DatabaseBreaker(() -> now);

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        999   | 0        | -                                                            | -
        4999  | 0        | -                                                            | -
        5000  | 0        | Queue 'lane-0' at critical depth (5000 messages)             | 30
        9999  | 0        | Queue 'lane-0' at critical depth (9999 messages)             | 30
        10000 | 0        | Queue 'lane-0' at overflow depth (10000 messages)            | 60
        16000 | 0        | Command channel critically saturated (80.0%)                 | 15
        0     | 62914560 | Command channel critically saturated (93.8%)                 | 15
        """)
    void fullLanesRefuse(int commands, long payload, @Nullable String reason, @Nullable Integer retryAfter) {
        depth = commands;
        bytes = payload;

        RefusedOperationException refused = check();

        assertThat(refused == null ? null : refused.reason()).isEqualTo(reason);
        assertThat(refused == null ? null : refused.retryAfterSeconds()).isEqualTo(retryAfter);
        assertThat(refused == null || refused.fault() == Fault.BACKPRESSURE).isTrue();
    }

    @Test
    void figuresAreLookedAtAnewAfterASecond() {
        Backpressure backpressure = backpressure();
        depth = 5_000;

        assertThat(refusal(backpressure)).isNull();
        now += Duration.ofSeconds(1).toNanos();
        assertThat(refusal(backpressure)).isNotNull();
        assertThat(backpressure.deepest().depth()).isEqualTo(5_000);
    }

    @Test
    void openBreakerRefusesFirst() {
        fail(5);
        depth = 10_000;

        RefusedOperationException refused = Objects.requireNonNull(check());

        assertThat(refused.reason()).isEqualTo("Circuit breaker open");
        assertThat(refused.retryAfterSeconds()).isEqualTo(30);
    }

    @Test
    void breakerOpensAfterFiveFailuresInARowOfTheServerOnly() {
        fail(4);
        call(new EngineException(ErrorCode.INVALID_REQUEST, "the caller's"));
        fail(4);
        call(new RefusedOperationException(Fault.TASK_UNKNOWN, "the caller's"));
        fail(4);
        assertThat(breaker.state()).isEqualTo(DatabaseBreaker.State.CLOSED);

        fail(1);

        assertThat(breaker.state()).isEqualTo(DatabaseBreaker.State.OPEN);
        RefusedOperationException refused = catchThrowableOfType(
                RefusedOperationException.class, () -> breaker.run(Fault.REPORTS_SUSPENDED, () -> "not run"));
        assertThat(refused.fault()).isEqualTo(Fault.REPORTS_SUSPENDED);
    }

    @Test
    void breakerClosesAfterTwoSuccessesOfItsTrials() throws Exception {
        fail(5);
        now += Duration.ofSeconds(30).toNanos();
        assertThat(breaker.state()).isEqualTo(DatabaseBreaker.State.HALF_OPEN);

        fail(1);
        assertThat(breaker.state()).as("a failed trial").isEqualTo(DatabaseBreaker.State.OPEN);
        now += Duration.ofSeconds(30).toNanos();
        assertThat(breaker.run(Fault.DATABASE_SUSPENDED, () -> "one")).isEqualTo("one");
        assertThat(breaker.state()).isEqualTo(DatabaseBreaker.State.HALF_OPEN);
        assertThat(breaker.run(Fault.DATABASE_SUSPENDED, () -> "two")).isEqualTo("two");

        assertThat(breaker.state()).isEqualTo(DatabaseBreaker.State.CLOSED);
        assertThat(DatabaseBreaker.State.HALF_OPEN.text()).isEqualTo("HalfOpen");
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            call(new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "gone"));
        }
    }

    private void call(RuntimeException outcome) {
        RuntimeException thrown = catchThrowableOfType(
                RuntimeException.class,
                () -> breaker.observe(() -> {
                    throw outcome;
                }));
        assertThat(thrown).isSameAs(outcome);
    }

    private @Nullable RefusedOperationException check() {
        return refusal(backpressure());
    }

    private static @Nullable RefusedOperationException refusal(Backpressure backpressure) {
        return catchThrowableOfType(RefusedOperationException.class, backpressure::check);
    }

    private Backpressure backpressure() {
        return new Backpressure(
                breaker,
                () -> List.of(lane("lane-1", 3, 0), lane("lane-0", depth, bytes)),
                LaneConfig.DEFAULT,
                () -> now);
    }

    private static EngineMetrics.Lane lane(String name, int depth, long bytes) {
        return new EngineMetrics.Lane(name, depth, bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
