package dev.tasker.engine;

import dev.tasker.engine.Migration.State;
import dev.tasker.engine.MigrationException.Reason;
import dev.tasker.engine.internal.migration.Announcement;
import dev.tasker.engine.internal.migration.LockWatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The schema's migrations: forward only, applied by an explicit step (02 §9.2), each in a transaction of its own. Safe to run on several
 * nodes at once: one migrates, the others wait for it. No migration waits long for a lock, since everybody who came
 * later would wait behind it; it steps aside and tries again ({@link LockPatience}). All methods throw {@link MigrationException}. Thread-safe.
 */
public final class Migrations {
    private static final String FOLDER = "migrations";
    private static final String HISTORY = "tasker.schema_history";

    private final DataSource dataSource;
    private final LockPatience patience;

    /** Migrations of the schema {@code tasker} in the database of {@code dataSource}, which must be a direct connection. */
    public Migrations(DataSource dataSource) {
        this(dataSource, LockPatience.DEFAULT);
    }

    /** As above, with another patience. */
    public Migrations(DataSource dataSource, LockPatience patience) {
        this.dataSource = dataSource;
        this.patience = patience;
    }

    /** A script, for psql, that makes the roles of least privilege. */
    public static String rolesScript() {
        try (InputStream in = Migrations.class.getResourceAsStream("roles.sql")) {
            if (in == null) {
                throw new IllegalStateException("roles.sql: not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies what is pending and returns how many that were. */
    public int migrate() {
        return migrate(MigrationListener.NONE);
    }

    /** Applies what is pending, tells {@code listener} of each, renews the roles' grants, and returns how many migrations were applied. */
    public int migrate(MigrationListener listener) {
        requireDirect();
        requireMigratable(status());
        int applied = 0;
        for (int attempt = 1; ; attempt++) {
            Progress progress = new Progress(listener, patience.timeout());
            try (LockWatch watch = new LockWatch(dataSource)) {
                progress.watch = watch;
                flyway(progress).migrate();
                applied += progress.applied;
                break;
            } catch (FlywayException e) {
                applied += progress.applied;
                List<LockHolder> holders = progress.watch == null ? List.of() : progress.watch.holders();
                if (!"55P03".equals(sqlState(e)) || attempt == patience.attempts()) {
                    throw explained(e, progress.current, holders);
                }
                listener.waits(holders, patience.pause());
                pause();
            }
        }
        if (applied > 0) {
            renewAccess();
        }
        return applied;
    }

    /** All migrations, of this version and of the database, in the order in which they run. */
    public List<Migration> status() {
        MigrationInfo[] all = info();
        Set<String> rerun = new HashSet<>();
        for (MigrationInfo info : all) {
            if (isEarlierRun(info)) {
                rerun.add(info.getScript());
            }
        }
        return Arrays.stream(all)
                .filter(info -> !isEarlierRun(info) && info.getType() != CoreMigrationType.SCHEMA)
                .map(info -> migration(info, rerun.contains(info.getScript())))
                .toList();
    }

    /** What {@link #migrate()} would run, in order. */
    public List<Migration> pending() {
        List<Migration> all = status();
        requireMigratable(all);
        return all.stream().filter(Migration::runs).toList();
    }

    /** Whether the database has what this version needs, no less and no other. */
    public boolean isCurrent() {
        return status().stream().allMatch(migration -> migration.state() == State.APPLIED);
    }

    private MigrationInfo[] info() {
        try {
            return flyway(null).info().all();
        } catch (FlywayException e) {
            throw explained(e, null, List.of());
        }
    }

    /** An earlier run of a repeatable migration that is listed as well, as pending or as applied. */
    private static boolean isEarlierRun(MigrationInfo info) {
        return info.getState() == MigrationState.OUTDATED || info.getState() == MigrationState.SUPERSEDED;
    }

    private static Migration migration(MigrationInfo info, boolean ranBefore) {
        String version = info.getVersion() == null ? null : info.getVersion().getVersion();
        Announcement announced = Announcement.of(Migrations.class, FOLDER, info.getScript());
        return new Migration(
                version,
                info.getDescription(),
                info.getScript(),
                state(info, ranBefore),
                announced.locks(),
                announced.cost());
    }

    private static State state(MigrationInfo info, boolean ranBefore) {
        return switch (info.getState()) {
            case PENDING, ABOVE_TARGET, BELOW_BASELINE, BASELINE_IGNORED, IGNORED, AVAILABLE, UNDONE, DELETED ->
                ranBefore ? State.CHANGED : State.PENDING;
            case OUTDATED, SUPERSEDED -> State.CHANGED;
            case SUCCESS, BASELINE, OUT_OF_ORDER ->
                info.isVersioned() && !info.isChecksumMatching() ? State.REWRITTEN : State.APPLIED;
            case FAILED, MISSING_FAILED, FUTURE_FAILED -> State.FAILED;
            case MISSING_SUCCESS, FUTURE_SUCCESS -> State.UNKNOWN;
        };
    }

    private static void requireMigratable(List<Migration> all) {
        refuse(
                all,
                State.FAILED,
                Reason.HALF_DONE,
                "was begun and not finished; undo by hand what it did, delete its row from " + HISTORY
                        + ", then migrate again.");
        refuse(
                all,
                State.UNKNOWN,
                Reason.AHEAD,
                "is in the database and unknown to this version: a newer Tasker has migrated it."
                        + " Use that version or a later one.");
        refuse(
                all,
                State.REWRITTEN,
                Reason.REWRITTEN,
                "was applied as another version has it, and cannot be applied again:"
                        + " use that version, or an empty database.");
    }

    private static void refuse(List<Migration> all, State state, Reason reason, String sentence) {
        List<String> scripts = all.stream()
                .filter(migration -> migration.state() == state)
                .map(Migration::script)
                .toList();
        if (!scripts.isEmpty()) {
            throw new MigrationException(reason, String.join(", ", scripts) + " " + sentence, null);
        }
    }

    /** Grants to the roles that were granted before what the migrations have brought. */
    private void renewAccess() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT tasker.renew_access()");
        } catch (SQLException e) {
            throw new MigrationException(
                    Reason.FAILED, "The schema is migrated, but the roles' grants are not renewed: " + firstLine(e), e);
        }
    }

    /** A proxy that pools transactions makes up the process id it reports, and scatters what a session sets over its connections. */
    private void requireDirect() {
        try (Connection connection = dataSource.getConnection()) {
            if (isProxied(connection)) {
                throw new MigrationException(
                        Reason.PROXIED,
                        "Migrations need a connection of their own, and this one goes through a proxy: set"
                                + " common.database.listen_url to the database itself.",
                        null);
            }
        } catch (SQLException e) {
            throw explained(new FlywayException(e), null, List.of());
        }
    }

    /** Whether somebody between us and the database answers for it. */
    public static boolean isProxied(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    private Flyway flyway(@Nullable Progress progress) {
        FluentConfiguration configuration = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(dataSource)
                .schemas("tasker")
                .defaultSchema("tasker")
                .createSchemas(true)
                .table("schema_history")
                .locations("classpath:dev/tasker/engine/" + FOLDER);
        if (progress != null) {
            configuration.callbacks(progress);
        }
        return configuration.load();
    }

    private MigrationException explained(
            FlywayException failure, @Nullable Migration running, List<LockHolder> holders) {
        SQLException cause = sqlException(failure);
        String state = sqlState(failure);
        String at = running == null ? "" : running.script() + ": ";
        if (state.equals("55P03")) {
            String who = holders.isEmpty()
                    ? "nobody who could be seen"
                    : holders.stream().map(LockHolder::toString).collect(Collectors.joining("; "));
            return new MigrationException(
                    Reason.LOCKED,
                    at + "a lock was not to be had in " + patience.attempts() + " attempts of "
                            + patience.timeout().toMillis() + " ms; held by " + who
                            + ". Nothing of it was done; end that transaction and migrate again.",
                    failure);
        }
        if (state.equals("42501") || state.startsWith("28")) {
            return new MigrationException(
                    Reason.NOT_PERMITTED,
                    at + "the database refuses: " + firstLine(cause) + "; migrate as the owner of the schema"
                            + " (`tasker migrate --print-roles`).",
                    failure);
        }
        if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
            return new MigrationException(
                    Reason.UNREACHABLE, at + "the database does not answer: " + firstLine(cause) + ".", failure);
        }
        return new MigrationException(
                Reason.FAILED,
                at + "failed and was undone: " + firstLine(cause == null ? failure : cause) + ".",
                failure);
    }

    private static String firstLine(@Nullable Throwable failure) {
        return failure == null
                ? "no reason given"
                : String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
    }

    private static String sqlState(FlywayException failure) {
        SQLException cause = sqlException(failure);
        String state = cause == null ? null : cause.getSQLState();
        return state == null ? "" : state;
    }

    private static @Nullable SQLException sqlException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return found;
            }
        }
        return null;
    }

    private void pause() {
        try {
            Thread.sleep(patience.pause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(Reason.LOCKED, "interrupted while waiting for a lock", e);
        }
    }

    /** What one call of Flyway has come to. */
    private static final class Progress implements Callback {
        private final MigrationListener listener;
        private final Duration timeout;
        private @Nullable LockWatch watch;
        private @Nullable Migration current;
        private int applied;

        private Progress(MigrationListener listener, Duration timeout) {
            this.listener = listener;
            this.timeout = timeout;
        }

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.BEFORE_EACH_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            if (event == Event.AFTER_EACH_MIGRATE) {
                applied++;
                return;
            }
            Migration migration = migration(context.getMigrationInfo(), false);
            current = migration;
            try (Statement statement = context.getConnection().createStatement()) {
                statement.execute("SET lock_timeout = " + timeout.toMillis());
                LockWatch watching = watch;
                if (watching != null) {
                    watching.watch(
                            context.getConnection().unwrap(PGConnection.class).getBackendPID());
                }
            } catch (SQLException e) {
                throw new FlywayException(e);
            }
            listener.begins(migration);
        }

        @Override
        public String getCallbackName() {
            return "progress";
        }
    }
}
