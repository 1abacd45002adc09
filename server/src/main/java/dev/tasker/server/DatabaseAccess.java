package dev.tasker.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.postgres.EmbeddedPostgresException;
import dev.tasker.server.config.DatabaseConfig;
import dev.tasker.server.config.DatabaseUrl;
import dev.tasker.server.config.PoolConfig;
import dev.tasker.server.health.PoolFigures;
import java.sql.Connection;
import java.sql.SQLException;
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

    private final @Nullable EmbeddedPostgres embedded;
    private final DatabaseUrl url;
    private final PGSimpleDataSource direct;
    private final Migrations migrations;
    private @Nullable HikariDataSource pool;

    private DatabaseAccess(@Nullable EmbeddedPostgres embedded, DatabaseUrl url, PGSimpleDataSource direct) {
        this.embedded = embedded;
        this.url = url;
        this.direct = direct;
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
            requireReachable(direct, listenUrl == null ? url : listenUrl);
            return new DatabaseAccess(null, url, direct);
        }
        EmbeddedPostgres postgres = startEmbedded(config);
        try {
            postgres.ensureDatabase(EMBEDDED_DATABASE);
            DatabaseUrl embeddedUrl = new DatabaseUrl(
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + EMBEDDED_DATABASE,
                    postgres.user(),
                    postgres.password());
            return new DatabaseAccess(postgres, embeddedUrl, direct(embeddedUrl));
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Applies the migrations that are pending and returns how many that were. */
    public int migrate() {
        return migrations.migrate();
    }

    /** A line for each migration: where it stands, its version, what it does. */
    public List<String> migrationStatus() {
        return migrations.status().stream()
                .map(status -> String.format(
                        Locale.ROOT,
                        "%-10s %-4s %s",
                        status.state(),
                        status.version() == null ? "" : status.version(),
                        status.description()))
                .toList();
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
        if (embedded != null) {
            log.debug("Applied {} migrations", migrate());
            return;
        }
        if (!isSchemaCurrent()) {
            throw new StartupException("The schema of the database " + url.jdbcUrl()
                    + " is not the one this server needs; run `tasker migrate` first.");
        }
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
        HikariDataSource opened = new HikariDataSource(hikari);
        pool = opened;
        return opened;
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
            return new PoolFigures(0, 0, 0);
        }
        HikariPoolMXBean now = opened.getHikariPoolMXBean();
        return new PoolFigures(now.getActiveConnections(), now.getIdleConnections(), opened.getMaximumPoolSize());
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

    private static void requireReachable(DataSource dataSource, DatabaseUrl url) {
        try (Connection connection = dataSource.getConnection()) {
            log.debug("Connected to {}", connection.getMetaData().getURL());
        } catch (SQLException e) {
            throw new StartupException(
                    "The database " + url + " cannot be reached: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"),
                    e);
        }
    }
}
