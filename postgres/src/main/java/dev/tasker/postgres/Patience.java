package dev.tasker.postgres;

import java.io.IOException;
import java.time.Duration;

/** Waiting for something outside the JVM that sends no signal: looks again every few milliseconds, up to a bound. */
final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(10);

    /** Something to wait for. */
    interface Condition {
        boolean holds() throws IOException;
    }

    private Patience() {}

    /** Whether the condition came to hold within {@code max}. */
    static boolean await(Duration max, Condition condition) throws IOException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > max.toNanos()) {
                return false;
            }
            pause();
        }
        return true;
    }

    static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while waiting for PostgreSQL", e);
        }
    }
}
