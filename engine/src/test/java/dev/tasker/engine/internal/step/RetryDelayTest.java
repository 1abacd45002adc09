package dev.tasker.engine.internal.step;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.StepResult;
import dev.tasker.template.Backoff;
import dev.tasker.template.BackoffStrategy;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryDelayTest {
    private static final StepResult FAILURE = failure(null);

    @Test
    void configuredDelayGrowsFromAttemptToAttemptUpToItsMaximum() {
        RetryDelay delay = new RetryDelay(new BackoffConfig(ofSeconds(1), 2, ofSeconds(10), 0));
        assertThat(IntStream.of(1, 2, 3, 4, 60, 5_000).map(attempts -> delay.afterFailure(FAILURE, null, attempts)))
                .containsExactly(2_000, 4_000, 8_000, 10_000, 10_000, 10_000);
    }

    @Test
    void templateDelayReplacesTheConfiguredOne() {
        RetryDelay delay = new RetryDelay(new BackoffConfig(ofSeconds(1), 2, ofSeconds(10), 0));
        Backoff linear = new Backoff(BackoffStrategy.LINEAR, ofSeconds(7), ofSeconds(20));
        assertThat(IntStream.of(1, 2, 3).map(attempts -> delay.afterFailure(FAILURE, linear, attempts)))
                .containsExactly(7_000, 14_000, 20_000);
    }

    @Test
    void delayTheServiceAskedForIsTakenAsItIsUpToTheConfiguredMaximum() {
        RetryDelay delay = new RetryDelay(new BackoffConfig(ofSeconds(1), 2, ofSeconds(10), 1));
        Backoff none = new Backoff(BackoffStrategy.NONE, ofMillis(0), ofMillis(0));
        assertThat(delay.afterFailure(failure(ofMillis(1_234)), none, 1)).isEqualTo(1_234);
        assertThat(delay.afterFailure(failure(ofSeconds(11)), none, 1)).isEqualTo(10_000);
        assertThat(delay.afterFailure(failure(ofSeconds(-5)), none, 1)).isZero();
    }

    @Test
    void jitterReachesBothWaysAndStaysBelowTheMaximum() {
        RetryDelay delay = new RetryDelay(new BackoffConfig(ofSeconds(5), 2, ofSeconds(11), 0.2));
        int[] delays = IntStream.range(0, 2_000)
                .map(_ -> delay.afterFailure(FAILURE, null, 1))
                .toArray();
        assertThat(IntStream.of(delays).min().orElseThrow()).isBetween(8_000, 8_400);
        assertThat(IntStream.of(delays).max().orElseThrow()).isEqualTo(11_000);
    }

    @Test
    void noDelayHasNoJitter() {
        RetryDelay delay = new RetryDelay(new BackoffConfig(ofSeconds(5), 2, ofSeconds(11), 1));
        Backoff none = new Backoff(BackoffStrategy.NONE, ofMillis(100), ofMillis(100));
        assertThat(IntStream.range(0, 50).map(_ -> delay.afterFailure(FAILURE, none, 1)))
                .containsOnly(0);
    }

    private static StepResult failure(@Nullable Duration retryAfter) {
        return new StepResult(false, true, 0, retryAfter, "{}");
    }
}
