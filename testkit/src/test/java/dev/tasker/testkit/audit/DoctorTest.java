package dev.tasker.testkit.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.AuditCode;
import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Doctor;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.engine.DoctorOptions.Speed;
import dev.tasker.engine.DoctorReport;
import dev.tasker.engine.TaskRequest;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of fault is planted, found, left alone, mended as far as it can be; then the task runs on to its end. */
@ExtendWith(DatabaseExtension.class)
class DoctorTest {
    private static final DoctorOptions LOOK = DoctorOptions.DEFAULT.withSpeed(Speed.FULL);
    private static final DoctorOptions MEND = LOOK.withRepair(true);

    static Stream<Plant> plants() {
        return Plant.all();
    }

    @AfterEach
    void recountTotals(TestDatabase database) { // which know nothing of rows changed by hand
        Stage.recountTotals(database);
    }

    @ParameterizedTest
    @MethodSource("plants")
    void plantedFaultIsFoundAndMended(Plant plant, TestDatabase database) throws Exception {
        Doctor doctor = new Doctor(database.dataSource());
        try (TestNode node = TestNode.open(database)) {
            Stage stage = Stage.reach(node, plant.at());
            assertThat(doctor.run(LOOK).findings()).as("before").isEmpty();
            database.execute(plant.sql().replace(":task", "'" + stage.task() + "'"));
            Stage.recountTotals(database);

            DoctorReport looked = doctor.run(LOOK);
            assertThat(looked.findings())
                    .as("of this task alone: %s", looked.findings())
                    .allSatisfy(finding -> assertThat(finding.task()).isEqualTo(stage.task()));
            AuditFinding finding = only(looked, plant);
            assertThat(finding.expected()).matches(plant.expected());
            assertThat(finding.found()).matches(plant.found());
            assertThat(looked.repaired()).isZero();
            assertThat(doctor.run(LOOK).findings())
                    .as("looking changes nothing")
                    .isEqualTo(looked.findings());

            DoctorReport mended = doctor.run(MEND);
            if (plant.end() == Plant.End.PERSON) {
                assertThat(only(mended, plant).repaired()).isFalse();
                assertThat(plant.code().hint()).isNotNull();
                remove(database, stage.task());
                return;
            }
            assertThat(mended.findings()).as("mended").allMatch(AuditFinding::repaired);
            assertThat(mended.isHealthy()).isTrue();
            assertThat(plant.code().repair()).isNotNull();
            assertThat(doctor.run(LOOK).findings()).as("afterwards").isEmpty();
            if (plant.end() == Plant.End.COMPLETES) {
                database.advance(Duration.ofSeconds(2));
                stage.finish();
            }
        }
    }

    private static AuditFinding only(DoctorReport report, Plant plant) {
        List<AuditFinding> matching = report.findings().stream()
                .filter(finding -> finding.code() == plant.code() && Objects.equals(finding.step(), plant.step()))
                .toList();
        assertThat(matching).as("%s in %s", plant, report.findings()).isNotEmpty();
        return matching.getFirst();
    }

