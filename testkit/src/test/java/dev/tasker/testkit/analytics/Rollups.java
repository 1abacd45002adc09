package dev.tasker.testkit.analytics;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.RollupConfig;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Totals and roll-ups as rows, and folding by hand. */
final class Rollups {
    /** Nodes that leave the fold to the test. */
    static final EngineConfig UNFOLDED = TestNode.CONFIG.withRollups(
            new RollupConfig(Duration.ofHours(1), Duration.ofHours(6), Duration.ofDays(35), Duration.ofDays(730)));

    private static final String FOLD =
            "SELECT tasker.fold_rollups(?, interval '6 hours', interval '35 days', interval '730 days')";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Rollups() {}

    /** Creates one more task of the template. */
    static UUID create(TestNode node, TemplateFixture template) {
        return node.create(template.request("{\"n\":" + NUMBER.incrementAndGet() + "}"));
    }

    /** Folds everything, after the node that may be folding just now; how many passes of {@code limit} rows it took. */
    static int fold(TestDatabase database, int limit) {
        int passes = 0;
        int folded;
        do {
            folded = Integer.parseInt(database.query(FOLD, limit).getFirst());
            passes++;
        } while (folded == limit || folded < 0);
        return passes;
    }

    static void fold(TestDatabase database) {
        int passes = fold(database, 1_000);
        assert passes > 0;
    }

    /** {@code step state count} of a template, by step and state; zeros left out. */
    static List<String> totals(TestDatabase database, TemplateFixture template) {
        return database.query("""
            SELECT template_step, CASE WHEN template_step = -1 THEN tasker.task_state_name(state)
                                       ELSE tasker.step_state_name(state) END, sum(entities)
            FROM   tasker.state_totals JOIN tasker.template_names USING (template_id)
            WHERE  namespace_name = ? AND task_name = ? AND entities <> 0
            GROUP  BY template_step, state ORDER BY template_step, state
            """, template.namespace(), template.name());
    }

    /** Roll-ups of a template: minutes since the first one, step, counters. */
    static List<String> rows(TestDatabase database, TemplateFixture template) {
        return database.query("""
            SELECT round(extract(epoch FROM begun_at - min(begun_at) OVER ()) / 60), template_step, created, completed, failed,
                   executions, errors, retries
            FROM   tasker.rollups JOIN tasker.template_names USING (template_id)
            WHERE  namespace_name = ? AND task_name = ?
            ORDER  BY begun_at, template_step
            """, template.namespace(), template.name());
    }

    /** Per width: {@code width rows tasks}, of the tasks of a template. */
    static List<String> widths(TestDatabase database, TemplateFixture template) {
        return database.query("""
            SELECT width, count(*) FILTER (WHERE executions > 0), sum(executions)
            FROM   tasker.rollups JOIN tasker.template_names USING (template_id)
            WHERE  namespace_name = ? AND task_name = ? AND template_step = -1
            GROUP  BY width ORDER BY width
            """, template.namespace(), template.name());
    }

    /** Outcomes of a template's steps by the roll-ups: step, executions, errors, retries, timed, in all minutes. */
    static List<String> executions(TestDatabase database, TemplateFixture template) {
        return database.query("""
            SELECT template_step, sum(executions), sum(errors), sum(retries), sum(timed)
            FROM   tasker.rollups JOIN tasker.template_names USING (template_id)
            WHERE  namespace_name = ? AND task_name = ? AND template_step >= 0
            GROUP  BY 1 ORDER BY 1
            """, template.namespace(), template.name());
    }

    /** The same from the history. */
    static List<String> recounted(TestDatabase database, TemplateFixture template) {
        return database.query("""
            SELECT step.template_step, count(*) FILTER (WHERE history.to_state IN (6, 7)),
                   count(*) FILTER (WHERE history.to_state = 7), count(*) FILTER (WHERE history.to_state = 5),
                   count(*) FILTER (WHERE history.to_state IN (6, 7))
            FROM   tasker.step_history AS history JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
                   JOIN tasker.template_names USING (template_id)
            WHERE  namespace_name = ? AND task_name = ?
            GROUP  BY 1 ORDER BY 1
            """, template.namespace(), template.name());
    }
}
