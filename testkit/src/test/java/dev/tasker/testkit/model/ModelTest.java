package dev.tasker.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random programs over tasks whose graphs are fixed and tasks that grow. {@code -Dtasker.model.seed=…} replays one,
 * {@code -Dtasker.model.programs=N} runs N from seeds that nobody chose; {@code -Dtasker.model.shrinking=0} tells a failure at once.
 */
@ExtendWith(DatabaseExtension.class)
class ModelTest {
    private static final int USUAL_PROGRAMS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SHORT_PATIENCE = Duration.ofSeconds(2);
    private static final int SHRINKING_RUNS = Integer.getInteger("tasker.model.shrinking", 60);

    @Test
    void engineDoesWhatTheModelSays(TestDatabase database) {
        for (long seed : seeds()) {
            Optional<Failure> failure = failure(database, seed, program(seed), PATIENCE);
            if (failure.isPresent()) {
                throw new AssertionError(
                        report(database, failure.get()), failure.get().cause());
            }
        }
    }

    private static long[] seeds() {
        Long seed = Long.getLong("tasker.model.seed");
        if (seed != null) {
            return new long[] {seed};
        }
        Integer programs = Integer.getInteger("tasker.model.programs");
        if (programs == null) {
            return LongStream.range(0, USUAL_PROGRAMS).toArray();
        }
        SplittableRandom random = new SplittableRandom();
        return random.longs(programs).toArray();
    }

    private static List<Action> program(long seed) {
        return Action.program(new SplittableRandom(seed).split());
    }

    private record Failure(long seed, List<Action> program, int at, Throwable cause) {}

    private static Optional<Failure> failure(
            TestDatabase database, long seed, List<Action> program, Duration patience) {
        int at = 0;
        clean(database); // keeps the auditor's rounds short
        try (Run run = new Run(database, seed, patience)) {
            for (Action action : program) {
                run.step(action);
                at++;
            }
            run.finish();
            return Optional.empty();
        } catch (AssertionError | RuntimeException e) {
            return Optional.of(new Failure(seed, program, at, e));
        } catch (SQLException e) {
            throw new IllegalStateException("no connection", e);
        }
    }

    /** Leaves out commands as long as the program still fails, and tells what is left. */
    private static String report(TestDatabase database, Failure first) {
        Failure smallest = first;
        int runs = 0;
        boolean smaller = true;
        while (smaller && runs < SHRINKING_RUNS) {
            smaller = false;
            int end = Math.min(smallest.at() + 1, smallest.program().size());
            List<Action> commands = smallest.program().subList(0, end);
            for (int size = Math.max(1, commands.size() / 2); size >= 1 && !smaller; size /= 2) {
                for (int from = 0; from + size <= commands.size() && !smaller && runs < SHRINKING_RUNS; from += size) {
                    List<Action> fewer = new ArrayList<>(commands);
                    fewer.subList(from, from + size).clear();
                    runs++;
                    Optional<Failure> again = failure(database, first.seed(), fewer, SHORT_PATIENCE);
                    if (again.isPresent()) {
                        smallest = again.get();
                        smaller = true;
                    }
                }
            }
        }
        return "seed " + first.seed() + " (replay with -Dtasker.model.seed=" + first.seed() + "): "
                + first.cause().getMessage() + "\nprogram, failing at command " + first.at() + ":\n"
                + lines(first.program())
                + "\nsmallest after " + runs + " tries, failing at command " + smallest.at() + " with "
                + smallest.cause().getMessage() + ":\n" + lines(smallest.program());
    }

    private static String lines(List<Action> program) {
        return program.stream().map(action -> "  " + action).collect(Collectors.joining("\n"));
    }

