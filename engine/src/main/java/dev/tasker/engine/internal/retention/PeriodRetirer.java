package dev.tasker.engine.internal.retention;

import dev.tasker.engine.RetentionConfig;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets periods leave whose tasks are finished and old enough: identities removed, partitions detached concurrently, then dropped or
 * moved away. One node at a time, by an advisory lock of its connection. What a pass does not finish, or a killed node began, the next pass
 * of any node carries on: each statement leaves a state from which the same sequence goes on. Confined to one thread.
 *
 * <p>DETACH CONCURRENTLY waits for everybody who used the partitioned table, holding up nobody itself. The wait ends after
 * {@link #PATIENCE}; the partition is then out of sight already, and later passes finalise it. It is the one step that no function can make
 * on the owner's behalf, as it runs in no transaction: a user that may act as the owner of the tables does so for that statement, and
 * for one that may not no period leaves.
 */
public final class PeriodRetirer {
    private static final Logger log = LoggerFactory.getLogger(PeriodRetirer.class);

    /** How long one statement waits for others. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int IDENTITIES_MAX = 5_000;
    private static final String LOCK_TIMEOUT = "55P03";
    private static final UUID FIRST = new UUID(0, 0);

    private static final String OWNER = """
        SELECT pg_get_userbyid(class.relowner), pg_has_role(class.relowner, 'USAGE'), pg_has_role(class.relowner, 'SET'), current_user
        FROM   pg_class AS class WHERE class.oid = 'tasker.tasks'::regclass
        """;
    private static final String UNDER_WAY =
            "SELECT EXISTS (SELECT FROM tasker.task_periods WHERE retiring_since IS NOT NULL)";
    private static final String LOCK = "SELECT pg_try_advisory_lock(hashtext('tasker.retention'))";
    private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtext('tasker.retention'))";
    private static final String RETIRABLE = """
        SELECT suffix, starts_at, ends_at, retiring, unfinished, examples
        FROM   tasker.retirable_periods(?::bigint * interval '1 s')
        """;
    private static final String BEGIN = "SELECT tasker.begin_retirement(?)";
    private static final String REMOVE_IDENTITIES = "SELECT tasker.remove_identities(?, ?, ?)";
    private static final String PARTITIONS = "SELECT parent, partition, state FROM tasker.partitions_of(?)";
    private static final String REOPEN = "SELECT tasker.reopen_period(?)";
    private static final String FINISH = "SELECT tasker.finish_retirement(?, ?)";

    private final DedicatedConnection connection;
    private final RetentionConfig config;
    private final Set<String> reported = new HashSet<>();

    /** Takes its connection from a physical one, on which DETACH CONCURRENTLY can run. */
    public PeriodRetirer(DedicatedConnection connection, RetentionConfig config) {
        this.connection = connection;
        this.config = config;
    }

    private record Period(
            String suffix,
            OffsetDateTime from,
            OffsetDateTime until,
            boolean retiring,
            long unfinished,
            String examples) {}

    private record Partition(String parent, String name, String state) {}

    /** @param isOwn whether the session's user has the owner's rights anyway */
    private record Owner(String name, boolean isOwn) {}

    /**
     * Retires what is due, as far as nobody is in the way. Nothing is due when tasks are kept for ever, unless it was begun before. Whether
     * there is nothing left to carry on.
     */
    public boolean runOnce() throws SQLException {
        return connection.run(session -> {
            if (config.keep() == null && !flag(session, UNDER_WAY)) {
                return true; // and nothing was set for the session, which may be another's behind a proxy
            }
            if (!flag(session, LOCK)) {
                return false; // another node is at it
            }
            try {
                set(session, "lock_timeout", PATIENCE.toMillis() + "ms");
                List<Period> due = retirable(session);
                Owner owner = due.isEmpty() ? null : owner(session);
                if (owner != null) {
                    for (Period period : due) {
                        retire(session, period, owner);
                    }
                }
            } catch (SQLException e) {
                if (!LOCK_TIMEOUT.equals(e.getSQLState())) {
                    throw e;
                }
                log.info("a period could not leave yet, the next pass goes on: {}", e.getMessage());
                return false;
            } finally {
                if (!session.isClosed()) {
                    flag(session, UNLOCK);
                }
            }
            return true;
        });
    }

    /** Whom a partition belongs to; null, and said once, when this user may not act as that role. */
    private @Nullable Owner owner(Connection session) throws SQLException {
        try (PreparedStatement select = session.prepareStatement(OWNER)) {
            ResultSet row = select.executeQuery();
            row.next();
            Owner owner = new Owner(row.getString(1), row.getBoolean(2));
            if (owner.isOwn() || row.getBoolean(3)) {
                return owner;
            }
            if (reported.add(owner.name())) {
                log.warn(
                        "tasks stay beyond their retention: {} may not act as {}, the owner of the tables (expected:"
                                + " GRANT {} TO {} WITH INHERIT FALSE, SET TRUE)",
                        row.getString(4),
                        owner.name(),
                        owner.name(),
                        row.getString(4));
            }
            return null;
        }
    }

    private List<Period> retirable(Connection session) throws SQLException {
        try (PreparedStatement select = session.prepareStatement(RETIRABLE)) {
            Duration keep = config.keep();
            select.setObject(1, keep == null ? null : keep.toSeconds(), Types.BIGINT); // null: what was begun only
            ResultSet rows = select.executeQuery();
            List<Period> periods = new ArrayList<>();
            while (rows.next()) {
                periods.add(new Period(
                        rows.getString(1),
                        rows.getObject(2, OffsetDateTime.class),
                        rows.getObject(3, OffsetDateTime.class),
                        rows.getBoolean(4),
                        rows.getLong(5),
                        String.valueOf(rows.getString(6))));
            }
            return periods;
        }
    }

    private void retire(Connection session, Period period, Owner owner) throws SQLException {
        if (!period.retiring() && (period.unfinished() > 0 || !flag(session, BEGIN, period.suffix()))) {
            if (reported.add(period.suffix())) {
                log.warn(
                        "tasks of {} to {} stay beyond their retention: {} of them are not finished, such as {}",
                        period.from(),
                        period.until(),
                        period.unfinished(),
                        period.examples());
            }
            return;
        }
        reported.remove(period.suffix());
        removeIdentities(session, period.suffix());
        for (Partition partition : partitions(session, period.suffix())) {
            detach(session, partition, owner);
            if (partition.parent().equals("tasks") && flag(session, REOPEN, period.suffix())) {
                log.warn("tasks of {} to {} stay: one was taken up again meanwhile", period.from(), period.until());
                return;
            }
        }
        finish(session, period);
    }

    private static void removeIdentities(Connection session, String suffix) throws SQLException {
        UUID last = FIRST;
        while (last != null) {
            last = removeSome(session, suffix, last);
        }
    }

    private static @Nullable UUID removeSome(Connection session, String suffix, UUID after) throws SQLException {
        try (PreparedStatement call = session.prepareStatement(REMOVE_IDENTITIES)) {
            call.setString(1, suffix);
            call.setObject(2, after);
            call.setInt(3, IDENTITIES_MAX);
            ResultSet row = call.executeQuery();
            return row.next() ? row.getObject(1, UUID.class) : null;
        }
    }

    private static List<Partition> partitions(Connection session, String suffix) throws SQLException {
        try (PreparedStatement select = session.prepareStatement(PARTITIONS)) {
            select.setString(1, suffix);
            ResultSet rows = select.executeQuery();
            List<Partition> partitions = new ArrayList<>();
            while (rows.next()) {
                partitions.add(new Partition(rows.getString(1), rows.getString(2), rows.getString(3)));
            }
            return partitions;
        }
    }

    /** Names come from the list in the schema, not from users. */
    private static void detach(Connection session, Partition partition, Owner owner) throws SQLException {
        String how = switch (partition.state()) {
            case "attached" -> "CONCURRENTLY";
            case "pending" -> "FINALIZE";
            default -> "";
        };
        if (how.isEmpty()) {
            return;
        }
        if (!owner.isOwn()) {
            set(session, "role", owner.name());
        }
        try (Statement statement = session.createStatement()) {
            statement.execute("ALTER TABLE tasker.%s DETACH PARTITION tasker.%s %s"
                    .formatted(partition.parent(), partition.name(), how));
        } finally {
            if (!owner.isOwn() && !session.isClosed()) {
                set(session, "role", "none");
            }
        }
    }

    private void finish(Connection session, Period period) throws SQLException {
        boolean archive = config.archive() == RetentionConfig.Archive.SCHEMA;
        try (PreparedStatement call = session.prepareStatement(FINISH)) {
            call.setString(1, period.suffix());
            call.setBoolean(2, archive);
            ResultSet row = call.executeQuery();
            if (row.next() && row.getBoolean(1)) {
                log.info(
                        "tasks of {} to {} have left: their tables were {}",
                        period.from(),
                        period.until(),
                        archive ? "moved to the schema tasker_archive" : "dropped");
            }
        }
    }

    private static void set(Connection session, String setting, String value) throws SQLException {
        try (PreparedStatement set = session.prepareStatement("SELECT set_config(?, ?, false)")) {
            set.setString(1, setting);
            set.setString(2, value);
            set.execute();
        }
    }

    private static boolean flag(Connection session, String sql, String... parameters) throws SQLException {
        try (PreparedStatement call = session.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                call.setString(i + 1, parameters[i]);
            }
            ResultSet row = call.executeQuery();
            return row.next() && row.getBoolean(1);
        }
    }
}
