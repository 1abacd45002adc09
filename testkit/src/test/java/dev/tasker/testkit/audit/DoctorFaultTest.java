package dev.tasker.testkit.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.AuditCode;
import dev.tasker.engine.Doctor;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.engine.DoctorOptions.Speed;
import dev.tasker.engine.DoctorReport;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Doctors that are killed, that meet, or whose database goes away. */
@ExtendWith(DatabaseExtension.class)
class DoctorFaultTest {
    private static final DoctorOptions MEND =
            DoctorOptions.DEFAULT.withSpeed(Speed.FULL).withRepair(true);

    private static final String WITHHOLD = """
        UPDATE tasker.workflow_steps SET state = 0, version = 0 WHERE task_uuid = :task AND step_index = 0;
        DELETE FROM tasker.step_history WHERE task_uuid = :task;
        DELETE FROM tasker.ready_steps WHERE task_uuid = :task;
        UPDATE tasker.tasks SET state = 6, active_steps = 0, version = 2 WHERE task_uuid = :task;
        INSERT INTO tasker.task_changes VALUES (:task, 2, 3, 6, 0, now())
        """;

    /** All rows of a task, with the places they stand at: what was rolled back stands where it stood. */
    private static final List<String> TABLES =
            List.of("tasks", "workflow_steps", "task_history", "step_history", "ready_steps", "timers");

    private static Stage withheld(TestNode node, TestDatabase database) {
        Stage stage = Stage.reach(node, Stage.At.WAITING);
        database.execute(WITHHOLD.replace(":task", "'" + stage.task() + "'"));
        Stage.recountTotals(database);
        return stage;
    }

    private static List<String> rows(TestDatabase database, UUID task) {
        List<String> rows = new ArrayList<>();
        for (String table : TABLES) {
            rows.addAll(database.query(
                    "SELECT '" + table + "', row.ctid, row FROM tasker." + table
                            + " AS row WHERE task_uuid = ? ORDER BY 2",
                    task));
        }
        return rows;
    }

    @AfterEach
    void recountTotals(TestDatabase database) { // which know nothing of rows changed by hand
        Stage.recountTotals(database);
    }

    @ParameterizedTest
    @CsvSource({"step_history", "ready_steps", "task_history"})
    void repairKilledInTheMiddleLeavesNothingHalfDone(String blockedAt, TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            Stage stage = withheld(node, database);
            List<String> before = rows(database, stage.task());
            CompletableFuture<DoctorReport> killed;
            try (Connection other = database.dataSource().getConnection();
                    Statement lock = other.createStatement()) {
                other.setAutoCommit(false);
                lock.execute("LOCK TABLE tasker." + blockedAt + " IN SHARE MODE");
                killed = run(new Doctor(database.dataSource()), DoctorOptions.ofTask(stage.task(), true));
                Eventually.get(
                        "the repair to be stopped at the lock",
                        () -> database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE wait_event_type = 'Lock' AND query LIKE '%examine_task%'"
                                + " AND datname = current_database()"),
                        List.of("t")::equals);
                assertThat(killed.get(10, TimeUnit.SECONDS).broken()).isNotNull();
                other.rollback();
            }
            assertThat(rows(database, stage.task())).isEqualTo(before);

