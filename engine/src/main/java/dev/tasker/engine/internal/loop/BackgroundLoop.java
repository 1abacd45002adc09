package dev.tasker.engine.internal.loop;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that makes passes: one at once, then one per signal, or when the time is up that the last pass asked for. A pass that fails is
 * logged and made again after a pause; the loop goes on.
 */
public final class BackgroundLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BackgroundLoop.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(250);

    private final String name;
    private final Pass pass;
    private final Signal signal = new Signal();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean failing;

    /** One bounded pass; returns how long to sleep when nothing signals. */
    @FunctionalInterface
    public interface Pass {
        Duration run() throws Exception;
    }

    private BackgroundLoop(String name, Pass pass) {
        this.name = name;
        this.pass = pass;
        this.thread = Thread.ofPlatform().name("tasker-" + name).daemon().unstarted(this::run);
    }

    /** A loop that is started by {@link #start()}. */
    public static BackgroundLoop of(String name, Pass pass) {
        return new BackgroundLoop(name, pass);
    }

    public void start() {
        thread.start();
    }

    /** Asks for a pass now. */
    public void signal() {
        signal.give();
    }

    /** Asks for a pass after {@code delay}, should none come before. */
    public void signalWithin(Duration delay) {
        signal.giveWithin(delay);
    }

    /** Whether the last pass succeeded. */
    public boolean isPassing() {
        return !failing;
    }

    private void run() {
        while (!closed) {
            Duration sleep;
            try {
                sleep = pass.run();
                failing = false;
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                if (closed) {
                    return;
                }
                if (!failing) {
                    log.warn("{}: pass failed, trying again: {}", name, e.toString(), e);
                }
                failing = true;
                sleep = PAUSE_AFTER_FAILURE;
            }
            try {
                signal.await(sleep);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Makes no further pass, and keeps silent should the one under way fail: what it waits for is about to be taken away. */
    public void cease() {
        closed = true;
        signal.give();
    }

    @Override
    public void close() {
        cease();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
