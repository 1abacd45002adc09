package dev.tasker.engine.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackgroundLoopTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final LinkedBlockingQueue<Integer> passes = new LinkedBlockingQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    private Duration pass(Duration sleep) {
        passes.add(count.incrementAndGet());
        return sleep;
    }

    @Test
    void firstPassIsMadeAtOnceAndOneMorePerSignal() throws Exception {
        try (BackgroundLoop loop = BackgroundLoop.of("test", () -> pass(LONG))) {
            loop.start();
            assertThat(next()).isEqualTo(1);
            loop.signal();
            assertThat(next()).isEqualTo(2);
            assertThat(loop.isPassing()).isTrue();
        }
    }

    @Test
    void passIsRepeatedWhenItsTimeIsUp() throws Exception {
        try (BackgroundLoop loop = BackgroundLoop.of("test", () -> pass(Duration.ofMillis(1)))) {
            loop.start();
            assertThat(next()).isEqualTo(1);
            assertThat(next()).isEqualTo(2);
        }
    }

    @Test
    void signalWithinADelayMakesAPassThen() throws Exception {
        try (BackgroundLoop loop = BackgroundLoop.of("test", () -> pass(LONG))) {
            loop.start();
            assertThat(next()).isEqualTo(1);
            loop.signalWithin(Duration.ofMillis(5));
            assertThat(next()).isEqualTo(2);
        }
    }

    @Test
    void failedPassIsMadeAgain() throws Exception {
        try (BackgroundLoop loop = BackgroundLoop.of("test", () -> {
            pass(LONG);
            if (count.get() == 1) {
                throw new IllegalStateException("first");
            }
            return LONG;
        })) {
            loop.start();
            assertThat(next()).isEqualTo(1);
            assertThat(next()).isEqualTo(2);
        }
    }

    @Test
    void closedLoopPassesNoMore() throws Exception {
        BackgroundLoop loop = BackgroundLoop.of("test", () -> pass(LONG));
        loop.start();
        assertThat(next()).isEqualTo(1);
        loop.close();
        loop.signal();
        assertThat(passes.poll(20, TimeUnit.MILLISECONDS)).isNull();
        loop.close();
    }

    @Test
    void loopThatNeverStartedCloses() {
        BackgroundLoop.of("test", () -> pass(LONG)).close();
        assertThat(passes).isEmpty();
    }

    private Integer next() throws InterruptedException {
        Integer next = passes.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next == null ? -1 : next;
    }
}
