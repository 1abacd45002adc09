package dev.tasker.testkit.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.AuditConfig;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Doctor;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.engine.DoctorOptions.Speed;
import dev.tasker.engine.DoctorReport;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Doctors at full speed, with repairs allowed, beside two nodes that create, complete, retry, expire and cancel: nothing is found. */
@ExtendWith(DatabaseExtension.class)
class DoctorBesideLoadTest {
    private static final int TASKS = 600;
    private static final int RUNS_MIN = 20;
    private static final EngineConfig CONFIG = EngineConfig.DEFAULT
            .withLeases(new LeaseConfig(Duration.ofMillis(300), Duration.ofMillis(100), Duration.ZERO))
            .withAudit(new AuditConfig(true, Duration.ofMillis(5), 1));
    private static final String OPEN = "SELECT count(*) FROM tasker.tasks WHERE state < 8";
    private static final String RUNNING =
            "SELECT task_uuid FROM tasker.tasks WHERE state < 8 ORDER BY random() LIMIT 1";

    @Test
    void healthyDatabaseIsFoundHealthy(TestDatabase database) throws Exception {
        Doctor doctor = new Doctor(database.dataSource());
        try (Crew crew = new Crew(11);
                Engine one = Engine.open(database.dataSource(), CONFIG);
                Engine two = Engine.open(database.dataSource(), CONFIG)) {
            Workload.register(one);
            Session session = crew.join(one, 8);
            Session other = crew.join(two, 8);
            Thread creator = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < TASKS; i++) {
                    Workload.create(i % 2 == 0 ? one : two, i);
                }
            });
            int runs = 0;
            long tasks = 0;
            while (runs < RUNS_MIN || creator.isAlive() || !database.query(OPEN).equals(List.of("0"))) {
                disturb(database, one, runs);
                DoctorReport report =
                        doctor.run(DoctorOptions.DEFAULT.withSpeed(Speed.FULL).withRepair(runs % 2 == 0));
                assertThat(report.findings()).isEmpty();
                assertThat(report.passing()).isZero();
                tasks += report.tasks();
                runs++;
            }
            creator.join();
            assertThat(tasks).isPositive();
            assertThat(one.metrics().auditFindings() + two.metrics().auditFindings())
                    .isZero();
            session.close();
            other.close();
        }
    }

    /** Takes steps and falls silent, or cancels a task. */
    private static void disturb(TestDatabase database, Engine engine, int run) {
        if (run % 3 == 0) {
            HandDrivenWorker mute = HandDrivenWorker.open(
                    engine, new SessionRequest("mute", List.of(new HandlerKey("proof", HandlerKey.ANY)), false));
            mute.grant(3);
            if (run % 2 == 0) {
                mute.close();
            }
            return;
        }
        for (String task : database.query(RUNNING)) {
            HandDrivenWorker.answer(engine.cancel(List.of(UUID.fromString(task)), Cancellation.UNEXPLAINED));
        }
    }
}
