package dev.tasker.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server in a folder, started by this JVM and held by it alone until {@link #close()}. It listens on
 * 127.0.0.1 and asks for the password kept in the folder.
 *
 * <p>When the JVM dies without closing, the server goes on; the next start in the folder takes it over, or restarts it
 * when it is to run with other settings. The server is not in the terminal's process group, so Ctrl-C does not reach
 * it.
 *
 * <p>All methods are thread-safe and throw {@link EmbeddedPostgresException}.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final String HOST = "127.0.0.1";
    private static final String MAINTENANCE_DATABASE = "postgres";
    private static final Duration START_MAX = Duration.ofMinutes(5); // crash recovery may have gigabytes to read
    private static final Duration STOP_MAX = Duration.ofSeconds(60);
    private static final Duration DEATH_MAX = Duration.ofSeconds(30);

    private final EmbeddedPostgresConfig config;
    private final PostgresBinaries binaries;
    private final Launcher launcher;
    private final DataFolder folder;
    private final FolderLock lock;
    private final String password;
    private volatile Postmaster postmaster;
    private boolean closed;

    private EmbeddedPostgres(
            EmbeddedPostgresConfig config,
            PostgresBinaries binaries,
            Launcher launcher,
            DataFolder folder,
            FolderLock lock)
            throws IOException {
        this.config = config;
        this.binaries = binaries;
        this.launcher = launcher;
        this.folder = folder;
        this.lock = lock;
        this.password = folder.password();
        this.postmaster = adoptOrLaunch();
    }

    /**
     * Starts the server of the folder and waits until it accepts connections. Unpacks the programs and makes the
     * database cluster when this is the first time; takes over a server left by a JVM that was killed.
     *
     * @throws EmbeddedPostgresException when the folder is in use, of another PostgreSQL version or not writable, the
     *     port is taken, or the server does not come up; the message has the end of its log
     */
    public static EmbeddedPostgres start(EmbeddedPostgresConfig config) {
        PostgresBinaries binaries = PostgresBinaries.locate();
        return start(config, binaries, Launcher.choose(binaries));
    }

    static EmbeddedPostgres start(EmbeddedPostgresConfig config, PostgresBinaries binaries, Launcher launcher) {
        try {
            DataFolder folder = DataFolder.open(config.dataDirectory());
            FolderLock lock = folder.lock();
            try {
                boolean durable = !"off".equals(config.effectiveSettings().get("fsync"));
                folder.initialise(binaries, launcher, durable);
                return new EmbeddedPostgres(config, binaries, launcher, folder, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw failure(config.dataDirectory(), e);
        }
    }

    /** URL that is enough to connect, so it contains user and password: treat it as a secret. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + HOST + ":" + port() + "/" + database + "?user=" + user() + "&password="
                + password;
    }

    /** TCP port on 127.0.0.1; the last one while the server is stopped. */
    public int port() {
        return postmaster.port();
    }

    /** The superuser's name. */
    public String user() {
        return EmbeddedPostgresConfig.SUPERUSER;
    }

    /** The superuser's password, made at random with the data. */
    public String password() {
        return password;
    }

    /** The folder of the configuration, absolute. */
    public Path dataDirectory() {
        return folder.root();
    }

    /** The server's log. */
    public Path logFile() {
        return folder.log();
    }

    /** Process id of the server's main process, of the last one while the server is stopped. */
    public long processId() {
        return postmaster.process().pid();
    }

    public boolean isRunning() {
        return postmaster.isLive();
    }

    /** A data source without a pool: one connection per call. */
    public PGSimpleDataSource dataSource(String database) {
        var dataSource = new PGSimpleDataSource();
        dataSource.setServerNames(new String[] {HOST});
        dataSource.setPortNumbers(new int[] {port()});
        dataSource.setDatabaseName(database);
        dataSource.setUser(user());
        dataSource.setPassword(password);
        return dataSource;
    }

    /** Creates an empty database; fails when it exists. */
    public void createDatabase(String name) {
        createDatabase(name, "template1");
    }

    /**
     * Creates a copy of the database {@code template}, which nobody may be connected to; fails when {@code name}
     * exists.
     */
    public void createDatabase(String name, String template) {
        execute("create database " + name, "CREATE DATABASE %s TEMPLATE %s", name, template);
    }

    /** Creates an empty database unless there is one of that name. */
    public void ensureDatabase(String name) {
        String sql = "SELECT count(*) FROM pg_database WHERE datname = ?";
        try (var connection = dataSource(MAINTENANCE_DATABASE).getConnection();
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (var found = statement.executeQuery()) {
                found.next();
                if (found.getInt(1) == 1) {
                    return;
                }
            }
        } catch (SQLException e) {
            throw new EmbeddedPostgresException("look for database " + name + ": " + e.getMessage(), e);
        }
        createDatabase(name);
    }

    /** Drops a database with the connections to it; does nothing when there is none. */
    public void dropDatabase(String name) {
        execute("drop database " + name, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    }

    /**
     * Disconnects clients, rolls back their transactions and shuts down cleanly; does nothing when the server is not
     * running.
     */
    public synchronized void stop() {
        try {
            stop(postmaster);
        } catch (IOException e) {
            throw failure(folder.root(), e);
        }
    }

    /**
     * Kills the server and its children without any warning (SIGKILL), as a crash would, and waits until they are
     * gone.
     */
    public synchronized void kill() {
        List<ProcessHandle> family = postmaster.family();
        family.forEach(ProcessHandle::destroyForcibly);
        try {
            if (!Patience.await(DEATH_MAX, () -> family.stream().noneMatch(Postmaster::isLive))) {
                throw new EmbeddedPostgresException("PostgreSQL process " + processId() + ": alive " + DEATH_MAX
                        + " after SIGKILL (expected: dead)");
            }
        } catch (IOException e) {
            throw failure(folder.root(), e);
        }
    }

    /**
     * Starts the server again after {@link #stop()} or {@link #kill()}, on the same port unless that was free to
     * choose and is taken.
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(folder.root() + ": closed (expected: an open embedded PostgreSQL)");
        }
        try {
            stop(postmaster);
            postmaster = adoptOrLaunch();
        } catch (IOException e) {
            throw failure(folder.root(), e);
        }
    }

    /** Stops the server, deletes the data unless they are to be kept, and lets others have the folder. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (lock) {
            stop(postmaster);
            if (!config.keepData()) {
                folder.delete();
            }
        } catch (IOException e) {
            throw failure(folder.root(), e);
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL " + binaries.version() + " on " + HOST + ":" + port() + " in " + folder.root();
    }

    private Postmaster adoptOrLaunch() throws IOException {
        Map<String, String> settings = config.effectiveSettings();
        Optional<Postmaster> left = settled();
        if (left.isPresent()) {
            Postmaster found = left.get();
            boolean portFits = config.port() == 0 || config.port() == found.port();
            if (portFits && folder.hasSettings(settings, found.port())) {
                log.info(
                        "Taking over PostgreSQL process {} on port {} in {}",
                        found.process().pid(),
                        found.port(),
                        folder.root());
                return found;
            }
            log.info(
                    "Restarting PostgreSQL process {} in {} with other settings",
                    found.process().pid(),
                    folder.root());
            stop(found);
        }
        Postmaster.forgetStale(folder.pgdata());
        return launch(settings);
    }

    /** The server found in the folder once it is neither starting nor stopping. */
    private Optional<Postmaster> settled() throws IOException {
        boolean settled = Patience.await(
                START_MAX,
                () -> Postmaster.of(folder.pgdata()).map(Postmaster::ready).orElse(true));
        if (!settled) {
            throw new EmbeddedPostgresException(
                    "data directory " + folder.root() + ": a PostgreSQL left over there is neither ready nor gone"
                            + " after " + START_MAX + "; its log ends with:\n" + folder.logSince(0));
        }
        return Postmaster.of(folder.pgdata());
    }

    private Postmaster launch(Map<String, String> settings) throws IOException {
        PortChooser ports = config.port() != 0
                ? PortChooser.fixed(config.port())
                : PortChooser.free(folder.rememberedPort(), folder.root());
        folder.rotateLog();
        long deadline = System.nanoTime() + DEATH_MAX.toNanos();
        int port = ports.next();
        while (true) {
            folder.writeSettings(settings, port);
            long logBytes = folder.logBytes();
            Launcher.Outcome started = launcher.run(
                    START_MAX, pgCtl("start", "--log=" + folder.log(), "--timeout=" + START_MAX.toSeconds()));
            Optional<Postmaster> running = Postmaster.of(folder.pgdata()).filter(Postmaster::ready);
            if (started.succeeded() && running.isPresent()) {
                folder.rememberPort(port);
                log.info("Started PostgreSQL {} on port {} in {}", binaries.version(), port, folder.root());
                return running.get();
            }
            String said = folder.logSince(logBytes);
            if (said.contains("could not bind IPv4 address")) {
                port = ports.next(); // somebody took it after we looked
            } else if (said.contains("pre-existing shared memory block") && System.nanoTime() < deadline) {
                Patience.pause(); // children of a killed server are still ending
            } else {
                throw new EmbeddedPostgresException("data directory " + folder.root() + ": PostgreSQL does not start: "
                        + started.output() + "\nIts log " + folder.log() + " ends with:\n" + said);
            }
        }
    }

    private void stop(Postmaster running) throws IOException {
        if (!running.isLive()) {
            return;
        }
        Launcher.Outcome stopped = launcher.run(
                STOP_MAX.plus(DEATH_MAX), pgCtl("stop", "--mode=fast", "--timeout=" + STOP_MAX.toSeconds()));
        if (!stopped.succeeded() && running.isLive()) {
            log.warn("PostgreSQL process {} did not stop: {}", running.process().pid(), stopped.output());
            launcher.run(STOP_MAX, pgCtl("stop", "--mode=immediate"));
        }
        if (!Patience.await(DEATH_MAX, () -> !running.isLive())) {
            throw new EmbeddedPostgresException("data directory " + folder.root() + ": PostgreSQL process "
                    + running.process().pid() + " does not stop: " + stopped.output());
        }
    }

    private List<String> pgCtl(String action, String... options) {
        var command = new ArrayList<>(
                List.of(binaries.program("pg_ctl"), action, "--pgdata=" + folder.pgdata(), "--silent", "--wait"));
        command.addAll(List.of(options));
        return command;
    }

    private void execute(String purpose, String sql, String... names) {
        try (var connection = dataSource(MAINTENANCE_DATABASE).getConnection();
                var statement = connection.createStatement()) {
            var quoted = new Object[names.length];
            for (int i = 0; i < names.length; i++) {
                quoted[i] = statement.enquoteIdentifier(names[i], true);
            }
            statement.execute(sql.formatted(quoted));
        } catch (SQLException e) {
            throw new EmbeddedPostgresException(purpose + ": " + e.getMessage(), e);
        }
    }

    private static EmbeddedPostgresException failure(Path folder, IOException e) {
        return new EmbeddedPostgresException("data directory " + folder + ": " + e, e);
    }
}
