package dev.tasker.testkit.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.AuditConfig;
import dev.tasker.engine.Doctor;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What nodes find in the background: told once, counted, left alone. */
@ExtendWith(DatabaseExtension.class)
class PatrolTest {
    private static final String WALK = "SELECT walk FROM tasker.audit_pass(500, 2500) WHERE kind = 3";
    private static final AuditConfig OFTEN = new AuditConfig(true, Duration.ofMillis(5), 1);

    @Test
    void faultIsCountedOnceAndLeftAlone(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withAudit(OFTEN))) {
            Stage stage = Stage.reach(node, Stage.At.WAITING);
            long walks = node.engine().metrics().auditWalks();
            Eventually.get("a walk", () -> node.engine().metrics().auditWalks(), count -> count > walks);
            assertThat(node.engine().metrics().auditFindings()).isZero();

            database.execute("UPDATE tasker.tasks SET active_steps = 3 WHERE task_uuid = '" + stage.task() + "'");
            Eventually.equals("findings", 1L, () -> node.engine().metrics().auditFindings());
            assertThat(node.engine().metrics().auditedTasks()).isPositive();
            long later = node.engine().metrics().auditWalks();
            for (int walk = 1; walk <= 2; walk++) {
                database.execute(
                        "UPDATE tasker.tasks SET updated_at = updated_at WHERE task_uuid = '" + stage.task() + "'");
                long seen = later + walk - 1;
                Eventually.get("another walk", () -> node.engine().metrics().auditWalks(), count -> count > seen);
            }

            assertThat(node.engine().metrics().auditFindings()).as("each once").isEqualTo(1);
            assertThat(database.query("SELECT active_steps FROM tasker.tasks WHERE task_uuid = ?", stage.task()))
                    .containsExactly("3");
            assertThat(new Doctor(database.dataSource())
                            .run(DoctorOptions.DEFAULT.withRepair(true))
                            .isHealthy())
                    .isTrue();
            stage.finish();
        }
    }

    @Test
    void identityWithoutATaskIsCounted(TestDatabase database) {
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withAudit(OFTEN))) {
            database.execute("INSERT INTO tasker.task_identities VALUES ('\\x00', gen_random_uuid()), ('\\x01',"
                    + " gen_random_uuid())");
            try {
                Eventually.equals("findings", 2L, () -> node.engine().metrics().auditFindings());
            } finally {
                database.execute("DELETE FROM tasker.task_identities WHERE length(identity_hash) = 1");
            }
        }
    }

    @Test
    void walkRestsUntilSomethingIsWritten(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            Stage stage = Stage.reach(node, Stage.At.DONE);
            Eventually.equals("the walk", List.of("rests"), () -> database.query(WALK));

            database.execute(
                    "UPDATE tasker.tasks SET updated_at = updated_at WHERE task_uuid = '" + stage.task() + "'");

            Eventually.equals("the walk", List.of("goes on"), () -> database.query(WALK));
        }
    }

    @Test
    void oneNodeAtATimeWalks(TestDatabase database) throws Exception {
        try (Connection other = database.dataSource().getConnection();
                Statement pass = other.createStatement()) {
            other.setAutoCommit(false);
            pass.execute(WALK);

            assertThat(database.query(WALK)).containsExactly("taken");
            other.rollback();
        }
        assertThat(database.query(WALK)).doesNotContain("taken");
    }

    @Test
    void nodeThatIsToldSoDoesNotWalk(TestDatabase database) {
        try (TestNode node =
                TestNode.open(database, TestNode.CONFIG.withAudit(new AuditConfig(false, Duration.ofMillis(1), 1)))) {
            Stage.reach(node, Stage.At.DONE);

            assertThat(node.engine().metrics().auditedTasks()).isZero();
        }
    }

    @Test
    void sharesAndIntervalsHaveBounds() {
        assertThatThrownBy(() -> new AuditConfig(true, Duration.ZERO, 1))
                .hasMessage("audit.interval: PT0S (expected: >= PT0.001S)");
        assertThatThrownBy(() -> new AuditConfig(true, Duration.ofSeconds(1), 0))
                .hasMessage("audit.share: 0.0 (expected: more than 0, at most 1)");
        assertThatThrownBy(() -> new AuditConfig(true, Duration.ofSeconds(1), 1.1))
                .hasMessage("audit.share: 1.1 (expected: more than 0, at most 1)");
    }
}
