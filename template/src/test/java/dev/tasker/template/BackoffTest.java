package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({
        "NONE, 0, 0, 0, 0, 0",
        "LINEAR, 1000, 2000, 3000, 4000, 5000",
        "EXPONENTIAL, 1000, 2000, 4000, 8000, 16000",
        "FIBONACCI, 1000, 1000, 2000, 3000, 5000"
    })
    void delayGrowsByStrategy(BackoffStrategy strategy, long first, long second, long third, long fourth, long fifth) {
        Backoff backoff = new Backoff(strategy, Duration.ofSeconds(1), Duration.ofSeconds(30));

        assertThat(IntStream.rangeClosed(1, 5)
                        .mapToLong(n -> backoff.delayAfter(n).toMillis()))
                .containsExactly(first, second, third, fourth, fifth);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void delayNeverExceedsTheMaximum(BackoffStrategy strategy) {
        Backoff backoff = new Backoff(strategy, Duration.ofMillis(7), Duration.ofMillis(30_001));

        for (int attempts : new int[] {62, 63, 64, 65, 92, 93, 94, 100, 10_000, Integer.MAX_VALUE}) {
            assertThat(backoff.delayAfter(attempts)).isLessThanOrEqualTo(Duration.ofMillis(30_001));
        }
        assertThat(backoff.delayAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMillis(30_001));
    }

    @ParameterizedTest
    @EnumSource
    void hugeBaseIsCappedAndZeroBaseStaysZero(BackoffStrategy strategy) {
        Duration max = Duration.ofMillis(Long.MAX_VALUE);
        Duration capped = strategy == BackoffStrategy.NONE ? Duration.ZERO : max;

        assertThat(new Backoff(strategy, max, max).delayAfter(50)).isEqualTo(capped);
        assertThat(new Backoff(strategy, Duration.ZERO, max).delayAfter(5000)).isZero();
    }

    @Test
    void baseAboveTheMaximumIsCapped() {
        assertThat(new Backoff(BackoffStrategy.EXPONENTIAL, Duration.ofMillis(60), Duration.ofMillis(50)).delayAfter(1))
                .isEqualTo(Duration.ofMillis(50));
    }

    @Test
    void impossibleValuesAreRefused() {
        Duration second = Duration.ofSeconds(1);
        Duration negative = second.negated();

        assertThatThrownBy(() -> Backoff.DEFAULT.delayAfter(0)).hasMessage("attemptsMade: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new Backoff(BackoffStrategy.LINEAR, negative, second))
                .hasMessageContaining("backoff.base");
        assertThatThrownBy(() -> new Backoff(BackoffStrategy.LINEAR, second, negative))
                .hasMessageContaining("backoff.max");
        assertThatThrownBy(() -> new RetryPolicy(true, -1, null)).hasMessageContaining("retry.max_attempts: -1");
    }

    @Test
    void retryIsAllowedWhileAttemptsAreLeft() {
        RetryPolicy retry = new RetryPolicy(true, 3, null);

        assertThat(retry.allowsAttemptAfter(2)).isTrue();
        assertThat(retry.allowsAttemptAfter(3)).isFalse();
        assertThat(new RetryPolicy(false, 3, null).allowsAttemptAfter(1)).isFalse();
        assertThat(new RetryPolicy(true, 0, null).allowsAttemptAfter(1)).isFalse();
    }
}