            DoctorReport again = new Doctor(database.dataSource()).run(MEND);
            assertThat(again.found()).isPositive();
            assertThat(again.isHealthy()).isTrue();
            stage.finish();
        }
    }

    @Test
    void twoRepairsAtOnceMendOnce(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            Stage stage = withheld(node, database);
            CompletableFuture<DoctorReport> one;
            CompletableFuture<DoctorReport> two;
            try (Connection other = database.dataSource().getConnection();
                    Statement lock = other.createStatement()) {
                other.setAutoCommit(false);
                lock.execute("SELECT 1 FROM tasker.tasks WHERE task_uuid = '" + stage.task() + "' FOR UPDATE");
                one = run(new Doctor(database.dataSource()), MEND);
                two = run(new Doctor(database.dataSource()), MEND);
                Eventually.equals(
                        "both to wait for the task",
                        List.of("2"),
                        () -> database.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND query LIKE '%examine_task%' AND datname = current_database()"));
                other.rollback();
            }

            DoctorReport first = one.get(10, TimeUnit.SECONDS);
            DoctorReport second = two.get(10, TimeUnit.SECONDS);
            assertThat(first.isHealthy() && second.isHealthy()).isTrue();
            assertThat(List.of(first.found(), second.found()))
                    .as("one came first")
                    .contains(0L);
            assertThat(first.passing() + second.passing())
                    .as("the other found it mended")
                    .isEqualTo(1);
            assertThat(database.query(
                            "SELECT count(*), min(detail) FROM tasker.step_history WHERE task_uuid = ?", stage.task()))
                    .containsExactly("1 doctor: withheld_step");
            assertThat(database.query(
                            "SELECT detail FROM tasker.task_history WHERE task_uuid = ? ORDER BY sort_key DESC LIMIT 1",
                            stage.task()))
                    .containsExactly("doctor: task_state");
            stage.finish();
        }
    }

    @Test
    void twoRepairsAtOnceAddWhatTotalsLackOnce(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            Stage.reach(node, Stage.At.DONE);
            List<String> right = totals(database);
            database.execute(
                    "INSERT INTO tasker.rollup_totals AS total SELECT template_id, -1, 8, 5 FROM tasker.tasks LIMIT 1"
                            + " ON CONFLICT (template_id, template_step, state) DO UPDATE SET entities = total.entities"
                            + " + 5");
            CompletableFuture<DoctorReport> one;
            CompletableFuture<DoctorReport> two;
            try (Connection other = database.dataSource().getConnection();
                    Statement lock = other.createStatement()) {
                other.setAutoCommit(false);
                lock.execute("SELECT 1 FROM tasker.rollup_progress FOR UPDATE"); // as a fold has it
                one = run(new Doctor(database.dataSource()), MEND);
                two = run(new Doctor(database.dataSource()), MEND);
                Eventually.equals(
                        "both to wait for the fold",
                        List.of("2"),
                        () -> database.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND query LIKE '%examine_totals%' AND datname = current_database()"));
                other.rollback();
            }

            assertThat(one.get(10, TimeUnit.SECONDS).found()
                            + two.get(10, TimeUnit.SECONDS).found())
                    .as("one came first")
                    .isEqualTo(1);
            assertThat(totals(database)).isEqualTo(right);
        }
    }

    private static List<String> totals(TestDatabase database) {
        return database.query("SELECT template_id, template_step, state, entities FROM tasker.state_totals"
                + " WHERE entities <> 0 ORDER BY 1, 2, 3");
    }

    @Test
    void historyAheadOfItsRowIsNotWrittenOver(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            Stage stage = withheld(node, database);
            database.execute("INSERT INTO tasker.step_changes VALUES ('" + stage.task() + "', 0, 1, 0, 1, 0, now())");
            Stage.recountTotals(database);

            DoctorReport report = new Doctor(database.dataSource()).run(MEND);

            assertThat(report.findings())
                    .filteredOn(finding ->
                            finding.code() == AuditCode.WITHHELD_STEP || finding.code() == AuditCode.STEP_HISTORY)
                    .hasSize(2)
                    .noneMatch(dev.tasker.engine.AuditFinding::repaired);
            database.execute("DELETE FROM tasker.step_history WHERE task_uuid = '" + stage.task() + "'");
            assertThat(new Doctor(database.dataSource()).run(MEND).isHealthy()).isTrue();
            stage.finish();
        }
    }

    @Test
    void waitingQueuesWithoutWorkersAreNoted(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            Stage stage = Stage.reach(node, Stage.At.WAITING);
            Doctor doctor = new Doctor(database.dataSource());

            assertThat(doctor.run(MEND).unattended()).contains(node.namespace() + "/a");
            assertThat(doctor.run(MEND).isHealthy()).isTrue();
            try (var _ = node.worker(0, "a")) {
                assertThat(doctor.run(MEND).unattended()).doesNotContain(node.namespace() + "/a");
            }
            stage.finish();
        }
    }

    @Test
    void databaseThatGoesAwayEndsTheReportEarly(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            Stage stage = Stage.reach(node, Stage.At.DONE);
            FaultyDataSource source = new FaultyDataSource(database.dataSource());
            try (Fault lost = source.on("audit_timers", Fault.Kind.LOSE_REQUEST)) {
                DoctorReport report = new Doctor(source).run(MEND);

                assertThat(lost.hasStruck()).isTrue();
                assertThat(report.tasks()).isPositive();
                assertThat(report.broken()).isNotNull();
                assertThat(report.isHealthy()).isFalse();
            }
            source.goAway();
            assertThat(new Doctor(source)
                            .run(DoctorOptions.ofTask(stage.task(), false))
                            .broken())
                    .isNotNull();
        }
    }

    @Test
    void rangesAreRefusedWhenEmpty() {
        assertThatThrownBy(() -> new DoctorOptions(DoctorOptions.LAST, DoctorOptions.FIRST, false, Speed.FULL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("until: 00000000-0000-0000-0000-000000000000 (expected: more than from");
    }

    private static CompletableFuture<DoctorReport> run(Doctor doctor, DoctorOptions options) {
        CompletableFuture<DoctorReport> report = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                report.complete(doctor.run(options));
            } catch (InterruptedException | RuntimeException e) {
                report.completeExceptionally(e);
            }
        });
        return report;
    }
}
