package dev.tasker.testkit.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.TaskRequest;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The functions that tell which tasks could go on (01 §3.4). */
@ExtendWith(DatabaseExtension.class)
class TaskDiscoveryTest {
    private static final String NEXT =
            "SELECT task_uuid, task_name, priority, namespace_name, ready_steps_count, current_state"
                    + " FROM tasker.get_next_ready_tasks(?)";

    @Test
    void readyTasksComeByPriorityThenAge(TestDatabase database) {
        TestNode node = TestNode.open(database, Rollups.UNFOLDED);
        TemplateFixture template = node.register(node.draft("due")
                .step(
                        "a",
                        "retry: {max_attempts: 3, backoff: linear, backoff_base_ms: 70000, max_backoff_ms: 900000}"));
        HandDrivenWorker worker = node.worker(3, "a");
        UUID plain = node.create(template.request("{\"order\":1}").withPriority(2));
        UUID urgent = node.create(template.request("{\"order\":2}").withPriority(7));
        UUID younger = node.create(template.request("{\"order\":3}").withPriority(2));
        worker.next(3).all().forEach(worker::failRetryably);
        assertThat(database.query(NEXT, 5)).as("not due yet").isEmpty();
        node.close(); // or it would start them

        database.advance(Duration.ofHours(2));

        String rest = " due %d " + node.namespace() + " 1 waiting_for_retry";
        assertThat(database.query(NEXT, 5))
                .containsExactly(urgent + rest.formatted(7), plain + rest.formatted(2), younger + rest.formatted(2));
        assertThat(database.query(NEXT, 1)).containsExactly(urgent + rest.formatted(7));
        assertThat(database.query("SELECT task_uuid FROM tasker.get_next_ready_task()"))
                .containsExactly(urgent.toString());
        assertThat(database.query(
                        "SELECT computed_priority < 7, computed_priority > 5.5" + " FROM tasker.get_next_ready_task()"))
                .as("fading after two hours")
                .containsExactly("t t");
    }

    @Test
    void taskInAnyStateTellsItsPriority(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TaskRequest request = node.template("info", "a", "b:a").request("{}");
            UUID task = node.create(request.withPriority(4));
            HandDrivenWorker worker = node.worker(1);
            worker.succeed(worker.next("a"), "1");
            worker.succeed(worker.next("b"), "1");
            database.advance(Duration.ofHours(30));

            assertThat(database.query(
                            "SELECT task_name, priority, ready_steps_count, round(computed_priority, 1), current_state"
                                    + " FROM tasker.get_task_ready_info(?)",
                            task))
                    .containsExactly("info 4 0 7.0 complete");
            assertThat(database.query("SELECT * FROM tasker.get_task_ready_info(?)", UUID.randomUUID()))
                    .isEmpty();
        }
    }

    @Test
    void priorityRisesThenFades(TestDatabase database) {
        assertThat(database.query("SELECT round(tasker.computed_priority(5, seconds, seconds), 3)"
                        + " FROM unnest(ARRAY[0, 1800, 3600, 43200, 86399, 86400]) AS seconds"))
                .containsExactly("5.000", "5.050", "4.600", "1.839", "0.677", "0.100");
    }

    @Test
    void tasksAtWorkForLongAreFound(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("long", "a");
            UUID task = node.create(template);
            String found = task + " steps_in_process null 11";
            assertThat(stuck(database, 10)).doesNotContain(found);

            database.advance(Duration.ofMinutes(11));

            assertThat(stuck(database, 10)).contains(found);
            assertThat(stuck(database, 11)).contains(found);
            assertThat(stuck(database, 12)).doesNotContain(found);
            HandDrivenWorker worker = node.worker(1);
            worker.succeed(worker.next("a"), "1");
            assertThat(stuck(database, 0)).noneMatch(row -> row.startsWith(task.toString()));
        }
    }

    private static List<String> stuck(TestDatabase database, int minutes) {
        return database.query("SELECT * FROM tasker.find_stuck_tasks(?)", minutes);
    }
}
