package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.AuditCode;
import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.DoctorReport;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorCommandTest {
    private static final String TASK = "0198c0de-0000-7000-8000-000000000000";

    @TempDir
    Path folder;

    @Test
    void databaseIsLookedAtAndMended() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder.resolve("pg")))) {
            postgres.createDatabase("orders");
            String config = config(postgres.user(), postgres.password(), "127.0.0.1:" + postgres.port() + "/orders");

            Execution unmigrated = Execution.of("doctor", "--config", config);
            assertThat(unmigrated.exitCode()).isEqualTo(3);
            assertThat(unmigrated.err())
                    .startsWith("tasker: The schema of the database")
                    .contains("tasker migrate");

            assertThat(Execution.of("migrate", "--config", config).exitCode()).isZero();
            Execution empty = Execution.of("doctor", "--config", config);
            assertThat(empty.exitCode()).as(empty.err()).isZero();
            assertThat(empty.out()).startsWith("Healthy: 0 tasks with 0 steps recounted in ");
            assertThat(empty.err()).isEmpty();

            execute(postgres, "INSERT INTO tasker.timers VALUES ('2030-01-01Z', '" + TASK + "', 2)");
            Execution found = Execution.of("doctor", "--speed", "full", "--config", config);
            assertThat(found.exitCode()).isEqualTo(1);
            assertThat(found.out())
                    .startsWith("Not healthy: 0 tasks with 0 steps")
                    .contains(
                            "1 findings, 0 repaired\n\nstray_timer  task " + TASK + ", step 2\n  expected  a step that")
                    .contains("  found     no step\n  --repair  removed\n");

            JsonNode json = JsonMapper.shared()
                    .readTree(
                            Execution.of("doctor", "--json", "--config", config).out());
            assertThat(json.path("healthy").booleanValue()).isFalse();
            assertThat(json.path("complete").booleanValue()).isTrue();
            assertThat(json.path("found").intValue()).isEqualTo(1);
            JsonNode finding = json.path("findings").path(0);
            assertThat(finding.path("code").stringValue()).isEqualTo("stray_timer");
            assertThat(finding.path("task_uuid").stringValue()).isEqualTo(TASK);
            assertThat(finding.path("step_index").intValue()).isEqualTo(2);
            assertThat(finding.path("repaired").booleanValue()).isFalse();
            assertThat(finding.path("repair").stringValue()).isEqualTo("removed");

            Execution repaired = Execution.of("doctor", "--repair", "--config", config);
            assertThat(repaired.exitCode()).isZero();
            assertThat(repaired.out()).contains("1 findings, 1 repaired").contains("  repaired  removed\n");
            assertThat(Execution.of("doctor", "--config", config).out()).contains("; 0 findings");

            execute(postgres, "SELECT tasker.create_period('2025-08-01Z', '2025-09-01Z')");
            execute(postgres, "INSERT INTO tasker.task_changes VALUES ('" + TASK + "', 1, 0, 3, 0, now())");
            Execution orphan = Execution.of("doctor", "--task", TASK, "--repair", "--config", config);
            assertThat(orphan.exitCode()).isEqualTo(1);
            assertThat(orphan.out()).contains("orphan  task " + TASK + "\n").contains("  to do     rows of a task");
            assertThat(Execution.of("doctor", "--to", TASK, "--config", config).exitCode())
                    .isZero();

            Execution unknown =
                    Execution.of("doctor", "--task", UUID.randomUUID().toString(), "--config", config);
            assertThat(unknown.exitCode()).isEqualTo(6);
            assertThat(unknown.err()).endsWith(" does not exist.\n");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --task nonsense                        | nonsense
        --from x                               | x
        --speed fast                           | --speed: fast (expected: gentle or full)
        --to 00000000-0000-0000-0000-000000000000 | (expected: more than --from
        --task 0198c0de-0000-7000-8000-000000000000 --to 0198c0de-0000-7000-8000-000000000000 | --task: cannot be combined
        --cure                                 | --cure
        """)
    void garbageIsAUsageError(String arguments, String message) {
        Execution doctor = Execution.of(("doctor " + arguments).split(" ", -1));

        assertThat(doctor.exitCode()).isEqualTo(2);
        assertThat(doctor.err()).contains(message);
    }

    @Test
    void withoutADatabaseItSaysSo() throws IOException {
        Path nothing = Files.writeString(folder.resolve("none.toml"), "");
        Path broken = Files.writeString(folder.resolve("broken.toml"), "common.databse.url = 'x'");

        assertThat(Execution.of("doctor", "--config", nothing.toString()).exitCode())
                .isEqualTo(3);
        assertThat(Execution.of("doctor", "--config", broken.toString()).exitCode())
                .isEqualTo(3);
        Execution away = Execution.of("doctor", "--config", config("u", "p", "127.0.0.1:1/nowhere"));
        assertThat(away.exitCode()).isEqualTo(4);
        assertThat(away.err()).startsWith("tasker: The database ").contains("cannot be reached");
    }

    @Test
    void longReportsEndAndNoteWhoIsMissing() {
        AuditFinding finding = new AuditFinding(AuditCode.TORN_LEASE_LOG, null, null, 7, "a", "b", false);
        DoctorReport report = new DoctorReport(
                1_234, 5, Duration.ofSeconds(2), List.of(finding), 9, 0, 1, List.of("shop/pay"), "gone");

        assertThat(new DoctorText(report, true).table())
                .startsWith("Not healthy: 1,234 tasks with 5 steps recounted in 2.0 s; 9 findings, 0 repaired\n")
                .contains("torn_lease_log  session 7\n", "  to do     end the session", "… and 8 more\n")
                .endsWith("steps wait for workers that are not there:\n  shop/pay\n");
        assertThat(new DoctorText(report, true).json())
                .contains("\"complete\":false", "\"passing\":1", "\"unattended\":[\"shop/pay\"]", "\"task_uuid\":null");
    }

    private String config(String user, String password, String database) throws IOException {
        return Files.writeString(folder.resolve("tasker.toml"), """
            [common.database]
            url = "postgresql://%s:%s@%s"
            """.formatted(user, password, database))
                .toString();
    }

    private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl("orders"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
