package dev.tasker.engine.internal.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.internal.step.QueueHeads.Position;
import dev.tasker.engine.internal.step.QueueHeads.Waiting;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueHeadsTest {
    private final QueueHeads heads = new QueueHeads();

    @Test
    void nothingWaitsAtFirst() {
        assertThat(heads.mayWait()).isFalse();
        assertThat(heads.positions(List.of(1, 2))).isEmpty();
        assertThat(heads.waitsAtLeast(1, Integer.MIN_VALUE)).isFalse();
        assertThat(heads.takeUnclaimed()).isFalse();
    }

    @Test
    void positionsComeByPriorityAndOnlyOfTheQueuesAskedFor() {
        heads.enqueued(1, 0);
        heads.enqueued(2, 5);
        heads.enqueued(1, -3);
        heads.enqueued(3, 9);
        assertThat(heads.positions(List.of(1, 2)))
                .extracting(Position::priority)
                .containsExactly(5, 0, -3);
        assertThat(heads.waitsAtLeast(1, 0)).isTrue();
        assertThat(heads.waitsAtLeast(1, 1)).isFalse();
        assertThat(heads.waitsAtLeast(4, 0)).isFalse();
    }

    @Test
    void exhaustedHeadWaitsNoMore() {
        heads.enqueued(1, 0);
        heads.taken(only(), 10, true);
        assertThat(heads.positions(List.of(1))).isEmpty();
        assertThat(heads.takeUnclaimed()).isFalse();
        assertThat(heads.mayWait()).isFalse();
    }

    @Test
    void headThatMayHoldMoreStaysWaiting() {
        heads.enqueued(1, 0);
        heads.taken(only(), 10, false);
        assertThat(heads.positions(List.of(1))).hasSize(1);
    }

    @Test
    void stepEnqueuedDuringAClaimIsNotForgotten() {
        heads.enqueued(1, 0);
        Position before = only();
        heads.enqueued(1, 0);
        heads.taken(before, 10, true);
        assertThat(heads.positions(List.of(1))).hasSize(1);
    }

    @Test
    void cursorTrailsWhatWasTakenByTheMarginAndNeverFallsBack() {
        heads.enqueued(1, 0);
        heads.taken(only(), QueueHeads.MARGIN + 100, false);
        assertThat(only().cursor()).isEqualTo(100);
        heads.taken(only(), 50, false);
        assertThat(only().cursor()).isEqualTo(100);
    }

    @Test
    void rescanBringsBackWhatTheCursorMissed() {
        heads.enqueued(1, 0);
        heads.taken(only(), QueueHeads.MARGIN + 100, true);
        assertThat(heads.takeUnclaimed()).isFalse();
        heads.rescan(List.of(new Waiting(1, 0, 7)));
        assertThat(only().cursor()).isEqualTo(6);
        assertThat(heads.mayWait()).isTrue();
        assertThat(heads.takeUnclaimed())
                .as("found, not enqueued here: nobody has to be told")
                .isFalse();
    }

    @Test
    void otherNodesAreToldOnceOfWhatStillWaits() {
        heads.enqueued(1, 0);
        assertThat(heads.takeUnclaimed()).isTrue();
        assertThat(heads.takeUnclaimed()).isFalse();
        assertThat(heads.mayWait()).isTrue();
        heads.enqueued(1, 0);
        assertThat(heads.takeUnclaimed()).isTrue();
    }

    private Position only() {
        return heads.positions(List.of(1)).getFirst();
    }
}
