package dev.tasker.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and SIGTERM as something to wait for, so that a command ends by leaving its try-with-resources. The second signal ends the
 * process at once. Closing gives the signals back.
 */
final class StopSignal implements AutoCloseable {
    private static final int INTERRUPTED = 130;

    private final CountDownLatch received = new CountDownLatch(1);
    private final AtomicBoolean first = new AtomicBoolean(true);
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

    private void receive() {
        if (!first.getAndSet(false)) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
        received.countDown();
    }

    @Override
    public void close() {
        Signal.handle(new Signal("INT"), formerInterrupt);
        Signal.handle(new Signal("TERM"), formerTerminate);
    }
}
