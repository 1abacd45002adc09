package dev.tasker.engine.internal.step;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.BackoffRequest.Kind;
import dev.tasker.template.Backoff;
import dev.tasker.template.BackoffStrategy;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Delays of retries, formula by formula (01 §4.4). */
class RetryDelayTest {
    private static final BackoffConfig PLAIN = new BackoffConfig(ofSeconds(1), 2, ofSeconds(10), 0);

    @Test
    void exampleOfTheConfiguredDelay() {
        RetryDelay delay = delay(new BackoffConfig(ofSeconds(1), 2, ofMinutes(5), 0));
        assertThat(IntStream.of(1, 2, 3, 4).map(attempts -> delay.afterFailure(null, null, attempts)))
                .containsExactly(2_000, 4_000, 8_000, 16_000);
    }

    @Test
    void exampleOfTheTemplatesDelay() {
        assertThat(IntStream.of(1, 2, 3, 4).map(attempts -> delay(PLAIN).afterFailure(null, Backoff.DEFAULT, attempts)))
                .containsExactly(1_000, 2_000, 4_000, 8_000);
    }

    @Test
    void configuredDelayGrowsFromAttemptToAttemptUpToItsMaximum() {
        assertThat(IntStream.of(1, 2, 3, 4, 60, 5_000)
                        .map(attempts -> delay(PLAIN).afterFailure(null, null, attempts)))
                .containsExactly(2_000, 4_000, 8_000, 10_000, 10_000, 10_000);
    }

    @Test
    void configuredDelayIsRoundedToTheNearestMillisecond() {
        RetryDelay delay = delay(new BackoffConfig(ofMillis(7), 1.1, ofMinutes(5), 0));
        assertThat(IntStream.of(1, 2, 3, 4).map(attempts -> delay.afterFailure(null, null, attempts)))
                .containsExactly(8, 8, 9, 10); // 7.7, 8.47, 9.317, 10.2487
    }

