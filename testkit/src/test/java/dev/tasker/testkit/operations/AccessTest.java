package dev.tasker.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.MigrationException;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.RetentionConfig;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** The roles of least privilege: what each may do, and what not. */
@ExtendWith(DatabaseExtension.class)
class AccessTest {
    private static final String NOT_PERMITTED = "42501";
    private static final EngineConfig KEEPING =
            TestNode.CONFIG.withRetention(RetentionConfig.DEFAULT.withKeep(Duration.ofDays(31)));

    private final TestDatabase database;

    AccessTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void makeRoles() {
        database.execute(Migrations.rolesScript());
        for (String role : List.of("tasker_owner", "tasker_service", "tasker_reader")) {
            database.execute("ALTER ROLE " + role + " PASSWORD 'secret'");
        }
    }

    @Test
    void serviceRunsEverythingAServerDoes() {
        PGSimpleDataSource service = as("tasker_service");
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, service, service, EngineListener.NONE)) {
            new WholeWorkflow(database, node).run();
        }
        long analysed = analysed();
        run(service, "SELECT tasker.analyze_hot_tables()");
        assertThat(analysed())
                .as("PostgreSQL only warns of what a role may not analyse")
                .isEqualTo(analysed + 1);
        run(service, "SELECT tasker.trim_domain_events(interval '1 day', 10)");
        assertThat(new Migrations(service).isCurrent()).as("verified at start").isTrue();
    }

    @Test
    void serviceThatMayActAsTheOwnerLetsPeriodsLeave() {
        database.execute("GRANT tasker_owner TO tasker_service WITH INHERIT FALSE, SET TRUE");
        PGSimpleDataSource service = as("tasker_service");
        try (TestNode node = TestNode.open(database, KEEPING, service, service, EngineListener.NONE)) {
            refused(service, "ALTER TABLE tasker.tasks ADD COLUMN mine integer");
            UUID task = finished(node);
            database.advance(Duration.ofDays(100));

            Eventually.equals("the pass", true, () -> node.engine().maintain());

            assertThat(node.engine().task(task)).isEmpty();
            assertThat(database.query("SELECT count(*) FROM tasker.task_periods WHERE retiring_since IS NOT NULL"))
                    .containsExactly("0");
        } finally {
            database.execute("REVOKE tasker_owner FROM tasker_service");
        }
    }

    @Test
    void serviceThatMayNotBeginsNoRetirement() {
        PGSimpleDataSource service = as("tasker_service");
        try (TestNode node = TestNode.open(database, KEEPING, service, service, EngineListener.NONE)) {
            UUID task = finished(node);
            database.advance(Duration.ofDays(100));

            Eventually.equals("the pass", true, () -> node.engine().maintain());

            assertThat(node.engine().task(task)).isPresent();
            assertThat(database.query("SELECT count(*) FROM tasker.task_periods WHERE retiring_since IS NOT NULL"))
                    .containsExactly("0");
        }
    }

    private static UUID finished(TestNode node) {
        UUID task = node.create(node.template("leaving", "a"));
        try (HandDrivenWorker worker = node.worker(1)) {
            worker.run("a");
        }
        return task;
    }

    @Test
    void serviceChangesNoSchemaAndRewritesNoHistory() {
        PGSimpleDataSource service = as("tasker_service");
        refused(service, "CREATE TABLE tasker.mine (id integer)");
        refused(service, "CREATE TEMPORARY TABLE mine (id integer)");
        refused(service, "CREATE SCHEMA mine");
        refused(service, "ALTER TABLE tasker.tasks ADD COLUMN mine integer");
        refused(service, "DROP TABLE tasker.tasks");
        refused(service, "TRUNCATE tasker.tasks");
        refused(
                service,
                "CREATE OR REPLACE FUNCTION tasker.engine_now() RETURNS timestamptz LANGUAGE sql RETURN now()");
        refused(service, "UPDATE tasker.step_history SET detail = NULL");
        refused(service, "DELETE FROM tasker.task_history");
        refused(service, "DELETE FROM tasker.schema_history");
        refused(service, "SELECT tasker.grant_service('tasker_reader')");
        refused(service, "SET ROLE tasker_owner");
    }

    @Test
    void readerSeesEveryViewAndNoTable() {
        PGSimpleDataSource reader = as("tasker_reader");
        List<String> views = relations("'v', 'm'");
        assertThat(views).isNotEmpty();
        for (String view : views) {
            run(reader, "SELECT * FROM tasker." + view + " LIMIT 1");
        }
        for (String table : relations("'r', 'p'")) {
            refused(reader, "SELECT FROM tasker." + table);
        }
        refused(reader, "SELECT tasker.retry_due(1)");
        refused(reader, "SELECT tasker.analyze_hot_tables()");
        refused(reader, "CREATE TEMPORARY TABLE mine (id integer)");
    }

    @Test
    void strangersSeeNothing() {
        database.execute("DROP ROLE IF EXISTS tasker_stranger");
        database.execute("CREATE ROLE tasker_stranger LOGIN PASSWORD 'secret'");
        refused(as("tasker_stranger"), "SELECT FROM tasker.task_transitions");
        refused(as("tasker_stranger"), "SELECT tasker.engine_now()");
    }

    @Test
    void ownerMigratesAndNewTablesAreGrantedByItself() {
        PGSimpleDataSource owner = as("tasker_owner");
        run(owner, "CREATE TABLE tasker.brand_new (id integer)");
        run(owner, "CREATE VIEW tasker.brand_new_view AS SELECT id FROM tasker.brand_new");
        try {
            refused(as("tasker_service"), "INSERT INTO tasker.brand_new VALUES (1)");
            run(owner, "UPDATE tasker.schema_history SET checksum = 1 WHERE script = 'R__9_audit.sql'");

            assertThat(new Migrations(owner).migrate()).isEqualTo(1);

            run(as("tasker_service"), "INSERT INTO tasker.brand_new VALUES (1)");
            run(as("tasker_reader"), "SELECT id FROM tasker.brand_new_view");
            refused(as("tasker_reader"), "SELECT id FROM tasker.brand_new");
        } finally {
            run(owner, "DROP TABLE tasker.brand_new CASCADE");
        }
    }

    @Test
    void serviceThatMigratesIsToldWhoMay() {
        database.execute("UPDATE tasker.schema_history SET checksum = 1 WHERE script = 'R__9_audit.sql'");
        assertThatThrownBy(() -> new Migrations(as("tasker_service")).migrate())
                .isInstanceOfSatisfying(
                        MigrationException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(MigrationException.Reason.NOT_PERMITTED))
                .hasMessageContaining("migrate as the owner of the schema");
        assertThat(new Migrations(as("tasker_owner")).migrate()).isEqualTo(1);
    }

    private long analysed() {
        return Long.parseLong(
                database.query("SELECT analyze_count FROM pg_stat_user_tables WHERE schemaname = 'tasker' AND relname ="
                                + " 'ready_steps'")
                        .getFirst());
    }

    private List<String> relations(String kinds) {
        return database.query(
                "SELECT relname FROM pg_class WHERE relnamespace = 'tasker'::regnamespace AND relkind IN (" + kinds
                        + ") ORDER BY relname");
    }

    private PGSimpleDataSource as(String role) {
        PGSimpleDataSource dataSource = database.server().dataSource(database.name());
        dataSource.setUser(role);
        dataSource.setPassword("secret");
        return dataSource;
    }

    private static void run(PGSimpleDataSource dataSource, String sql) {
        assertThatCode(() -> execute(dataSource, sql))
                .as("%s: %s", dataSource.getUser(), sql)
                .doesNotThrowAnyException();
    }

    private static void refused(PGSimpleDataSource dataSource, String sql) {
        assertThatThrownBy(() -> execute(dataSource, sql))
                .as("%s: %s", dataSource.getUser(), sql)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refusal -> assertThat(refusal.getSQLState()).isEqualTo(NOT_PERMITTED));
    }

    private static void execute(PGSimpleDataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
