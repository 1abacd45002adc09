package dev.tasker.engine.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueuePausesTest {
    private long now = -5; // ticks may begin anywhere
    private final QueuePauses pauses = new QueuePauses(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void queueIsLeftOutWhileItsPauseLasts() {
        assertThat(pauses.untilNextEnd()).isNull();
        pauses.begin(7, Duration.ofHours(1));
        pauses.begin(8, Duration.ofHours(2));

        assertThat(pauses.covers(7)).isTrue();
        assertThat(pauses.covers(9)).isFalse();
        assertThat(pauses.without(List.of(7, 8, 9))).containsExactly(9);
        assertThat(pauses.untilNextEnd()).isEqualTo(Duration.ofHours(1));
    }

    /** Or a session that wants no work would keep its node looking for some. */
    @Test
    void pauseThatHasEndedAsksForNothing() {
        pauses.begin(7, Duration.ZERO);

        assertThat(pauses.covers(7)).isFalse();
        assertThat(pauses.untilNextEnd()).isNull();
        assertThat(pauses.without(List.of(7))).containsExactly(7);
    }

    @Test
    void eachPauseIsTwiceAsLongAsTheOneBeforeUpToAMinute() {
        for (int seconds : new int[] {10, 20, 40, 60, 60}) {
            pauses.begin(7, Duration.ofSeconds(10));

            assertThat(pauses.untilNextEnd()).isEqualTo(Duration.ofSeconds(seconds));
            pass(Duration.ofSeconds(seconds));
            assertThat(pauses.covers(7)).isFalse();
            assertThat(pauses.without(List.of(7))).containsExactly(7);
        }
        pauses.begin(8, Duration.ofSeconds(10));
        assertThat(pauses.untilNextEnd()).as("of another queue").isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void stepsGivenBackTogetherMakeOnePause() {
        for (int i = 0; i < 5; i++) {
            pauses.begin(7, Duration.ofSeconds(10));
        }
        pass(Duration.ofSeconds(10));

        assertThat(pauses.covers(7)).isFalse();
    }

    @Test
    void sessionThatWasLeftAloneForLongBeginsAnew() {
        pauses.begin(7, Duration.ofSeconds(10));
        pass(Duration.ofSeconds(10));
        pauses.begin(7, Duration.ofSeconds(10));
        pass(Duration.ofSeconds(40));

        pauses.begin(7, Duration.ofSeconds(10));

        assertThat(pauses.untilNextEnd()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void firstPauseOfMoreThanAMinuteStaysAsItIs() {
        pauses.begin(7, Duration.ofMinutes(2));
        pass(Duration.ofMinutes(2));
        pauses.begin(7, Duration.ofMinutes(2));

        assertThat(pauses.untilNextEnd()).isEqualTo(Duration.ofMinutes(2));
    }
}
