package dev.tasker.server.api;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Spares a database that does not answer the calls of those who would only wait for it (03 §1.3, breaker {@code api_database}). Counts only
 * failures of the server's own side. Thread-safe.
 */
public final class DatabaseBreaker {
    private static final int FAILURES = 5;
    private static final int SUCCESSES = 2;
    private static final Duration OPEN_FOR = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private int failures;
    private int successes;
    private boolean opened;
    private long openedAt;

    /** Whether calls are let through. */
    public enum State {
        CLOSED("Closed"),
        OPEN("Open"),
        HALF_OPEN("HalfOpen");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** The spelling in health answers. */
        public String text() {
            return text;
        }
    }

    /** Something that asks the database. */
    @FunctionalInterface
    public interface Call<T> {
        T run() throws InterruptedException;
    }

    /** @param nanos a clock for durations */
    public DatabaseBreaker(LongSupplier nanos) {
        this.nanos = nanos;
    }

    public synchronized State state() {
        if (!opened) {
            return State.CLOSED;
        }
        return nanos.getAsLong() - openedAt < OPEN_FOR.toNanos() ? State.OPEN : State.HALF_OPEN;
    }

    /** Runs a call, unless the breaker is open: then it is refused as {@code whenOpen}. */
    <T> T run(Fault whenOpen, Call<T> call) throws InterruptedException {
        if (state() == State.OPEN) {
            throw new RefusedOperationException(whenOpen, "Service temporarily unavailable");
        }
        return observe(call);
    }

    /** Runs a call and takes note of how it ends. */
    <T> T observe(Call<T> call) throws InterruptedException {
        try {
            T result = call.run();
            succeeded();
            return result;
        } catch (EngineException e) {
            if (e.code() == ErrorCode.DATABASE_UNAVAILABLE || e.code() == ErrorCode.INTERNAL) {
                failed();
            } else {
                succeeded();
            }
            throw e;
        } catch (RefusedOperationException e) {
            succeeded();
            throw e;
        }
    }

    private synchronized void succeeded() {
        failures = 0;
        if (opened && state() == State.HALF_OPEN && ++successes >= SUCCESSES) {
            opened = false;
        }
    }

    private synchronized void failed() {
        failures++;
        successes = 0;
        if (opened ? state() == State.HALF_OPEN : failures >= FAILURES) {
            opened = true;
            openedAt = nanos.getAsLong();
        }
    }
}
