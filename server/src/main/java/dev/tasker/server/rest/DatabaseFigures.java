package dev.tasker.server.rest;

import dev.tasker.engine.EngineException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures of a scrape that the database has to be asked for: at most once in {@link #FRESH}, and never for longer than {@link #WAIT_MAX}.
 * Thread-safe.
 *
 * @param <K> what they are counted by
 */
final class DatabaseFigures<K> implements AutoCloseable {
    static final Duration FRESH = Duration.ofSeconds(10);
    static final Duration WAIT_MAX = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(DatabaseFigures.class);

    private final Callable<Map<K, Long>> database;
    private final LongSupplier ticker;
    private final TimeLimit timeLimit = new TimeLimit(WAIT_MAX);
    private Map<K, Long> last = Map.of();
    private long askedNanos;

    /** @param ticker nanoseconds */
    DatabaseFigures(Callable<Map<K, Long>> database, LongSupplier ticker) {
        this.database = database;
        this.ticker = ticker;
        this.askedNanos = ticker.getAsLong() - FRESH.toNanos();
    }

    /** Empty when the database did not tell. */
    synchronized Map<K, Long> count() throws InterruptedException {
        long now = ticker.getAsLong();
        if (now - askedNanos >= FRESH.toNanos()) {
            askedNanos = now;
            last = asked();
        }
        return last;
    }

    private Map<K, Long> asked() throws InterruptedException {
        try {
            return timeLimit.call(database);
        } catch (EngineException | RefusedException e) {
            log.debug("the database does not tell its figures", e);
            return Map.of();
        }
    }

    @Override
    public void close() {
        timeLimit.close();
    }
}
