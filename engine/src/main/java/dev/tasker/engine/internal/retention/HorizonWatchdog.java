package dev.tasker.engine.internal.retention;

import dev.tasker.engine.internal.sql.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names what holds back the removal of dead rows for too long: every row that the engine changes stays behind until then, and rates fall. One
 * statement a pass; one log line per offender, not per pass. Passes are confined to one thread, figures may be read by any.
 */
public final class HorizonWatchdog {
    private static final Logger log = LoggerFactory.getLogger(HorizonWatchdog.class);
    private static final String PINNING = """
        SELECT kind, name, pid, "user", application, database, holds, since, query_start, query,
               extract(epoch FROM clock_timestamp() - since)
        FROM   tasker.pinning_horizon()
        """;

    private final Database database;
    private final Duration limit;
    private final LongSupplier ticker;
    private final Map<String, Sighting> sightings = new HashMap<>();
    private volatile Pinning pinning = new Pinning(0, 0);

    /** Reports what pins for {@code limit}; {@code ticker} counts nanoseconds. */
    public HorizonWatchdog(Database database, Duration limit, LongSupplier ticker) {
        this.database = database;
        this.limit = limit;
        this.ticker = ticker;
    }

    /** Offenders of the last pass, and for how long the oldest of them has pinned. */
    public record Pinning(int offenders, long oldestSeconds) {}

    private record Holder(
            String kind,
            String name,
            @Nullable Integer pid,
            @Nullable String user,
            @Nullable String application,
            @Nullable String database,
            String holds,
            @Nullable OffsetDateTime since,
            @Nullable OffsetDateTime queryStart,
            @Nullable String query,
            @Nullable Double seconds) {
        /** Another transaction of the same session is another offender; so is a slot that moved on. */
        private String key() {
            return kind + '\n' + name + '\n' + (since == null ? holds : since.toString());
        }
    }

    private static final class Sighting {
        private final long firstNanos;
        private boolean reported;

        private Sighting(long firstNanos) {
            this.firstNanos = firstNanos;
        }
    }

    public Pinning pinning() {
        return pinning;
    }

    /** Looks once. */
    public void runOnce() {
        long now = ticker.getAsLong();
        Map<String, Sighting> present = new HashMap<>();
        int offenders = 0;
        long oldest = 0;
        for (Holder holder : holders()) {
            Sighting sighting = Objects.requireNonNullElseGet(sightings.get(holder.key()), () -> new Sighting(now));
            present.put(holder.key(), sighting);
            long seconds = holder.seconds() == null
                    ? Duration.ofNanos(now - sighting.firstNanos).toSeconds()
                    : holder.seconds().longValue();
            if (seconds < limit.toSeconds()) {
                continue;
            }
            offenders++;
            oldest = Math.max(oldest, seconds);
            if (!sighting.reported) {
                sighting.reported = true;
                report(holder, seconds);
            }
        }
        sightings.clear();
        sightings.putAll(present);
        pinning = new Pinning(offenders, oldest);
    }

    private static void report(Holder holder, long seconds) {
        log.warn(
                "{} {} keeps dead rows from being removed for {} s (expected: shorter; rates fall): pid {}, user {},"
                        + " application {}, database {}, query started {}: {}",
                holder.kind(),
                holder.name(),
                seconds,
                holder.pid(),
                holder.user(),
                holder.application(),
                holder.database(),
                holder.queryStart(),
                holder.query());
    }

    private List<Holder> holders() {
        return database.call(connection -> {
            try (Statement statement = connection.createStatement()) {
                return holders(statement.executeQuery(PINNING));
            }
        });
    }

    private static List<Holder> holders(ResultSet rows) throws SQLException {
        List<Holder> holders = new ArrayList<>();
        while (rows.next()) {
            double age = rows.getDouble(11);
            Double seconds = rows.wasNull() ? null : age;
            holders.add(new Holder(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getObject(3, Integer.class),
                    rows.getString(4),
                    rows.getString(5),
                    rows.getString(6),
                    rows.getString(7),
                    rows.getObject(8, OffsetDateTime.class),
                    rows.getObject(9, OffsetDateTime.class),
                    rows.getString(10),
                    seconds));
        }
        return holders;
    }
}
