package dev.tasker.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Statements of the engine's SQL broken by hand: the model must notice each. A row begins with a seed that is known to notice; a search that
 * finds another says so. The seeds are of programs that {@link ModelTest} runs against the right statements.
 */
@ExtendWith(DatabaseExtension.class)
class BrokenStatementsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int SEARCHED = 150;

    @ParameterizedTest(name = "{1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
          0 | R__3_complete_steps     | SET    pending_parents = step.pending_parents - r.parents, | SET    pending_parents = step.pending_parents - 0 * r.parents,
          0 | R__3_complete_steps     | step.pending_parents = r.parents AND step.state = step_state('pending')) THEN step.state | step.pending_parents >= r.parents AND step.state = step_state('pending')) THEN step.state
          8 | R__3_complete_steps     | AND step.lease_token = i.token | AND step.lease_token >= i.token
          0 | R__3_complete_steps     | task.failed_steps = 0 | task.failed_steps >= 0
          2 | R__3_complete_steps     | WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry') | WHEN i.outcome = 1 AND step.retryable AND step.attempts <= step.max_attempts THEN step_state('waiting_for_retry')
         36 | R__3_complete_steps     | WHEN i.outcome = 1 AND step.retryable AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry') | WHEN i.outcome = 1 AND step.attempts < step.max_attempts THEN step_state('waiting_for_retry')
          0 | R__3_complete_steps     | active_steps = task.active_steps + v.active | active_steps = greatest(0, task.active_steps + v.active - 1)
          0 | R__3_complete_steps     | FROM   child WHERE child.started AND child.session_id IS NULL | FROM   child WHERE false
          0 | R__3_complete_steps     | FROM done WHERE done.state = step_state('waiting_for_retry') | FROM done WHERE false
          0 | R__4_claim_steps        | attempts = step.attempts + 1, | attempts = step.attempts,
          0 | R__4_claim_steps        | lease_token = step.lease_token + 1, | lease_token = step.lease_token,
          0 | R__4b_reject_steps      | attempts = step.attempts - 1 | attempts = step.attempts
          0 | R__4b_reject_steps      | lease_token = step.lease_token + 1, | lease_token = step.lease_token,
          0 | R__4c_operate_steps     | withheld.state IN (step_state('pending'), step_state('waiting_for_retry')) | withheld.state = step_state('pending')
          0 | R__4c_operate_steps     | withheld.state IN (step_state('pending'), step_state('waiting_for_retry')) | withheld.state = step_state('waiting_for_retry')
          0 | R__4c_operate_steps     | attempts = CASE WHEN p.action = 0 THEN 0 | attempts = CASE WHEN p.action = 9 THEN 0
          0 | R__4c_operate_steps     | pending_parents = step.pending_parents - p.parents | pending_parents = step.pending_parents - 0 * p.parents
          1 | R__4c_operate_steps     | THEN step.lease_token + 1 ELSE | THEN step.lease_token ELSE
          0 | R__4c_operate_steps     | WHEN task.failed_steps = target.repaired AND step.pending_parents | WHEN step.pending_parents
          0 | R__4c_operate_steps     | count(*) FILTER (WHERE changed.action <> 0)::integer AS satisfied | 0 AS satisfied
          0 | R__4c_operate_steps     | failed_steps = task.failed_steps - v.repaired | failed_steps = task.failed_steps - 0 * v.repaired
          5 | R__4d_cancel_tasks      | ELSE step.lease_token + 1 END | ELSE step.lease_token END
          5 | R__4d_cancel_tasks      | failed_steps = 0, active_steps = 0 | failed_steps = 0
         15 | R__4d_cancel_tasks      | AND    step.state NOT IN (step_state('complete'), | AND    step.state NOT IN (step_state('error'), step_state('complete'),
          0 | R__5_expire_session     | lease_token = step.lease_token + 1, | lease_token = step.lease_token,
          0 | R__5_expire_session     | CASE WHEN NOT held.again THEN step_state('error') | CASE WHEN false THEN step_state('error')
          0 | R__5_expire_session     | active_steps = task.active_steps - v.ended | active_steps = task.active_steps
          0 | R__6_retry_due          | AND    task.failed_steps = 0 | AND    task.failed_steps >= 0
          0 | R__6_retry_due          | AND step.next_retry_at = fired.due_at | AND false
        """)
    void brokenStatementIsNoticed(
            @Nullable Long seed,
            String migration,
            String correct,
            String broken,
            TestDatabase database,
            TestReporter reporter)
            throws Exception {
        assertNoticed(seed, migration, correct, broken, database, reporter);
    }

    /** The same for the statements by which graphs grow and batches hand on their slots. */
    @ParameterizedTest(name = "{1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
          0 | R__3b_grow_and_complete | (i.barrier = 0 OR parent.state NOT IN (step_state('complete'), step_state('resolved_manually'))) | i.barrier = 0
          6 | R__3b_grow_and_complete | (i.barrier = 0 OR | (i.barrier >= 0 OR
          0 | R__3b_grow_and_complete | i.step_index, i.parents, i.parents, NULL, | i.step_index, i.parents, 0 * i.parents, NULL,
          0 | R__3b_grow_and_complete | i.parents AS pending, | 0 * i.parents AS pending,
          0 | R__3b_grow_and_complete | ON parent.task_uuid = i.task_uuid AND parent.step_index = i.from_index | ON false
          0 | R__3b_grow_and_complete | edge.to_index, 1, edge.pending, | edge.to_index, 1, 0 * edge.pending,
         11 | R__3b_grow_and_complete | (parent.state NOT IN (step_state('complete'), step_state('resolved_manually')))::integer AS pending | 1 AS pending
          0 | R__3b_grow_and_complete | total_steps = task.total_steps + grown.steps | total_steps = task.total_steps
          0 | R__3_complete_steps     | 1, NULL FROM opened | 1, NULL FROM opened WHERE false
          0 | R__3_complete_steps     | batch.next_index + ended.instances | batch.next_index + 2 * ended.instances
        """)
    void brokenGrowthIsNoticed(
            @Nullable Long seed,
            String migration,
            String correct,
            String broken,
            TestDatabase database,
            TestReporter reporter)
            throws Exception {
        assertNoticed(seed, migration, correct, broken, database, reporter);
    }

    /** The same for progress, time limits and domain events. */
    @ParameterizedTest(name = "{1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
         27 | R__3c_checkpoint_steps  | AND step.lease_token = i.token | AND step.lease_token >= i.token
          1 | R__3c_checkpoint_steps  | lease_token = step.lease_token + i.yields::integer | lease_token = step.lease_token
         15 | R__3c_checkpoint_steps  | CASE WHEN starts_with(step.checkpoint, i.head) THEN | CASE WHEN false THEN
          5 | R__3c_checkpoint_steps  | AND    step.state <> step_state('in_progress') AND step.checkpoint IS NOT NULL | AND    step.checkpoint IS NOT NULL
          4 | R__5b_time_out_steps    | lease_token = step.lease_token + 1, result = i.result | lease_token = step.lease_token, result = i.result
          4 | R__5b_time_out_steps    | FROM ended WHERE ended.state = step_state('waiting_for_retry') | FROM ended WHERE false
          4 | R__5b_time_out_steps    | active_steps = task.active_steps - v.ended | active_steps = task.active_steps
         35 | R__5b_time_out_steps    | failed_steps = task.failed_steps + v.failed | failed_steps = task.failed_steps
          3 | R__3_complete_steps     | AND    step.state = coalesce(event.needed, step.state) | AND true
          0 | R__3_complete_steps     | FROM   published WHERE published.message IS NOT NULL | FROM   published WHERE false
          1 | R__3c_domain_events     | AND step.step_index = i.step_index AND step.state = i.needed | AND step.step_index = i.step_index AND step.state = 1
          0 | R__3c_domain_events     | FROM   published WHERE published.message IS NOT NULL | FROM   published WHERE false
        """)
    void brokenAttemptIsNoticed(
            @Nullable Long seed,
            String migration,
            String correct,
            String broken,
            TestDatabase database,
            TestReporter reporter)
            throws Exception {
        assertNoticed(seed, migration, correct, broken, database, reporter);
    }

    private static void assertNoticed(
            @Nullable Long seed,
            String migration,
            String correct,
            String broken,
            TestDatabase database,
            TestReporter reporter)
            throws Exception {
        String sql = source(migration);
        assertThat(sql).contains(correct);
        try (Programs programs = new Programs(database)) {
            programs.define(sql.replace(correct, broken));
            try {
                assertThat((seed != null && programs.fails(seed, PATIENCE)) || isFound(seed, programs, reporter))
                        .as("broken statement noticed")
                        .isTrue();
            } finally {
                programs.clear();
                programs.define(sql);
            }
        }
    }

    private static boolean isFound(@Nullable Long known, Programs programs, TestReporter reporter) {
        for (long seed = 0; seed < SEARCHED; seed++) {
            if (programs.fails(seed, PATIENCE)) {
                reporter.publishEntry("noticed by seed", seed + " (expected: " + known + ")");
                return true;
            }
        }
        return false;
    }

    private static String source(String migration) throws Exception {
        try (var stream = Objects.requireNonNull(
                BrokenStatementsTest.class.getResourceAsStream("/dev/tasker/engine/migrations/" + migration + ".sql"),
                migration)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
