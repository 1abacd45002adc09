package dev.tasker.engine.internal.retention;

import dev.tasker.engine.RetentionConfig;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.task.TaskUuids;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates partitions before they are needed, and keeps new task uuids where there are some. One statement a pass. Thread-safe. */
public final class PeriodCreator {
    private static final Logger log = LoggerFactory.getLogger(PeriodCreator.class);
    private static final String CREATE =
            "SELECT created, tasker.engine_now(), covered_from, covered_until FROM tasker.create_periods(?, ?)";

    private final Database database;
    private final TaskUuids uuids;
    private final RetentionConfig config;

    public PeriodCreator(Database database, TaskUuids uuids, RetentionConfig config) {
        this.database = database;
        this.uuids = uuids;
        this.config = config;
    }

    private record Coverage(int created, Instant now, Instant from, Instant until) {}

    /**
     * Makes sure that there are partitions from the period before now on. A lock that somebody else holds is waited for a second at most:
     * five attempts, none of which lets others wait behind it.
     */
    public void runOnce() {
        Coverage coverage = database.call(connection -> {
            try (PreparedStatement call = connection.prepareStatement(CREATE)) {
                call.setString(1, config.period().text());
                call.setInt(2, config.periodsAhead());
                ResultSet row = call.executeQuery();
                if (!row.next()) {
                    throw new SQLException("create_periods: no row (expected: one)");
                }
                return new Coverage(
                        row.getInt(1),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getObject(3, OffsetDateTime.class).toInstant(),
                        row.getObject(4, OffsetDateTime.class).toInstant());
            }
        });
        uuids.keepWithin(coverage.now(), coverage.from(), coverage.until());
        if (coverage.created() > 0) {
            log.info("created partitions of {} periods; they reach until {}", coverage.created(), coverage.until());
        }
    }
}