    private static void remove(TestDatabase database, UUID task) {
        for (String table : List.of(
                "tasks",
                "task_requests",
                "task_identities",
                "tasks_dlq",
                "staleness_marks",
                "workflow_steps",
                "task_history",
                "step_history",
                "ready_steps",
                "timers",
                "batches",
                "domain_events")) {
            database.execute("DELETE FROM tasker." + table + " WHERE task_uuid = '" + task + "'");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        STRAY_LEASE_LOG | true  | a session             | 1 logs of none   | INSERT INTO tasker.session_leases VALUES (999998, 1, '{}', '{}')
        STRAY_HANDLERS  | true  | a session and a node  | 1 callables      | INSERT INTO tasker.session_handlers VALUES (999998, 'n', 'c', gen_random_uuid())
        TORN_LEASE_LOG  | false | as many steps as tasks | 0 tasks, 1 steps | INSERT INTO tasker.worker_sessions OVERRIDING SYSTEM VALUE VALUES (999998, gen_random_uuid(), gen_random_uuid(), 'w', false, '1 s', now(), now()); INSERT INTO tasker.session_leases VALUES (999998, 1, '{}', '{1}')
        """)
    void whatSessionsLeftBehindIsFound(
            AuditCode code, boolean repairable, String expected, String found, String sql, TestDatabase database)
            throws Exception {
        Doctor doctor = new Doctor(database.dataSource());
        database.execute(sql);
        try {
            assertThat(doctor.run(LOOK).findings())
                    .containsExactly(new AuditFinding(code, null, null, 999998, expected, found, false));
            assertThat(doctor.run(MEND).findings())
                    .containsExactly(new AuditFinding(code, null, null, 999998, expected, found, repairable));
            assertThat(doctor.run(LOOK).isHealthy()).isEqualTo(repairable);
        } finally {
            database.execute("DELETE FROM tasker.session_leases WHERE session_id = 999998");
        }
    }

    @Test
    void identityWithoutATaskIsRemovedAndItsRequestAcceptedAgain(TestDatabase database) throws Exception {
        Doctor doctor = new Doctor(database.dataSource());
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("lost", "a");
            TaskRequest request = template.request("{\"order\":1}");
            UUID lost = node.create(request);
            String hash = database.query(
                            "SELECT encode(identity_hash, 'hex') FROM tasker.task_identities WHERE task_uuid = ?", lost)
                    .getFirst();
            remove(database, lost);
            database.execute(
                    "INSERT INTO tasker.task_identities VALUES (decode('" + hash + "', 'hex'), '" + lost + "')");
            assertThat(HandDrivenWorker.answer(node.engine().create(request))).isEqualTo(new Creation.Duplicate(lost));

            assertThat(doctor.run(LOOK).findings())
                    .containsExactly(new AuditFinding(
                            AuditCode.IDENTITY_WITHOUT_TASK, lost, null, null, "a task", "none", false));
            assertThat(doctor.run(MEND).findings())
                    .containsExactly(new AuditFinding(
                            AuditCode.IDENTITY_WITHOUT_TASK, lost, null, null, "a task", "none", true));
            assertThat(doctor.run(LOOK).findings()).isEmpty();
            assertThat(HandDrivenWorker.answer(node.engine().create(request))).isInstanceOf(Creation.Created.class);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        -1 | 8 | 1 | \\d+ tasks of template \\d+ in complete
        -1 | 3 | 3 | 0 tasks of template \\d+ in steps_in_process
         0 | 6 | -1 | \\d+ steps of template \\d+, definition 0, in complete
        """)
    void wrongTotalIsCountedAgain(int definition, int state, int off, String expected, TestDatabase database)
            throws Exception {
        Doctor doctor = new Doctor(database.dataSource());
        try (TestNode node = TestNode.open(database)) {
            Stage stage = Stage.reach(node, Stage.At.DONE);
            assertThat(doctor.run(LOOK).findings()).isEmpty();
            database.execute("""
                INSERT INTO tasker.rollup_totals AS total
                SELECT template_id, %d, %d, %d FROM tasker.tasks WHERE task_uuid = '%s'
                ON CONFLICT (template_id, template_step, state) DO UPDATE SET entities = total.entities + excluded.entities
                """.formatted(definition, state, off, stage.task()));

            AuditFinding looked = single(doctor.run(LOOK));
            assertThat(looked.code()).isEqualTo(AuditCode.STATE_TOTAL);
            assertThat(looked.expected()).matches(expected);
            assertThat(looked.found()).matches("\\d+ in the totals");
            assertThat(single(doctor.run(LOOK))).as("looking changes nothing").isEqualTo(looked);

            assertThat(single(doctor.run(MEND)).repaired()).isTrue();
            assertThat(doctor.run(LOOK).findings()).isEmpty();
        }
    }

    private static AuditFinding single(DoctorReport report) {
        assertThat(report.findings()).hasSize(1);
        return report.findings().getFirst();
    }

    @Test
    void everyCodeIsPlanted() {
        Set<AuditCode> planted = Plant.all().map(Plant::code).collect(Collectors.toSet());
        planted.addAll(List.of(AuditCode.STRAY_LEASE_LOG, AuditCode.STRAY_HANDLERS, AuditCode.TORN_LEASE_LOG));
        planted.addAll(List.of(AuditCode.IDENTITY_WITHOUT_TASK, AuditCode.STATE_TOTAL));

        assertThat(planted).containsExactlyInAnyOrder(AuditCode.values());
        assertThat(Arrays.stream(AuditCode.values()).map(AuditCode::text).map(AuditCode::of))
                .containsExactly(AuditCode.values());
    }

    @Test
    void everyCodeIsExplained() throws IOException {
        String guide =
                Files.readString(Path.of(System.getProperty("tasker.repository"), "docs", "guides", "doctor.md"));

        assertThat(AuditCode.values()).allSatisfy(code -> assertThat(guide).contains("`" + code.text() + "`"));
    }
}
