package dev.tasker.engine.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueuePausesTest {
    private final QueuePauses pauses = new QueuePauses();

    @Test
    void queueIsLeftOutWhileItsPauseLasts() {
        assertThat(pauses.untilNextEnd()).isNull();
        pauses.begin(7, Duration.ofHours(1));
        pauses.begin(8, Duration.ofHours(2));

        assertThat(pauses.covers(7)).isTrue();
        assertThat(pauses.covers(9)).isFalse();
        assertThat(pauses.without(List.of(7, 8, 9))).containsExactly(9);
        assertThat(pauses.untilNextEnd()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
    }

    /** Or a session that wants no work would keep its node looking for some. */
    @Test
    void pauseThatHasEndedAsksForNothing() {
        pauses.begin(7, Duration.ZERO);

        assertThat(pauses.covers(7)).isFalse();
        assertThat(pauses.untilNextEnd()).isNull();
        assertThat(pauses.without(List.of(7))).containsExactly(7);
    }
}
