package dev.tasker.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.config.BreakerConfig;
import dev.tasker.server.health.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final AtomicLong nanos = new AtomicLong(-7);
    private final CircuitBreaker breaker =
            new CircuitBreaker(new BreakerConfig(3, Duration.ofSeconds(30), 2, Duration.ofSeconds(5)), nanos::get);

    @Test
    void failuresInARowOpenIt() {
        breaker.failed();
        breaker.failed();
        breaker.succeeded();
        breaker.failed();
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.failures()).isEqualTo(3);
        assertThat(breaker.admits()).isFalse();
    }

    @Test
    void afterItsTimeAFewCallsMayTryAndCloseIt() {
        open();
        pass(Duration.ofSeconds(30).minusNanos(1));
        assertThat(breaker.admits()).isFalse();
        pass(Duration.ofNanos(1));

        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.admits()).isFalse();
        pass(Duration.ofSeconds(5));
        breaker.succeeded();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        breaker.succeeded();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneFailureOfThoseOpensItAgain() {
        open();
        pass(Duration.ofSeconds(30));
        assertThat(breaker.admits()).isTrue();
        pass(Duration.ofSeconds(5));
        breaker.failed();

        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.admits()).isFalse();
    }

    @Test
    void callThatTellsNothingLeavesItsPlaceToAnother() {
        open();
        pass(Duration.ofSeconds(30));
        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.admits()).isTrue();
        breaker.ended();

        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void noStateIsLeftBeforeItsTime() {
        open();
        pass(Duration.ofSeconds(30));
        assertThat(breaker.admits()).isTrue();
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        pass(Duration.ofSeconds(5));
        breaker.failed();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    private void open() {
        for (int i = 0; i < 3; i++) {
            breaker.failed();
        }
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
