package dev.tasker.engine.internal;

import dev.tasker.engine.internal.sql.Database;
import java.sql.Statement;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Analyses the hot tables as a node pushes them past a thousand, ten thousand and a hundred thousand tasks: statistics of an empty table make
 * reads choose plans that fit nothing else, and the database's own analysis comes too late for a burst. Thread-safe.
 */
final class TableGrowth {
    private static final Logger log = LoggerFactory.getLogger(TableGrowth.class);
    private static final long FIRST = 1_000;
    private static final long LAST = 100_000;
    private static final String ANALYZE = "SELECT tasker.analyze_hot_tables()";

    private final Database database;
    private final Executor executor;
    private final AtomicLong finished = new AtomicLong();

    TableGrowth(Database database, Executor executor) {
        this.database = database;
        this.executor = executor;
    }

    void taskFinished() {
        long count = finished.incrementAndGet();
        if (count == FIRST || count == FIRST * 10 || count == LAST) {
            executor.execute(this::analyze);
        }
    }

    private void analyze() {
        try {
            database.call(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute(ANALYZE);
                }
            });
        } catch (RuntimeException e) {
            log.warn("the hot tables could not be analysed: {}", e.toString());
        }
    }
}
