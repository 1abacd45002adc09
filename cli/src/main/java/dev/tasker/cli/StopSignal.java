package dev.tasker.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and SIGTERM as something to wait for, so that a command ends by leaving its try-with-resources. The second signal ends the
 * process at once, or makes it hurry when somebody has said how; then the third ends it. Closing gives the signals back.
 */
final class StopSignal implements AutoCloseable {
    private static final int INTERRUPTED = 130;

    private final CountDownLatch received = new CountDownLatch(1);
    private final AtomicInteger signals = new AtomicInteger();
    private volatile @Nullable Runnable hurry;
    private final SignalHandler formerInterrupt;
    private final SignalHandler formerTerminate;

    private StopSignal() {
        formerInterrupt = Signal.handle(new Signal("INT"), _ -> receive());
        formerTerminate = Signal.handle(new Signal("TERM"), _ -> receive());
    }

    static StopSignal install() {
        return new StopSignal();
    }

    /** Waits for a signal. */
    void await() throws InterruptedException {
        received.await();
    }

    /** Waits for a signal, but not for ever; returns whether there was one. */
    boolean await(Duration limit) throws InterruptedException {
        return received.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the second signal does, in place of ending the process. */
    void onSecond(Runnable action) {
        hurry = action;
    }

    private void receive() {
        int signal = signals.incrementAndGet();
        Runnable action = hurry;
        if (signal == 1) {
            received.countDown();
        } else if (signal == 2 && action != null) {
            action.run();
        } else {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
    }

    @Override
    public void close() {
        Signal.handle(new Signal("INT"), formerInterrupt);
        Signal.handle(new Signal("TERM"), formerTerminate);
    }
}
