package dev.tasker.server.health;

import dev.tasker.server.config.BreakerConfig;
import java.util.function.LongSupplier;

/**
 * Keeps requests from a database that does not work (02 §8.1). So many failures in a row open it; after a while it lets a few calls try;
 * when they succeed it closes, when one fails it opens again. Whoever was admitted tells what came of it. Thread-safe.
 */
public final class CircuitBreaker {
    private final BreakerConfig config;
    private final LongSupplier ticker;

    private State state = State.CLOSED; // guarded by this, as are the rest
    private long sinceNanos;
    private int failures;
    private int successes;
    private int trying;

    /** What a breaker does with calls. */
    public enum State {
        /** Lets them through. */
        CLOSED("Closed", 0),
        /** Lets a few through, to see. */
        HALF_OPEN("HalfOpen", 1),
        /** Refuses them. */
        OPEN("Open", 2);

        private final String text;
        private final int code;

        State(String text, int code) {
            this.text = text;
            this.code = code;
        }

        /** The spelling in health answers. */
        public String text() {
            return text;
        }

        /** The number in metrics. */
        public int code() {
            return code;
        }
    }

    /** @param ticker nanoseconds */
    CircuitBreaker(BreakerConfig config, LongSupplier ticker) {
        this.config = config;
        this.ticker = ticker;
        this.sinceNanos = ticker.getAsLong() - config.dwellMin().toNanos();
    }

    /** Whether a call may be made; {@link #succeeded}, {@link #failed} or {@link #ended} follows. */
    public synchronized boolean admits() {
        if (state == State.OPEN
                && rested(Math.max(config.timeout().toNanos(), config.dwellMin().toNanos()))) {
            become(State.HALF_OPEN);
        }
        return switch (state) {
            case CLOSED -> true;
            case OPEN -> false;
            case HALF_OPEN -> {
                if (trying >= config.successThreshold()) {
                    yield false;
                }
                trying++;
                yield true;
            }
        };
    }

    /** The database answered. */
    public synchronized void succeeded() {
        failures = 0;
        if (state != State.HALF_OPEN) {
            return;
        }
        trying = Math.max(0, trying - 1);
        successes++;
        if (successes >= config.successThreshold() && rested(config.dwellMin().toNanos())) {
            become(State.CLOSED);
        }
    }

    /** The database failed, or did not answer in time. */
    public synchronized void failed() {
        failures++;
        boolean enough = state == State.HALF_OPEN || failures >= config.failureThreshold();
        if (state != State.OPEN && enough && rested(config.dwellMin().toNanos())) {
            become(State.OPEN);
        }
    }

    /** The call ended without telling anything of the database. */
    public synchronized void ended() {
        trying = Math.max(0, trying - 1);
    }

    public synchronized State state() {
        return state;
    }

    /** Failures since the last success. */
    public synchronized int failures() {
        return failures;
    }

    private boolean rested(long nanos) {
        return ticker.getAsLong() - sinceNanos >= nanos;
    }

    private void become(State next) {
        state = next;
        sinceNanos = ticker.getAsLong();
        successes = 0;
        trying = 0;
    }
}
