package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MigrateCommandTest {
    @TempDir
    private static Path server;

    private static EmbeddedPostgres postgres;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(server.resolve("pg")));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @Test
    void emptyDatabaseIsMigratedOnce() throws IOException {
        String config = database("orders");

        Execution before = run("--status", config);
        Execution first = run(config);
        Execution second = run(config);
        Execution after = run("--status", config);

        assertThat(before.exitCode()).as(before.err()).isZero();
        assertThat(before.out()).startsWith("pending   V1  core\n").contains("locks: none that anybody waits for");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out())
                .startsWith("Applying  V1  core\n              locks: ")
                .containsPattern("Applied [1-9]\\d* migrations to jdbc:postgresql://127.0.0.1:\\d+/orders\\.\n");
        assertThat(second.out()).startsWith("Applied 0 migrations to ");
        assertThat(after.out()).startsWith("applied   V1  core\n").doesNotContain("pending");
    }

    @Test
    void dryRunListsInOrderAndWritesNothing() throws Exception {
        String config = database("dry");

        Execution dry = run("--dry-run", config);

        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out()).startsWith("pending   V1  core\n").contains("\npending   R   1 states\n", "cost:  ");
        assertThat(text("dry", "SELECT count(*) FROM pg_namespace WHERE nspname = 'tasker'"))
                .isEqualTo("0");
        run(config);
        assertThat(run("--dry-run", config).out()).isEqualTo("Nothing to do.\n");
    }

    @Test
    void jsonIsOneDocument() throws IOException {
        String config = database("machine");

        JsonNode pending =
                JsonMapper.shared().readTree(run("--dry-run", "--json", config).out());
        JsonNode applied = JsonMapper.shared().readTree(run("--json", config).out());
        JsonNode status =
                JsonMapper.shared().readTree(run("--status", "--json", config).out());

        assertThat(pending.get("pending").get(0).get("script").asString()).isEqualTo("V1__core.sql");
        assertThat(pending.get("pending").get(0).get("state").asString()).isEqualTo("pending");
        assertThat(applied.get("applied").asInt())
                .isEqualTo(pending.get("pending").size());
        assertThat(status.get("migrations").size())
                .isEqualTo(pending.get("pending").size());
        assertThat(status.get("migrations").get(0).get("locks").asString()).isNotBlank();
    }

    @Test
    void twoAtOnceBothEndWell() throws Exception {
        String config = database("twice");
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Callable<Execution>> both = List.of(() -> run(config), () -> run(config));
            for (Future<Execution> one : threads.invokeAll(both)) {
                assertThat(one.get().exitCode()).as(one.get().err()).isZero();
            }
        }
    }

    @Test
    void databaseOfANewerVersionIsAConflict() throws Exception {
        String config = database("newer");
        run(config);
        text(
                "newer",
                "INSERT INTO tasker.schema_history SELECT 1 + max(installed_rank), '99', 'newer', 'SQL',"
                        + " 'V99__newer.sql', 1, 'me', now(), 1, true FROM tasker.schema_history RETURNING version");

        Execution refused = run(config);

        assertThat(refused.exitCode()).isEqualTo(7);
        assertThat(refused.err())
                .startsWith("tasker: V99__newer.sql is in the database and unknown to this version")
                .hasLineCount(1);
        assertThat(run("--status", config).out()).contains("unknown   V99 newer");
    }

    @Test
    void whatIsWrongWithTheConnectionHasAnExitCodeOfItsOwn() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        Execution unreachable = run(config("me:hunter2@127.0.0.1:" + nobody + "/orders"));
        Execution wrongPassword = run(config(postgres.user() + ":hunter2@127.0.0.1:" + postgres.port() + "/postgres"));
        Execution missing =
                run(config(postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port() + "/nowhere"));

        assertThat(unreachable.exitCode()).as(unreachable.err()).isEqualTo(4);
        assertThat(wrongPassword.exitCode()).as(wrongPassword.err()).isEqualTo(5);
        assertThat(missing.exitCode()).as(missing.err()).isEqualTo(6);
        assertThat(List.of(unreachable, wrongPassword, missing))
                .allSatisfy(refused -> assertThat(refused.err()).hasLineCount(1).doesNotContain("hunter2"));
    }

    @Test
    void userWithoutPrivilegesIsToldWhoMayMigrate() throws Exception {
        database("foreign");
        text("foreign", "DO $$ BEGIN CREATE ROLE visitor LOGIN PASSWORD 'v'; END $$; SELECT 1");

        Execution refused = run(config("visitor:v@127.0.0.1:" + postgres.port() + "/foreign"));

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(5);
        assertThat(refused.err()).contains("migrate as the owner of the schema").hasLineCount(1);
    }

    @Test
    void rolesScriptNeedsNoDatabase() {
        Execution roles = Execution.of("migrate", "--print-roles");

        assertThat(roles.exitCode()).isZero();
        assertThat(roles.out()).startsWith("-- Three roles for Tasker").contains("tasker_service");
    }

    @Test
    void embeddedDatabaseNeedsNoMigration() throws IOException {
        Path config = Files.writeString(folder.resolve("tasker.toml"), "");

        Execution migrate = Execution.of("migrate", "--config", config.toString());

        assertThat(migrate.exitCode()).isEqualTo(3);
        assertThat(migrate.err())
                .isEqualTo("tasker: No database is configured: set DATABASE_URL or common.database.url"
                        + " (an embedded PostgreSQL migrates itself).\n");
    }

    private String database(String name) throws IOException {
        postgres.createDatabase(name);
        return config(postgres.user() + ":" + postgres.password() + "@127.0.0.1:" + postgres.port() + "/" + name);
    }

    private String config(String url) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "tasker", ".toml"), """
            [common.database]
            url = "postgresql://%s"
            """.formatted(url))
                .toString();
    }

    /** The command with these words, of which the last is the configuration file. */
    private static Execution run(String... words) {
        String[] arguments = new String[words.length + 2];
        arguments[0] = "migrate";
        System.arraycopy(words, 0, arguments, 1, words.length - 1);
        arguments[words.length] = "--config";
        arguments[words.length + 1] = words[words.length - 1];
        return Execution.of(arguments);
    }

    private static String text(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(database));
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (!rows) {
                rows = statement.getMoreResults();
            }
            statement.getResultSet().next();
            return statement.getResultSet().getString(1);
        }
    }
}
