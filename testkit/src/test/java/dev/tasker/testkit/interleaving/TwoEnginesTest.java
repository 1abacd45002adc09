package dev.tasker.testkit.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two engines on one database share the work and lose none of it, whatever becomes of one of them. */
@ExtendWith(DatabaseExtension.class)
class TwoEnginesTest {
    private static final int TASKS = 240;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final EngineConfig CONFIG = EngineConfig.DEFAULT.withLeases(
            new LeaseConfig(Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofMillis(200)));

    private static final String RESULTS_PER_ATTEMPT = """
        SELECT task_uuid, step_index, count(*) FROM tasker.step_history
        WHERE  cause = tasker.cause('worker') AND to_state = tasker.step_state('complete')
        GROUP  BY task_uuid, step_index HAVING count(*) > 1
        """;

    private final TestDatabase database;
    private final FaultyDataSource first;
    private final FaultyDataSource second;

    TwoEnginesTest(TestDatabase database) {
        this.database = database;
        this.first = new FaultyDataSource(database.dataSource());
        this.second = new FaultyDataSource(database.dataSource());
    }

    @BeforeEach
    void empty() {
        database.execute("TRUNCATE tasker.tasks, tasker.task_identities, tasker.task_requests, tasker.workflow_steps,"
                + " tasker.ready_steps, tasker.timers, tasker.worker_sessions, tasker.session_leases,"
                + " tasker.task_history, tasker.step_history");
    }

    @Test
    void tasksOfBothAreDoneWithNothingTwice() {
        try (Crew crew = new Crew(1);
                Engine one = Engine.open(first, CONFIG);
                Engine two = Engine.open(second, CONFIG)) {
            Workload.register(one);
            Workload.register(two);
            crew.join(one, 6);
            crew.join(two, 6);
            crew.join(two, 3);
            for (int i = 0; i < TASKS; i++) {
                Workload.create(i % 3 == 0 ? one : two, i);
            }
            awaitAllComplete();
            assertThat(crew.deliveredTwice()).isEmpty();
            assertThat(crew.acceptedTwice()).isEmpty();
            assertThat(one.metrics().resultsAccepted()).isPositive();
            assertThat(two.metrics().resultsAccepted()).isPositive();
            assertThat(database.query(RESULTS_PER_ATTEMPT)).isEmpty();
        }
    }

    @Test
    void workOfAnEngineThatIsCutOffIsDoneByTheOther() {
        try (Crew crew = new Crew(2);
                Engine survivor = Engine.open(first, CONFIG);
                Engine lost = Engine.open(second, CONFIG)) {
            Workload.register(survivor);
            Workload.register(lost);
            crew.join(survivor, 8);
            crew.join(lost, 8);
            for (int i = 0; i < TASKS; i++) {
                Workload.create(i < TASKS / 2 ? lost : survivor, i);
                if (i == TASKS / 2) {
                    second.goAway();
                    database.advance(Duration.ofSeconds(3));
                }
            }
            awaitAllComplete();
            assertThat(crew.deliveredTwice()).isEmpty();

            second.comeBack(); // and reports what it still has, too late
            Eventually.await(
                    PATIENCE,
                    () -> lost.metrics().heldLeases() == 0,
                    () -> lost.metrics().toString());
            assertThat(crew.acceptedTwice()).isEmpty();
            assertThat(database.query(RESULTS_PER_ATTEMPT)).isEmpty();
        }
    }

    private void awaitAllComplete() {
        Eventually.await(
                PATIENCE,
                () -> states().equals(List.of("complete " + TASKS)),
                () -> "states of tasks: " + states() + ", audit: " + database.audit());
    }

    private List<String> states() {
        return database.query("SELECT tasker.task_state_name(state), count(*) FROM tasker.tasks GROUP BY 1 ORDER BY 1");
    }
}