    /** Statements of the engine's SQL broken by hand: the model must notice each. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        R__3_complete_steps | SET    pending_parents = step.pending_parents - r.parents,            | SET    pending_parents = step.pending_parents - 0 * r.parents,
        R__3_complete_steps | step.pending_parents = r.parents AND step.state = step_state('pending')) THEN step.state | step.pending_parents >= r.parents AND step.state = step_state('pending')) THEN step.state
        R__3_complete_steps | AND step.lease_token = i.token                                        | AND step.lease_token >= i.token
        R__3_complete_steps | task.failed_steps = 0                                                 | task.failed_steps >= 0
        R__3_complete_steps | WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry') | WHEN i.outcome = 1 AND step.retryable AND step.attempts <= step.max_attempts THEN step_state('waiting_for_retry')
        R__3_complete_steps | WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry') | WHEN i.outcome = 1 AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry')
        R__3_complete_steps | active_steps = task.active_steps + v.active                           | active_steps = greatest(0, task.active_steps + v.active - 1)
        R__3_complete_steps | FROM   child WHERE child.started AND child.session_id IS NULL         | FROM   child WHERE false
        R__3_complete_steps | FROM done WHERE done.state = step_state('waiting_for_retry')          | FROM done WHERE false
        R__4_claim_steps    | attempts = step.attempts + 1,                                         | attempts = step.attempts,
        R__4_claim_steps    | lease_token = step.lease_token + 1,                                   | lease_token = step.lease_token,
        R__4b_reject_steps  | attempts = step.attempts - 1                                          | attempts = step.attempts
        R__4b_reject_steps  | lease_token = step.lease_token + 1,                                   | lease_token = step.lease_token,
        R__4c_operate_steps | withheld.state IN (step_state('pending'), step_state('waiting_for_retry')) | withheld.state = step_state('pending')
        R__4c_operate_steps | withheld.state IN (step_state('pending'), step_state('waiting_for_retry')) | withheld.state = step_state('waiting_for_retry')
        R__4c_operate_steps | attempts = CASE WHEN p.action = 0 THEN 0                              | attempts = CASE WHEN p.action = 9 THEN 0
        R__4c_operate_steps | pending_parents = step.pending_parents - p.parents                    | pending_parents = step.pending_parents - 0 * p.parents
        R__4c_operate_steps | THEN step.lease_token + 1 ELSE                                        | THEN step.lease_token ELSE
        R__4c_operate_steps | WHEN task.failed_steps = target.repaired AND step.pending_parents     | WHEN step.pending_parents
        R__4c_operate_steps | count(*) FILTER (WHERE changed.action <> 0)::integer AS satisfied     | 0 AS satisfied
        R__4c_operate_steps | failed_steps = task.failed_steps - v.repaired                         | failed_steps = task.failed_steps - 0 * v.repaired
        R__4d_cancel_tasks  | ELSE step.lease_token + 1 END                                         | ELSE step.lease_token END
        R__4d_cancel_tasks  | failed_steps = 0, active_steps = 0                                    | failed_steps = 0
        R__4d_cancel_tasks  | AND    step.state NOT IN (step_state('complete'),                     | AND    step.state NOT IN (step_state('error'), step_state('complete'),
        R__5_expire_session | lease_token = step.lease_token + 1,                                   | lease_token = step.lease_token,
        R__5_expire_session | CASE WHEN NOT held.again THEN step_state('error')                     | CASE WHEN false THEN step_state('error')
        R__5_expire_session | active_steps = task.active_steps - v.ended                            | active_steps = task.active_steps
        R__6_retry_due      | AND    task.failed_steps = 0                                          | AND    task.failed_steps >= 0
        R__6_retry_due      | AND step.next_retry_at = fired.due_at                                 | AND false
        """)
    void brokenStatementIsNoticed(String migration, String correct, String broken, TestDatabase database)
            throws Exception {
        assertNoticed(migration, correct, broken, database);
    }

    /** The same for the statements by which graphs grow and batches hand on their slots. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        R__3b_grow_and_complete | (i.barrier = 0 OR parent.state NOT IN (step_state('complete'), step_state('resolved_manually'))) | i.barrier = 0
        R__3b_grow_and_complete | (i.barrier = 0 OR                                                 | (i.barrier >= 0 OR
        R__3b_grow_and_complete | i.step_index, i.parents, i.parents, NULL,                         | i.step_index, i.parents, 0 * i.parents, NULL,
        R__3b_grow_and_complete | i.parents AS pending,                                             | 0 * i.parents AS pending,
        R__3b_grow_and_complete | ON parent.task_uuid = i.task_uuid AND parent.step_index = i.from_index | ON false
        R__3b_grow_and_complete | edge.to_index, 1, edge.pending,                                   | edge.to_index, 1, 0 * edge.pending,
        R__3b_grow_and_complete | (parent.state NOT IN (step_state('complete'), step_state('resolved_manually')))::integer AS pending | 1 AS pending
        R__3b_grow_and_complete | total_steps = task.total_steps + grown.steps                      | total_steps = task.total_steps
        R__3_complete_steps     | 1, NULL FROM opened                                               | 1, NULL FROM opened WHERE false
        R__3_complete_steps     | least(before.next_index + ended.instances,                        | least(before.next_index + 2 * ended.instances,
        """)
    void brokenGrowthIsNoticed(String migration, String correct, String broken, TestDatabase database)
            throws Exception {
        assertNoticed(migration, correct, broken, database);
    }

    private static void assertNoticed(String migration, String correct, String broken, TestDatabase database)
            throws Exception {
        String sql = source(migration);
        assertThat(sql).contains(correct);
        try {
            database.execute("SET search_path = tasker; " + sql.replace(correct, broken));
            boolean noticed = LongStream.range(1_000, 1_040)
                    .anyMatch(seed -> failure(database, seed, program(seed), SHORT_PATIENCE)
                            .isPresent());
            assertThat(noticed).as("broken statement noticed").isTrue();
        } finally {
            clean(database);
            database.execute("SET search_path = tasker; " + sql);
        }
    }

    private static void clean(TestDatabase database) {
        database.execute(
                "TRUNCATE tasker.tasks, tasker.task_requests, tasker.workflow_steps, tasker.ready_steps, tasker.timers,"
                        + " tasker.session_leases, tasker.step_history, tasker.task_history, tasker.batches");
    }

    private static String source(String migration) throws Exception {
        try (var stream = Objects.requireNonNull(
                ModelTest.class.getResourceAsStream("/dev/tasker/engine/migrations/" + migration + ".sql"),
                migration)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
