package dev.tasker.engine.internal.migration;

import dev.tasker.engine.LockHolder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, from a connection of its own, who a migration waits for: once its lock has timed out, nobody can tell any more. Ends with {@link
 * #close()}.
 */
public final class LockWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LockWatch.class);
    private static final Duration APART = Duration.ofMillis(100);

    private static final String HOLDERS = """
        SELECT holder.pid, coalesce(holder.application_name, ''), holder.usename, holder.state,
               extract(epoch FROM clock_timestamp() - holder.xact_start)::bigint,
               nullif(left(regexp_replace(holder.query, '\\s+', ' ', 'g'), 120), '<insufficient privilege>')
        FROM   pg_stat_activity AS holder
        WHERE  holder.pid = ANY (pg_blocking_pids(?))
        ORDER  BY holder.pid
        """;

    private final DataSource dataSource;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile int waiter;
    private volatile List<LockHolder> seen = List.of();

    /** Begins to look. */
    public LockWatch(DataSource dataSource) {
        this.dataSource = dataSource;
        this.thread = Thread.ofVirtual().name("tasker-lock-watch").start(this::look);
    }

    /** The server process that may have to wait. */
    public void watch(int processId) {
        waiter = processId;
    }

    /** Who was last seen holding a lock the watched process waited for. */
    public List<LockHolder> holders() {
        return seen;
    }

    private void look() {
        try {
            if (ended.await(APART.toMillis(), TimeUnit.MILLISECONDS)) {
                return; // most migrations are over by now
            }
            try (Connection connection = dataSource.getConnection();
                    PreparedStatement query = connection.prepareStatement(HOLDERS)) {
                do {
                    query.setInt(1, waiter);
                    List<LockHolder> holders = read(query);
                    if (!holders.isEmpty()) {
                        seen = holders;
                    }
                } while (!ended.await(APART.toMillis(), TimeUnit.MILLISECONDS));
            }
        } catch (SQLException e) {
            log.debug("cannot see who holds locks: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<LockHolder> read(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            List<LockHolder> holders = new ArrayList<>();
            while (rows.next()) {
                long seconds = rows.getLong(5);
                Duration age = rows.wasNull() ? null : Duration.ofSeconds(seconds);
                holders.add(new LockHolder(
                        rows.getInt(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        age,
                        rows.getString(6)));
            }
            return holders;
        }
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
