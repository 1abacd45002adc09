package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.TaskChange;
import dev.tasker.engine.TaskChangeBatch;
import dev.tasker.engine.TaskMoment;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Following the changes of a task: none is missed, whatever order transactions end in. */
@ExtendWith(DatabaseExtension.class)
class FollowTest {
    private final TestDatabase database;

    FollowTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void changesFromAMomentOnAreThoseThatCameLater() {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("two", "a", "b:a"));
            worker.run("a");
            TaskMoment moment = node.engine().moment(task).orElseThrow();
            worker.run("b");
            TaskMoment end = node.engine().moment(task).orElseThrow();

            List<TaskChange> later = node.engine().changes(task, moment.cursor());

            assertThat(moment.state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(end.state()).isEqualTo(TaskState.COMPLETE);
            assertThat(words(later)).contains("b complete", "task complete").doesNotContain("a complete");
            assertThat(words(node.engine().changes(task, 0))).contains("a complete", "b complete", "task complete");
            assertThat(node.engine().changes(task, end.cursor())).isEmpty();
            assertThat(node.engine().moment(UUID.randomUUID())).isEmpty();
        }
    }

    @Test
    void changeOfATransactionThatEndsLateIsNotMissed() throws SQLException {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1);
                Connection late = database.dataSource().getConnection();
                Statement statement = late.createStatement()) {
            UUID task = node.create(node.template("one", "a"));
            late.setAutoCommit(false);
            statement.execute("SELECT pg_current_xact_id()");
            statement.execute("SAVEPOINT inner_work"); // its rows carry an id of its own, which no snapshot lists
            statement.execute("""
                INSERT INTO tasker.step_history (task_uuid, step_index, sort_key, from_state, to_state, cause, created_at)
                VALUES ('%s', 0, 1000, tasker.step_state('enqueued'), tasker.step_state('cancelled'), 0, '2001-01-01')
                """.formatted(task));
            statement.execute("RELEASE inner_work");
            worker.run("a");
            TaskMoment moment = node.engine().moment(task).orElseThrow();
            assertThat(words(node.engine().changes(task, moment.cursor()))).doesNotContain("a cancelled");

            late.commit();

            assertThat(words(node.engine().changes(task, moment.cursor()))).contains("a cancelled");
            database.execute("DELETE FROM tasker.step_history WHERE sort_key = 1000");
        }
    }

    @Test
    void changesOfANamespaceWaitForTransactionsThatBeganBefore() throws SQLException {
        try (TestNode node = TestNode.open(database);
                TestNode stranger = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1);
                Connection late = database.dataSource().getConnection();
                Statement statement = late.createStatement()) {
            UUID task = node.create(node.template("one", "a"));
            stranger.create(stranger.template("other", "a"));
            TaskChangeBatch before = settled(node);
            assertThat(states(before.entries())).containsExactly("pending steps_in_process");
            late.setAutoCommit(false);
            statement.execute("""
                INSERT INTO tasker.task_history (task_uuid, sort_key, from_state, to_state, cause, created_at)
                VALUES ('%s', 1000, tasker.task_state('complete'), tasker.task_state('cancelled'), 0, '2031-01-01')
                """.formatted(task));
            worker.run("a");

            TaskChangeBatch meanwhile = node.engine().changesOf(node.namespace(), before.upTo(), 100);
            assertThat(meanwhile.entries()).isEmpty();
            late.commit();

            TaskChangeBatch after = node.engine().changesOf(node.namespace(), meanwhile.upTo(), 100);
            assertThat(states(after.entries()))
                    .as("in the order of their transactions")
                    .containsExactly("complete cancelled", "steps_in_process complete");
            assertThat(node.engine()
                            .changesOf(node.namespace(), after.upTo(), 100)
                            .entries())
                    .isEmpty();
            database.execute("DELETE FROM tasker.task_history WHERE sort_key = 1000");
        }
    }

    @Test
    void everyChangeOfANamespaceIsToldOnceWhileManyCommit() throws Exception {
        try (TestNode node = TestNode.open(database);
                TestNode second = node.another()) {
            TemplateFixture template = node.register(
                    node.draft("busy").with("identity_strategy: always_unique").step("a", ""));
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TestNode writing = i % 2 == 0 ? node : second;
                writers.add(Thread.ofVirtual().start(() -> {
                    for (int made = 0; made < 40; made++) {
                        UUID task = writing.create(template);
                        HandDrivenWorker.answer(writing.engine().cancel(task, Cancellation.UNEXPLAINED));
                    }
                }));
            }
            List<String> told = new ArrayList<>();
            long place = 0;
            long end = Long.MAX_VALUE;
            while (place < end) {
                if (end == Long.MAX_VALUE && writers.stream().noneMatch(Thread::isAlive)) {
                    end = Long.parseLong(
                            database.query("SELECT pg_current_xact_id()").getFirst());
                }
                TaskChangeBatch batch = node.engine().changesOf(node.namespace(), place, 7);
                batch.entries()
                        .forEach(entry -> told.add(
                                entry.change().taskUuid() + " " + entry.change().version()));
                place = batch.upTo();
            }

            assertThat(told).hasSize(640).doesNotHaveDuplicates();
            assertThat(told)
                    .containsExactlyInAnyOrderElementsOf(database.query(
                            "SELECT task_uuid || ' ' || sort_key FROM tasker.task_history JOIN tasker.tasks USING"
                                    + " (task_uuid) JOIN tasker.template_names AS named ON named.template_id ="
                                    + " tasks.template_id WHERE named.namespace_name = ?",
                            node.namespace()));
        }
    }

    /** Everything until now, once nobody else writes. */
    private static TaskChangeBatch settled(TestNode node) {
        return Eventually.get(
                "the creation",
                () -> node.engine().changesOf(node.namespace(), 0, 10_000),
                batch -> !batch.entries().isEmpty());
    }

    private static List<String> states(List<TaskChangeBatch.Entry> entries) {
        return entries.stream()
                .map(entry -> entry.change().fromState() + " " + entry.change().toState())
                .toList();
    }

    @Test
    void cursorOfAnEventThatIsNoneIsRefused() {
        try (TestNode node = TestNode.open(database)) {
            assertThatThrownBy(() -> node.engine().domainEvents().after(node.namespace(), "1-x", 1))
                    .isInstanceOf(EngineException.class)
                    .hasMessageStartingWith("cursor: 1-x");
            assertThatThrownBy(() -> node.engine().changesOf(node.namespace(), 0, 0))
                    .hasMessageStartingWith("walk: 0");
            assertThatThrownBy(() -> node.engine().domainEvents().after(node.namespace(), null, 0))
                    .hasMessageStartingWith("limit: 0");
            assertThat(node.engine()
                            .domainEvents()
                            .after(
                                    node.namespace(),
                                    node.engine().domainEvents().end(),
                                    1))
                    .isEmpty();
        }
    }

    private static List<String> words(List<TaskChange> changes) {
        return changes.stream()
                .map(change -> {
                    TaskChange.Step step = change.step();
                    return (step == null ? "task" : step.name()) + " " + change.toState();
                })
                .toList();
    }
}
