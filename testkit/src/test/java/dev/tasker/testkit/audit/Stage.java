package dev.tasker.testkit.audit;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A task somewhere on its way, with the workers that brought it there. */
final class Stage {
    private final TestNode node;
    private final UUID task;
    private final List<HandDrivenWorker> workers = new ArrayList<>();
    private final List<Assignment> held = new ArrayList<>();

    private Stage(TestNode node, UUID task) {
        this.node = node;
        this.task = task;
    }

    /** Where a task is when something is planted in it. */
    enum At {
        /** Its first step is enqueued. */
        WAITING,
        /** A worker holds its first step. */
        RUNNING,
        /** Its first step waits for a retry. */
        RETRYING,
        /** The second of three instances of a batch, which run one after the other, is enqueued. */
        BATCH,
        /** It is complete. */
        DONE
    }

    static Stage reach(TestNode node, At at) {
        Stage stage =
                new Stage(node, node.create(at == At.BATCH ? batch(node) : node.template("chain", "a", "b:a", "c:b")));
        switch (at) {
            case WAITING -> {}
            case RUNNING -> stage.held.add(stage.worker("a").next("a"));
            case RETRYING -> {
                HandDrivenWorker worker = stage.worker("a");
                worker.failRetryably(worker.next("a"));
            }
            case BATCH -> {
                HandDrivenWorker analyst = stage.worker("analyze");
                analyst.succeed(analyst.next("analyze"), batches(3));
                HandDrivenWorker worker = stage.worker("work");
                worker.succeed(worker.next(), "1");
                stage.held.add(worker.next());
            }
            case DONE -> stage.finish();
        }
        return stage;
    }

    private static TemplateFixture batch(TestNode node) {
        return node.register(node.draft("csv")
                .step("analyze", "type: batchable")
                .step(
                        "work:analyze",
                        "type: batch_worker\nbatch_config: {parallelism: 1, cursor_field: row, worker_template: work,"
                                + " failure_strategy: fail_fast}")
                .step("sum:work", "type: deferred_convergence"));
    }

    private static String batches(int count) {
        return "{\"batch_processing_outcome\":{\"type\":\"create_batches\",\"worker_template_name\":\"work\",\"worker_count\":"
                + count + ",\"total_items\":" + count * 10 + ",\"cursor_configs\":["
                + IntStream.rangeClosed(1, count)
                        .mapToObj(
                                "{\"batch_id\":\"%1$03d\",\"start_cursor\":%1$d0,\"end_cursor\":%1$d9,\"batch_size\":10}"
                                        ::formatted)
                        .collect(Collectors.joining(","))
                + "]}}";
    }

    UUID task() {
        return task;
    }

    private HandDrivenWorker worker(String callable) {
        HandDrivenWorker worker = node.worker(1, callable);
        workers.add(worker);
        return worker;
    }

    /** Lets workers do what is left of the task; returns when it is complete. */
    void finish() {
        for (Assignment assignment : held) {
            workers.forEach(worker -> worker.succeed(assignment, "1")); // or it is stale, and comes again
        }
        workers.forEach(HandDrivenWorker::close);
        HandDrivenWorker finisher = node.worker(4);
        Eventually.get(
                "the task",
                () -> {
                    Assignment next = finisher.poll();
                    if (next != null) {
                        finisher.succeed(next, "1");
                    }
                    return node.task(task).state();
                },
                TaskState.COMPLETE::equals);
        finisher.close();
    }

    /** Makes the totals of the roll-ups what the rows are. */
    static void recountTotals(TestDatabase database) {
        database.execute("""
            DELETE FROM tasker.rollup_feed;
            DELETE FROM tasker.rollup_totals;
            INSERT INTO tasker.rollup_totals (template_id, template_step, state, entities)
            SELECT template_id, -1, state, count(*) FROM tasker.tasks GROUP BY template_id, state
            UNION ALL
            SELECT template_id, template_step, state, count(*) FROM tasker.workflow_steps GROUP BY template_id, template_step, state
            """);
    }
}
