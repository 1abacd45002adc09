package dev.tasker.engine.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Signal signal = new Signal();

    @Test
    void signalGivenBeforeIsNotLostAndSeveralAreOne() throws Exception {
        signal.give();
        signal.give();
        assertThat(signal.await(LONG)).isTrue();
        assertThat(signal.await(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void waitingThreadIsWoken() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Boolean> waiting = new FutureTask<>(() -> {
            begun.countDown();
            return signal.await(LONG);
        });
        Thread.ofVirtual().start(waiting);
        begun.await();
        signal.give();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void waitWithoutASignalEndsByItself() throws Exception {
        assertThat(signal.await(Duration.ofMillis(2))).isFalse();
        assertThat(signal.await(Duration.ZERO)).isFalse();
    }

    @Test
    void timedSignalComesInItsTimeAndTheEarliestCounts() throws Exception {
        signal.giveWithin(LONG);
        signal.giveWithin(Duration.ofMillis(3));
        signal.giveWithin(LONG);
        assertThat(signal.await(LONG)).isTrue();
        assertThat(signal.await(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void timedSignalShortensAWaitUnderWay() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Boolean> waiting = new FutureTask<>(() -> {
            begun.countDown();
            return signal.await(LONG);
        });
        Thread.ofVirtual().start(waiting);
        begun.await();
        signal.giveWithin(Duration.ofMillis(1));
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void timedSignalSurvivesAnEarlierPass() throws Exception {
        signal.giveWithin(Duration.ofMillis(50));
        signal.give();
        assertThat(signal.await(LONG)).isTrue();
        assertThat(signal.await(LONG)).as("the timed one is still to come").isTrue();
    }
}
