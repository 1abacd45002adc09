package dev.tasker.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.tasker.engine.Migration;
import dev.tasker.engine.MigrationException;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.meter.Histogram;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.postgres.EmbeddedPostgresException;
import dev.tasker.server.StartupException.Reason;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.PoolConfig;
import dev.tasker.server.health.PoolFigures;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database of a server: an embedded PostgreSQL or somebody else's, with a schema that is current and a pool of connections. */
public final class DatabaseAccess implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DatabaseAccess.class);

    private static final String EMBEDDED_DATABASE = "tasker";
    private static final String APPLICATION = "tasker";
    private static final int CONNECT_TIMEOUT_SECONDS = 10;
    private static final int PROBE_TIMEOUT_SECONDS = 5;
    private static final String PREPARE =
            "prepareThreshold"; // of the driver: after how many uses a statement is prepared

    private static final String CONNECTIONS = """
        SELECT current_setting('max_connections')::integer,
               current_setting('superuser_reserved_connections')::integer + current_setting('reserved_connections')::integer,
               count(*) - 1
        FROM   pg_stat_activity
        WHERE  backend_type = 'client backend'
        """;

    private final @Nullable EmbeddedPostgres embedded;
    private final DatabaseUrl url;
    private final PGSimpleDataSource direct;
    private final boolean proxied;
    private final Migrations migrations;
    private volatile @Nullable HikariDataSource pool;
    private PoolMeter waits = new PoolMeter(Duration.ofMillis(100));

    private DatabaseAccess(
            @Nullable EmbeddedPostgres embedded, DatabaseUrl url, PGSimpleDataSource direct, boolean proxied) {
        this.embedded = embedded;
        this.url = url;
        this.direct = direct;
        this.proxied = proxied;
        this.migrations = new Migrations(direct);
    }

    /**
     * Connects to the configured database, starting an embedded one when there is none. Leaves the schema alone.
     *
     * @throws StartupException when it cannot be reached or started
     */
    public static DatabaseAccess connect(DatabaseConfig config) {
        DatabaseUrl url = config.url();
        if (url != null) {
            DatabaseUrl listenUrl = config.listenUrl();
            PGSimpleDataSource direct = direct(listenUrl == null ? url : listenUrl);
            boolean proxied = requireReachable(direct, listenUrl == null ? url : listenUrl);
            if (proxied && direct.getPrepareThreshold() != 0 && !url.states(PREPARE)) {
                direct.setPrepareThreshold(0);
            }
            return new DatabaseAccess(null, url, direct, proxied);
        }
        EmbeddedPostgres postgres = startEmbedded(config);
        try {
            postgres.ensureDatabase(EMBEDDED_DATABASE);
            DatabaseUrl embeddedUrl = new DatabaseUrl(
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + EMBEDDED_DATABASE,
                    postgres.user(),
                    postgres.password());
            return new DatabaseAccess(postgres, embeddedUrl, direct(embeddedUrl), false);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** The schema's migrations. */
    public Migrations migrations() {
        return migrations;
    }

    /** Whether no migration is pending. */
    public boolean isSchemaCurrent() {
        return migrations.isCurrent();
    }

    /** Whether the PostgreSQL is ours. */
    public boolean isEmbedded() {
        return embedded != null;
    }

    /**
     * Makes sure that the schema is current: migrates our own database, verifies another.
     *
     * @throws StartupException when it is not
     */
    void requireCurrentSchema() {
        try {
            if (embedded != null) {
                log.debug("Applied {} migrations", migrations.migrate());
                return;
            }
            List<Migration> others = migrations.status().stream()
                    .filter(migration -> migration.state() != Migration.State.APPLIED)
                    .toList();
            if (!others.isEmpty()) {
                throw new StartupException(outdated(others));
            }
        } catch (MigrationException e) {
            throw new StartupException("The schema of the database " + url.jdbcUrl() + ": " + e.getMessage(), e);
        }
    }

    private String outdated(List<Migration> others) {
        boolean newer = others.stream().anyMatch(migration -> migration.state() == Migration.State.UNKNOWN);
        Migration first = others.getFirst();
        return "The schema of the database " + url.jdbcUrl() + " is not the one this server needs: " + others.size()
                + " migrations differ, the first is " + first.script() + ", "
                + first.state().name().toLowerCase(Locale.ROOT)
                + (newer
                        ? "; a newer Tasker has migrated it, so start that version."
                        : "; run `tasker migrate` first (`tasker migrate --status` shows where it stands).");
    }

    /** Connections for reads, pooled; opened by the first call. */
    HikariDataSource openPool(PoolConfig config) {
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName(APPLICATION);
        hikari.setJdbcUrl(url.jdbcUrl());
        hikari.setUsername(url.user());
        hikari.setPassword(url.password());
        hikari.setMaximumPoolSize(config.maxConnections());
        hikari.setMinimumIdle(config.minConnections());
        hikari.setConnectionTimeout(config.acquireTimeout().toMillis());
        hikari.setIdleTimeout(config.idleTimeout().toMillis());
        hikari.setMaxLifetime(config.maxLifetime().toMillis());
        hikari.setKeepaliveTime(0); // an idle server is to cost nothing; a stale connection is found when it is taken
        hikari.addDataSourceProperty("ApplicationName", APPLICATION);
        if (embedded == null && !url.states(PREPARE) && isPoolProxied()) {
            log.info("The pool goes through a proxy; its statements are not prepared ({}=0)", PREPARE);
            hikari.addDataSourceProperty(PREPARE, "0");
        }
        PoolMeter meter = new PoolMeter(config.slowAcquire());
        waits = meter;
        hikari.setMetricsTrackerFactory((_, _) -> meter);
        HikariDataSource opened = new HikariDataSource(hikari);
        pool = opened;
        return opened;
    }

    /**
     * Says in the log, once, what of the configuration does not fit the database: more connections than it has, or LISTEN through a proxy.
     *
     * @param kept connections that the engine keeps beside the pool
     */
    void judge(PoolConfig config, int kept, boolean listens) {
        if (proxied) {
            if (listens) {
                log.warn("Hints between servers do not come through a proxy that pools transactions, and what waits is"
                        + " then found by the pulse only: set common.database.listen_url to the database itself,"
                        + " or orchestration.dispatch.listen = false");
            }
            return; // how many connections there are is the proxy's business
        }
        try (Connection connection = direct.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CONNECTIONS)) {
            row.next();
            ConnectionBudget budget = new ConnectionBudget(
                    row.getInt(1), row.getInt(2), row.getInt(3), isPoolProxied() ? 0 : config.maxConnections(), kept);
            budget.warning().ifPresent(log::warn);
        } catch (SQLException e) {
            log.debug("The connections of the database could not be counted: {}", e.getMessage());
        }
    }

    private boolean isPoolProxied() {
        try (Connection connection = direct(url).getConnection()) {
            return Migrations.isProxied(connection);
        } catch (SQLException e) {
            log.debug("{} cannot be asked: {}", url, e.getMessage());
            return false;
        }
    }

    /** Physical connections past any proxy. */
    public DataSource direct() {
        return direct;
    }

    /** Asks the database for a sign of life. */
    void probe() throws SQLException {
        HikariDataSource opened = pool;
        try (Connection connection = opened == null ? direct.getConnection() : opened.getConnection()) {
            if (!connection.isValid(PROBE_TIMEOUT_SECONDS)) {
                throw new SQLException("no answer within " + PROBE_TIMEOUT_SECONDS + " s");
            }
        }
    }

    PoolFigures poolFigures() {
        HikariDataSource opened = pool;
        if (opened == null) {
            return PoolFigures.NONE;
        }
        HikariPoolMXBean now = opened.getHikariPoolMXBean();
        Histogram checkouts = waits.checkouts();
        return new PoolFigures(
                now.getActiveConnections(),
                now.getIdleConnections(),
                opened.getMaximumPoolSize(),
                checkouts.count(),
                waits.slow(),
                waits.timeouts(),
                checkouts.count() == 0 ? 0 : checkouts.total() / checkouts.count(),
                waits.longestMs());
    }

    List<Instrument> instruments() {
        return waits.instruments();
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return embedded == null ? url.jdbcUrl() : embedded.toString();
    }

    @Override
    public void close() {
        HikariDataSource opened = pool;
        if (opened != null) {
            opened.close();
        }
        if (embedded != null) {
            embedded.close();
        }
    }

    private static EmbeddedPostgres startEmbedded(DatabaseConfig config) {
        try {
            return EmbeddedPostgres.start(
                    EmbeddedPostgresConfig.of(config.dataDirectory()).withKeepData(config.keepData()));
        } catch (EmbeddedPostgresException e) {
            throw new StartupException("The embedded PostgreSQL does not start: " + e.getMessage(), e);
        }
    }

    private static PGSimpleDataSource direct(DatabaseUrl url) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url.jdbcUrl());
        dataSource.setUser(url.user());
        dataSource.setPassword(url.password());
        dataSource.setApplicationName(APPLICATION);
        dataSource.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        return dataSource;
    }

    /** Whether the database answers for itself (false) or through a proxy. */
    private static boolean requireReachable(DataSource dataSource, DatabaseUrl url) {
        try (Connection connection = dataSource.getConnection()) {
            log.debug("Connected to {}", connection.getMetaData().getURL());
            return Migrations.isProxied(connection);
        } catch (SQLException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("28")) {
                throw new StartupException(
                        Reason.NOT_PERMITTED, "The database " + url + " refuses the connection: " + reason, e);
            }
            if (state.equals("3D000")) {
                throw new StartupException(Reason.NOT_FOUND, "The database " + url + " does not exist: " + reason, e);
            }
            throw new StartupException(Reason.UNREACHABLE, "The database " + url + " cannot be reached: " + reason, e);
        }
    }
}