    @Test
    void noConfiguredBaseIsNoDelay() {
        RetryDelay delay = delay(new BackoffConfig(Duration.ZERO, 10, ofMinutes(5), 1));
        assertThat(IntStream.of(1, 3, 9_999).map(attempts -> delay.afterFailure(null, null, attempts)))
                .containsOnly(0);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        NONE        | 0,0,0,0,0,0
        LINEAR      | 250,500,750,1000,1250,1500
        EXPONENTIAL | 250,500,1000,2000,2600,2600
        FIBONACCI   | 250,250,500,750,1250,2000
        """)
    void templateStrategyCountsTheAttemptsMadeUpToItsMaximum(BackoffStrategy strategy, String delays) {
        Backoff backoff = new Backoff(strategy, ofMillis(250), ofMillis(2_600));
        assertThat(IntStream.rangeClosed(1, 6).map(attempts -> delay(PLAIN).afterFailure(null, backoff, attempts)))
                .containsExactly(IntStream.of(java.util.Arrays.stream(delays.split(","))
                                .mapToInt(Integer::parseInt)
                                .toArray())
                        .boxed()
                        .toArray(Integer[]::new));
    }

    @Test
    void templateMaximumDoesNotBoundWhatWasAskedForAndTheConfiguredOneDoesNotBoundTheTemplate() {
        Backoff linear = new Backoff(BackoffStrategy.LINEAR, ofSeconds(7), ofSeconds(20));
        assertThat(IntStream.of(1, 2, 3).map(attempts -> delay(PLAIN).afterFailure(null, linear, attempts)))
                .containsExactly(7_000, 14_000, 20_000);
        Backoff none = new Backoff(BackoffStrategy.NONE, ofMillis(0), ofMillis(0));
        assertThat(delay(PLAIN).afterFailure(asking(Kind.SERVER_REQUESTED, ofMillis(1_234)), none, 1))
                .isEqualTo(1_234);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "RATE_LIMIT")
    void whatWasAskedForIsTakenAsItIsUpToTheConfiguredMaximum(Kind kind) {
        RetryDelay delay = delay(new BackoffConfig(ofSeconds(1), 2, ofSeconds(10), 1));
        assertThat(delay.afterFailure(asking(kind, ofMillis(1_234)), Backoff.DEFAULT, 5))
                .isEqualTo(1_234);
        assertThat(delay.afterFailure(asking(kind, Duration.ZERO), Backoff.DEFAULT, 5))
                .isZero();
        assertThat(delay.afterFailure(asking(kind, ofSeconds(11)), Backoff.DEFAULT, 5))
                .isEqualTo(10_000);
        assertThat(delay.afterFailure(asking(kind, ofDays(400)), Backoff.DEFAULT, 5))
                .isEqualTo(10_000);
    }

    @Test
    void rateLimitGrowsLikeTheConfiguredDelayButIsNotShorterThanAskedFor() {
        assertThat(IntStream.of(1, 2, 3, 4)
                        .map(attempts -> delay(PLAIN)
                                .afterFailure(asking(Kind.RATE_LIMIT, ofMillis(5_500)), Backoff.DEFAULT, attempts)))
                .containsExactly(5_500, 5_500, 8_000, 10_000);
        assertThat(delay(PLAIN).afterFailure(asking(Kind.RATE_LIMIT, ofSeconds(60)), null, 1))
                .as("capped like everything that was asked for")
                .isEqualTo(10_000);
    }

    @Test
    void jitterIsAFairCoinAndUniformWithinItsShare() {
        RetryDelay delay = delay(new BackoffConfig(ofSeconds(5), 2, ofMinutes(10), 0.1));
        int[] delays = IntStream.range(0, 20_000)
                .map(_ -> delay.afterFailure(null, null, 1))
                .toArray();
        assertThat(IntStream.of(delays).min().orElseThrow()).isBetween(9_000, 9_020);
        assertThat(IntStream.of(delays).max().orElseThrow()).isBetween(10_980, 11_000);
        for (int edge = 9_000; edge < 11_000; edge += 500) {
            int from = edge;
            long share = IntStream.of(delays)
                    .filter(d -> d >= from && d < from + 500)
                    .count();
            assertThat(share).as("from " + from).isBetween(4_600L, 5_400L);
        }
    }

    @Test
    void jitterIsClampedToTheMaximumAfterwards() {
        RetryDelay delay = delay(new BackoffConfig(ofSeconds(5), 2, ofSeconds(11), 0.2));
        int[] delays = IntStream.range(0, 2_000)
                .map(_ -> delay.afterFailure(null, null, 1))
                .toArray();
        assertThat(IntStream.of(delays).min().orElseThrow()).isBetween(8_000, 8_400);
        assertThat(IntStream.of(delays).max().orElseThrow()).isEqualTo(11_000);
        assertThat(IntStream.range(0, 200).map(_ -> delay.afterFailure(null, Backoff.DEFAULT, 30)))
                .as("the template's own maximum")
                .allMatch(d -> d <= 30_000)
                .anyMatch(d -> d < 30_000);
    }

    @Test
    void shareOfTheJitterIsRoundedDownAndNoneIsNone() {
        int[] largest = new int[1];
        RandomGenerator upwards = new RandomGenerator() {
            @Override
            public long nextLong() {
                return -1;
            }

            @Override
            public long nextLong(long bound) {
                largest[0] = (int) bound - 1;
                return bound - 1;
            }
        };
        RetryDelay delay = new RetryDelay(new BackoffConfig(ofMillis(50), 2, ofMinutes(10), 0.29), () -> upwards);
        assertThat(delay.afterFailure(null, null, 1)).isEqualTo(129); // of 100
        assertThat(delay.afterFailure(null, new Backoff(BackoffStrategy.LINEAR, ofMillis(3), ofSeconds(1)), 1))
                .as("0.87 ms is no jitter")
                .isEqualTo(3);
        assertThat(largest[0]).isEqualTo(29);
    }

    @Test
    void whatWasAskedForIsNotJittered() {
        RetryDelay delay = delay(new BackoffConfig(ofSeconds(1), 2, ofSeconds(100), 1));
        assertThat(IntStream.range(0, 50)
                        .map(_ -> delay.afterFailure(asking(Kind.SERVER_REQUESTED, ofSeconds(10)), null, 1)))
                .containsOnly(10_000);
    }

    private static BackoffRequest asking(Kind kind, Duration delay) {
        return new BackoffRequest(kind, delay);
    }

    private static RetryDelay delay(BackoffConfig config) {
        Random random = new Random(42);
        return new RetryDelay(config, () -> random);
    }
}
