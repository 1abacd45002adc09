package dev.tasker.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void nameFolder() {
        folder = temporary.resolve("the data");
    }

    @Test
    void firstStartServesConnectionsWithTheDurableSettings() throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            assertThat(ask(postgres, "SHOW server_version")).startsWith("18.");
            assertThat(ask(postgres, "SELECT current_user")).isEqualTo("tasker");
            for (var setting : EmbeddedPostgresConfig.DEFAULT_SETTINGS.entrySet()) {
                if (setting.getKey().equals("timezone")) {
                    continue; // the driver sets that of the JVM in each session
                }
                assertThat(ask(postgres, "SHOW " + setting.getKey()))
                        .as(setting.getKey())
                        .isEqualTo(setting.getValue());
            }
            assertThat(ask(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(postgres.isRunning()).isTrue();
            assertThat(postgres.logFile()).content().contains("ready to accept connections");
            assertThat(postgres.dataDirectory()).isEqualTo(folder);
        }
    }

    @Test
    void jdbcUrlIsEnoughToConnectAndOtherPasswordsAreRefused() throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder))) {
            try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"))) {
                assertThat(connection.isValid(5)).isTrue();
            }
            Path passwordFile = folder.resolve("pgdata/tasker-password");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwordFile)))
                    .isEqualTo("rw-------");
            assertThat(postgres.toString()).contains(folder.toString()).doesNotContain(postgres.password());

            var stranger = postgres.dataSource("postgres");
            stranger.setPassword("guess");
            assertThatThrownBy(stranger::getConnection).hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void secondStartKeepsDataAndPortAndIsFast() throws Exception {
        int port;
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            port = postgres.port();
            run(postgres, "CREATE TABLE kept (id int)");
        }
        long start = System.nanoTime();
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(ask(postgres, "SELECT count(*) FROM kept")).isEqualTo("0");
        }
    }

    @Test
    void serverLeftByKilledJvmIsTakenOver() throws Exception {
        List<Long> left;
        try (var other = OtherJvm.start(folder, Map.of())) {
            left = other.awaitStarted();
            other.kill();
        }
        assertThat(ProcessHandle.of(left.get(0))).isPresent();

        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            assertThat(postgres.processId()).isEqualTo(left.get(0));
            assertThat(postgres.port()).isEqualTo(left.get(1).intValue());
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
        assertThat(Postmaster.of(folder.resolve("pgdata"))).isEmpty();
    }

    @Test
    void serverLeftByKilledJvmIsRestartedWhenItsSettingsDiffer() throws Exception {
        List<Long> left;
        try (var other = OtherJvm.start(folder, Map.of())) {
            left = other.awaitStarted();
            other.kill();
        }
        var config = EmbeddedPostgresConfig.of(folder).withSetting("work_mem", "7MB");
        try (var postgres = EmbeddedPostgres.start(config)) {
            assertThat(postgres.processId()).isNotEqualTo(left.get(0));
            assertThat(ask(postgres, "SHOW work_mem")).isEqualTo("7MB");
        }
    }

    @Test
    void folderOfAnotherLiveProcessIsRefusedNamingItAndTheFolder() throws Exception {
        try (var other = OtherJvm.start(folder, Map.of())) {
            other.awaitStarted();
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder)))
                    .withMessageContaining(folder + ": in use by process " + other.processId())
                    .withMessageContaining("expected: ");
        }
    }

    @Test
    void folderAlreadyOpenInThisProcessIsRefusedAndStaysClosedToOthers() throws Exception {
        try (var first = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder))) {
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder)))
                    .withMessageContaining(
                            "in use by this process, " + ProcessHandle.current().pid());
            try (var other = OtherJvm.start(first.dataDirectory(), Map.of())) {
                assertThatThrownBy(other::awaitStarted)
                        .hasMessageContaining(
                                "in use by process " + ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void committedRowsSurviveKillOfTheServer() throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            run(postgres, "CREATE TABLE effects (id int)");
            run(postgres, "INSERT INTO effects VALUES (1)");
            int port = postgres.port();
            long processId = postgres.processId();

            postgres.kill();
            assertThat(postgres.isRunning()).isFalse();
            assertThatThrownBy(() -> ask(postgres, "SELECT 1")).isInstanceOf(SQLException.class);

            postgres.restart();
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(postgres.processId()).isNotEqualTo(processId);
            assertThat(ask(postgres, "SELECT count(*) FROM effects")).isEqualTo("1");
            assertThat(postgres.logFile()).content().contains("database system was not properly shut down");
        }
    }

    @Test
    void stopDisconnectsClientsAndShutsDownCleanly() throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder));
                var client = postgres.dataSource("postgres").getConnection()) {
            postgres.stop();
            assertThat(client.isValid(5)).isFalse();
            assertThat(postgres.logFile()).content().contains("database system is shut down");
            postgres.stop();
            postgres.restart();
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void closedServerCannotBeRestarted() {
        var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder));
        postgres.close();
        postgres.close();
        assertThatThrownBy(postgres::restart)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void pidFileThatNamesAnUnrelatedProcessDoesNotStopTheStart() throws Exception {
        Path pidFile = folder.resolve("pgdata/postmaster.pid");
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            postgres.kill();
            List<String> lines = Files.readAllLines(pidFile);
            lines.set(0, Long.toString(ProcessHandle.current().pid()));
            Files.write(pidFile, lines);

            postgres.restart();
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void takenFixedPortIsRefusedNamingIt() throws Exception {
        try (var occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var config = EmbeddedPostgresConfig.of(folder).withPort(occupied.getLocalPort());
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> EmbeddedPostgres.start(config))
                    .withMessageContaining("port: " + occupied.getLocalPort() + " is taken (expected: ");
        }
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            assertThat(postgres.isRunning())
                    .as("the failed start has released the folder")
                    .isTrue();
        }
    }

    @Test
    void rememberedPortThatIsTakenIsReplacedByAnother() throws Exception {
        int port;
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            port = postgres.port();
        }
        try (var occupied = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            assertThat(postgres.port()).isNotEqualTo(occupied.getLocalPort());
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void twoProcessesOnAnEmptyCacheBothStart() throws Exception {
        Path cache = temporary.resolve("cache");
        var environment = Map.of(PostgresBinaries.CACHE_VARIABLE, cache.toString());
        try (var first = OtherJvm.start(temporary.resolve("first"), environment);
                var second = OtherJvm.start(temporary.resolve("second"), environment);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var both = threads.invokeAll(List.<Callable<List<Long>>>of(first::awaitStarted, second::awaitStarted));
            assertThat(both.get(0).get().get(1)).isNotEqualTo(both.get(1).get().get(1));
        }
        try (var unpacked = Files.list(cache.resolve("postgres"))) {
            assertThat(unpacked.filter(Files::isDirectory)).hasSize(1);
        }
    }

    @Test
    void firstStartKilledHalfWayDoesNotPoisonTheFolder() throws Exception {
        Files.createDirectories(folder.resolve("pgdata.unfinished/base"));
        Files.writeString(folder.resolve("pgdata.unfinished/PG_VERSION"), "18\n");
        Files.writeString(folder.resolve("password.unfinished"), "half");
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder))) {
            assertThat(ask(postgres, "SELECT 1")).isEqualTo("1");
        }
        assertThat(folder.resolve("pgdata.unfinished")).doesNotExist();
        assertThat(folder.resolve("password.unfinished")).doesNotExist();
    }

    @Test
    void dataOfAnotherMajorVersionIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("pgdata"));
        Files.writeString(folder.resolve("pgdata/PG_VERSION"), "16\n");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder)))
                .withMessageContaining(folder + ": PostgreSQL version 16 (expected: 18");
        assertThat(folder.resolve("pgdata/PG_VERSION")).exists();
    }

    @Test
    void insideOfAnotherServersDataIsRefused() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("PG_VERSION"), "18\n");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder)))
                .withMessageContaining("expected: an empty folder or one made by Tasker");
    }

    @Test
    void folderThatIsAFileIsRefused() throws Exception {
        Files.writeString(folder, "");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder)))
                .withMessageContaining(folder.toString());
    }

    @Test
    void folderNameThatTheShellWouldChangeIsRefused() {
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgresConfig.of(temporary.resolve("$HOME"))))
                .withMessageContaining("$HOME")
                .withMessageContaining("expected: ");
    }

    @Test
    void settingThatPostgresqlRefusesIsReportedWithItsWords() {
        var config = EmbeddedPostgresConfig.forTests(folder).withSetting("work_mem", "plenty");
        assertThatExceptionOfType(EmbeddedPostgresException.class)
                .isThrownBy(() -> EmbeddedPostgres.start(config))
                .withMessageContaining("does not start")
                .withMessageContaining("invalid value for parameter \"work_mem\": \"plenty\"");
    }

    @Test
    void closeDeletesOnlyWhatTheServerPutIntoTheFolder() throws Exception {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder))) {
            Files.writeString(folder.resolve("notes.txt"), "mine");
            assertThat(postgres.isRunning()).isTrue();
        }
        try (var rest = Files.list(folder)) {
            assertThat(rest).containsExactly(folder.resolve("notes.txt"));
        }
    }

    @Test
    void closeDeletesAFolderThatIsEmptyThen() {
        EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder)).close();
        assertThat(folder).doesNotExist();
    }

    @Test
    void largeLogIsSetAsideAtTheNextStart() throws Exception {
        EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder)).close();
        Files.write(folder.resolve("postgres.log"), new byte[11 * 1024 * 1024]);
        EmbeddedPostgres.start(EmbeddedPostgresConfig.of(folder)).close();
        assertThat(folder.resolve("postgres.log.1")).hasSize(11 * 1024 * 1024);
        assertThat(Files.size(folder.resolve("postgres.log"))).isLessThan(1024 * 1024);
    }

    @Test
    void databasesAreCreatedCopiedEnsuredAndDropped() throws Exception {
        try (var postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder).withSetting("fsync", "off"))) {
            postgres.createDatabase("Model-1");
            try (var connection = postgres.dataSource("Model-1").getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("CREATE TABLE copied (id int)");
            }
            postgres.createDatabase("clone", "Model-1");
            try (var connection = postgres.dataSource("clone").getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("INSERT INTO copied VALUES (1)");
                postgres.dropDatabase("clone");
                assertThat(connection.isValid(5)).as("dropping disconnects").isFalse();
            }
            postgres.dropDatabase("clone");
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> postgres.createDatabase("Model-1"))
                    .withMessageContaining("create database Model-1")
                    .withMessageContaining("already exists");
            postgres.ensureDatabase("Model-1");
            postgres.ensureDatabase("other");
            assertThat(ask(postgres, "SELECT string_agg(datname, ' ' ORDER BY oid) FROM pg_database WHERE oid > 16000"))
                    .isEqualTo("Model-1 other");

            postgres.stop();
            assertThatExceptionOfType(EmbeddedPostgresException.class)
                    .isThrownBy(() -> postgres.ensureDatabase("other"))
                    .withMessageContaining("look for database other");
        }
    }

    private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.dataSource("postgres").getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void run(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.dataSource("postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
