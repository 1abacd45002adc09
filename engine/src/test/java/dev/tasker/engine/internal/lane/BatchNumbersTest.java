package dev.tasker.engine.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchNumbersTest {
    private final BatchNumbers numbers = new BatchNumbers();

    @Test
    void everythingIsSettledWhileNothingIsUnderWay() {
        assertThat(numbers.settled()).isZero();
        numbers.answered(numbers.begin());
        numbers.answered(numbers.begin());
        assertThat(numbers.settled()).isEqualTo(2);
    }

    @Test
    void oldestCallUnderWayHoldsTheLine() {
        long first = numbers.begin();
        long second = numbers.begin();
        long third = numbers.begin();
        assertThat(second).isEqualTo(first + 1);
        numbers.answered(third);
        numbers.answered(second);
        assertThat(numbers.settled()).isEqualTo(first - 1);
        numbers.answered(first);
        assertThat(numbers.settled()).isEqualTo(third);
    }
}
