package dev.tasker.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.LockHolder;
import dev.tasker.engine.LockPatience;
import dev.tasker.engine.Migration;
import dev.tasker.engine.MigrationException;
import dev.tasker.engine.MigrationException.Reason;
import dev.tasker.engine.MigrationListener;
import dev.tasker.engine.Migrations;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Migrations of a database in use: what they announce, whom they wait for, what they refuse. */
@ExtendWith(DatabaseExtension.class)
class MigrationsTest {
    private static final Path FOLDER = Path.of(
            System.getProperty("tasker.repository", ".."), "engine/src/main/resources/dev/tasker/engine/migrations");
    private static final String VIEWS = "R__8_views.sql";

    private final TestDatabase database;
    private final Migrations migrations;

    MigrationsTest(TestDatabase database) {
        this.database = database;
        this.migrations = new Migrations(
                database.dataSource(), new LockPatience(Duration.ofMillis(400), 2, Duration.ofMillis(10)));
    }

    @AfterEach
    void restore() {
        database.execute("DELETE FROM tasker.schema_history WHERE script IN ('R__x_newer.sql', 'V99__newer.sql')");
        database.execute("UPDATE tasker.schema_history SET success = true");
        assertThat(migrations.migrate()).isNotNegative();
    }

    @Test
    void everyFileAnnouncesItsLocksAndCost() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> scripts =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(migrations.status()).extracting(Migration::script).containsExactlyInAnyOrderElementsOf(scripts);
        }
        assertThat(migrations.status()).allSatisfy(migration -> {
            assertThat(migration.locks())
                    .as("the line `-- Locks: …` among the first comments of %s", migration.script())
                    .isNotEqualTo("unknown");
            assertThat(migration.cost())
                    .as("the line `-- Cost: …` among the first comments of %s", migration.script())
                    .isNotEqualTo("unknown");
        });
    }

    @Test
    void changedFileIsListedAndRunsAgain() {
        change(VIEWS);
        assertThat(migrations.isCurrent()).isFalse();
        assertThat(migrations.status())
                .filteredOn(migration -> migration.state() == Migration.State.CHANGED)
                .extracting(Migration::script)
                .containsExactly(VIEWS);
        assertThat(migrations.pending()).extracting(Migration::script).containsExactly(VIEWS);
        List<String> begun = new ArrayList<>();
        assertThat(migrations.migrate(new MigrationListener() {
                    @Override
                    public void begins(Migration migration) {
                        begun.add(migration.script() + ": " + migration.locks());
                    }
                }))
                .isEqualTo(1);
        assertThat(begun).singleElement().asString().startsWith(VIEWS + ": ACCESS EXCLUSIVE");
        assertThat(migrations.isCurrent()).isTrue();
        assertThat(migrations.status()).hasSize((int)
                migrations.status().stream().map(Migration::script).distinct().count());
    }

    @Test
    void migrationStepsAsideForAnOpenReaderAndComesBack() throws SQLException {
        change(VIEWS);
        List<LockHolder> holders = new ArrayList<>();
        try (Connection reader = reader()) {
            int applied = migrations.migrate(new MigrationListener() {
                @Override
                public void waits(List<LockHolder> found, Duration pause) {
                    holders.addAll(found);
                    try {
                        reader.rollback();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            assertThat(applied).isEqualTo(1);
        }
        assertThat(holders).singleElement().satisfies(holder -> {
            assertThat(holder.application()).isEqualTo("nightly report");
            assertThat(holder.state()).isEqualTo("idle in transaction");
            assertThat(holder.query()).contains("task_transitions");
            assertThat(holder.transactionAge()).isNotNull();
        });
    }

    @Test
    void migrationThatGetsNoLockSaysWhoHoldsIt() throws SQLException {
        change(VIEWS);
        try (Connection reader = reader()) {
            refused(Reason.LOCKED, VIEWS, "nightly report", "idle in transaction", "Nothing of it was done");
            reader.rollback();
        }
        assertThat(migrations.isCurrent()).isFalse();
    }

    @Test
    void databaseOfANewerVersionIsLeftAlone() {
        database.execute("INSERT INTO tasker.schema_history SELECT 1 + max(installed_rank), '99', 'newer', 'SQL',"
                + " 'V99__newer.sql', 1, 'me', now(), 1, true FROM tasker.schema_history");
        change(VIEWS);
        assertThat(migrations.isCurrent()).isFalse();
        refused(Reason.AHEAD, "V99__newer.sql", "newer Tasker");
        assertThatThrownBy(migrations::pending).isInstanceOf(MigrationException.class);
    }

    @Test
    void repeatableOfANewerVersionCountsToo() {
        database.execute("INSERT INTO tasker.schema_history SELECT 1 + max(installed_rank), NULL, 'x newer', 'SQL',"
                + " 'R__x_newer.sql', 1, 'me', now(), 1, true FROM tasker.schema_history");
        refused(Reason.AHEAD, "R__x_newer.sql");
    }

    @Test
    void rewrittenTablesAreRefused() {
        List<String> checksum = database.query("SELECT checksum FROM tasker.schema_history WHERE version = '1'");
        change("V1__core.sql");
        try {
            refused(Reason.REWRITTEN, "V1__core.sql", "another version");
        } finally {
            database.execute(
                    "UPDATE tasker.schema_history SET checksum = " + checksum.getFirst() + " WHERE version = '1'");
        }
    }

    @Test
    void halfDoneMigrationWaitsForAPerson() {
        database.execute("UPDATE tasker.schema_history SET success = false WHERE version = '1'");
        refused(Reason.HALF_DONE, "V1__core.sql", "delete its row");
    }

    @Test
    void failedMigrationIsUndoneAndNamed() {
        String name = "taken_" + System.nanoTime();
        database.server().createDatabase(name);
        Migrations fresh = new Migrations(database.server().dataSource(name));
        try (Connection connection = database.server().dataSource(name).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA tasker; CREATE TABLE tasker.timers (mine integer)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        assertThatThrownBy(fresh::migrate)
                .isInstanceOfSatisfying(
                        MigrationException.class,
                        failure -> assertThat(failure.reason()).isNotEqualTo(Reason.LOCKED));
        assertThat(fresh.isCurrent()).isFalse();
    }

    private void refused(Reason reason, String... words) {
        assertThatThrownBy(migrations::migrate)
                .isInstanceOfSatisfying(
                        MigrationException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .hasMessageContainingAll(words);
    }

    /** As if another version had been applied. */
    private void change(String script) {
        database.execute("UPDATE tasker.schema_history SET checksum = 1 WHERE script = '" + script + "'");
    }

    private Connection reader() throws SQLException {
        Connection reader = database.dataSource().getConnection();
        reader.setAutoCommit(false);
        try (Statement statement = reader.createStatement()) {
            statement.execute("SET application_name = 'nightly report'");
            statement.execute("SELECT count(*) FROM tasker.task_transitions");
        }
        return reader;
    }
}
