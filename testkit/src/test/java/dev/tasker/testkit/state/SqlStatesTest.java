package dev.tasker.testkit.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Names, codes and resting states mean in SQL what they mean in Java. */
@ExtendWith(DatabaseExtension.class)
class SqlStatesTest {

    @Test
    void codesAndNamesOfTaskStatesAreThoseOfTheEnum(TestDatabase database) {
        assertThat(database.query("""
            SELECT code, tasker.task_state_name(code::smallint), tasker.task_state(tasker.task_state_name(code::smallint))
            FROM   generate_series(-1, 20) AS code WHERE tasker.task_state_name(code::smallint) IS NOT NULL
            """))
                .isEqualTo(Arrays.stream(TaskState.values())
                        .map(state -> state.ordinal() + " " + state.text() + " " + state.ordinal())
                        .toList());
    }

    @Test
    void codesAndNamesOfStepStatesAreThoseOfTheEnum(TestDatabase database) {
        assertThat(database.query("""
            SELECT code, tasker.step_state_name(code::smallint), tasker.step_state(tasker.step_state_name(code::smallint))
            FROM   generate_series(-1, 20) AS code WHERE tasker.step_state_name(code::smallint) IS NOT NULL
            """))
                .isEqualTo(Arrays.stream(StepState.values())
                        .map(state -> state.ordinal() + " " + state.text() + " " + state.ordinal())
                        .toList());
    }

    @Test
    void unknownNamesHaveNoCode(TestDatabase database) {
        assertThat(database.query("SELECT tasker.task_state('in_progress'), tasker.step_state('steps_in_process')"))
                .containsExactly("null null");
    }

    @Test
    void terminalTaskStatesAreThoseTheSqlComparesWithComplete(TestDatabase database) {
        List<String> unfinished = database.query(
                "SELECT code FROM generate_series(0, 11) AS code WHERE code < tasker.task_state('complete')");
        assertThat(unfinished)
                .isEqualTo(Arrays.stream(TaskState.values())
                        .filter(state -> !state.isTerminal())
                        .map(state -> String.valueOf(state.ordinal()))
                        .toList());
    }

    @Test
    void restingStateFollowsFromTheCountersAsTheDomainModelReads(TestDatabase database) {
        List<String> rows = database.query("""
            SELECT total, satisfied, failed, active, tasker.resting_state(total, satisfied, failed, active)
            FROM   generate_series(0, 4) AS total, generate_series(0, total) AS satisfied,
                   generate_series(0, total - satisfied) AS failed, generate_series(0, total - satisfied - failed) AS active
            """);
        assertThat(rows).hasSize(70);
        for (String row : rows) {
            List<Integer> figures =
                    Arrays.stream(row.split(" ", -1)).map(Integer::valueOf).toList();
            assertThat(TaskState.ofCode(figures.get(4)))
                    .as("total, satisfied, failed, active: %s", row)
                    .isEqualTo(restingState(figures.get(0), figures.get(1), figures.get(2), figures.get(3)));
        }
    }

    /** The first row of 01 §3.3 that holds. A ready step is enqueued in the transaction that made it ready, so it is active. */
    private static TaskState restingState(int total, int satisfied, int failed, int active) {
        if (failed > 0) {
            return TaskState.BLOCKED_BY_FAILURES;
        }
        if (active > 0) {
            return TaskState.STEPS_IN_PROCESS;
        }
        if (satisfied == total) {
            return TaskState.COMPLETE;
        }
        return TaskState.WAITING_FOR_RETRY; // in a graph without cycles nothing else can be left to wait for
    }
}
