package dev.tasker.engine.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DistributionTest {

    @Test
    void valuesFallIntoTheBucketsOfTheirMilliseconds() {
        Distribution distribution = Distribution.ofMillis();
        distribution.record(0);
        distribution.record(1);
        distribution.record(Duration.ofMillis(5).toNanos());
        distribution.record(Duration.ofMillis(5).toNanos() + 1);
        distribution.record(Duration.ofSeconds(11).toNanos());

        Histogram histogram = distribution.snapshot();

        assertThat(histogram.count()).isEqualTo(5);
        assertThat(histogram.total()).isEqualTo(11_010.000002);
        assertThat(histogram.atMost()).startsWith(1L, 3L, 4L).endsWith(4L, 4L);
        assertThat(histogram.atMost()).hasSameSizeAs(Histogram.BOUNDS);
        assertThat(histogram.boundUnit()).isEqualTo(1);
    }

    @Test
    void secondsAndNumbersHaveTheirUnits() {
        Distribution seconds = Distribution.ofSeconds();
        seconds.record(7_500);
        assertThat(seconds.snapshot().total()).isEqualTo(7.5);
        assertThat(seconds.snapshot().atMost()).startsWith(0L, 0L, 1L);

        Distribution brief = Distribution.ofShortSeconds();
        brief.record(Duration.ofMillis(20).toNanos());
        assertThat(brief.snapshot().total()).isEqualTo(0.02);
        assertThat(brief.snapshot().atMost()).startsWith(0L, 0L, 0L, 1L);
        assertThat(brief.snapshot().boundUnit()).isEqualTo(0.001);

        Distribution numbers = Distribution.ofNumbers();
        numbers.record(11);
        assertThat(numbers.snapshot().total()).isEqualTo(11);
        assertThat(numbers.snapshot().atMost()).startsWith(0L, 0L, 0L, 1L);
    }

    @Test
    void histogramsAddUp() {
        Histogram sum = Histogram.of(3).plus(Histogram.of(30));

        assertThat(sum.count()).isEqualTo(2);
        assertThat(sum.total()).isEqualTo(33);
        assertThat(sum.atMost()).startsWith(0L, 1L, 1L, 1L, 2L);
    }

    @Test
    void eachCombinationOfLabelsIsCountedByItself() {
        Counters counters = new Counters();
        counters.count("a", "b");
        counters.add(4, "a", "b");
        counters.count("a", "c");
        assertThat(counters.snapshot())
                .containsOnly(Map.entry(List.of("a", "b"), 5L), Map.entry(List.of("a", "c"), 1L));

        Distributions distributions = new Distributions(Distribution::ofNumbers);
        distributions.of("x").record(1);
        distributions.of("x").record(2);
        distributions.of("y").record(1);
        assertThat(distributions.snapshot().get(List.of("x")))
                .extracting(Histogram::count)
                .isEqualTo(2L);
        assertThat(distributions.snapshot()).hasSize(2);
    }
}
