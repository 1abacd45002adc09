package dev.tasker.server.rest;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.EngineException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open dead letters for whoever scrapes: the only figure of a scrape that the database has to be asked for, so at most once in
 * {@link #FRESH}, and never for longer than {@link #WAIT_MAX}. Thread-safe.
 */
final class OpenInvestigations implements AutoCloseable {
    static final Duration FRESH = Duration.ofSeconds(10);
    static final Duration WAIT_MAX = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(OpenInvestigations.class);

    private final Callable<Map<DeadLetterReason, Long>> database;
    private final LongSupplier ticker;
    private final TimeLimit timeLimit = new TimeLimit(WAIT_MAX);
    private Map<DeadLetterReason, Long> last = Map.of();
    private long askedNanos;

    /** @param ticker nanoseconds */
    OpenInvestigations(Callable<Map<DeadLetterReason, Long>> database, LongSupplier ticker) {
        this.database = database;
        this.ticker = ticker;
        this.askedNanos = ticker.getAsLong() - FRESH.toNanos();
    }

    /** By reason; empty when the database did not tell. */
    synchronized Map<DeadLetterReason, Long> count() throws InterruptedException {
        long now = ticker.getAsLong();
        if (now - askedNanos >= FRESH.toNanos()) {
            askedNanos = now;
            last = asked();
        }
        return last;
    }

    private Map<DeadLetterReason, Long> asked() throws InterruptedException {
        try {
            return timeLimit.call(database);
        } catch (EngineException | RefusedException e) {
            log.debug("open dead letters are not known", e);
            return Map.of();
        }
    }

    @Override
    public void close() {
        timeLimit.close();
    }
}
