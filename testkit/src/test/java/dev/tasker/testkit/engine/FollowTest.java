package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.TaskChange;
import dev.tasker.engine.TaskMoment;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
    void cursorOfAnEventThatIsNoneIsRefused() {
        try (TestNode node = TestNode.open(database)) {
            assertThatThrownBy(() -> node.engine().domainEvents().after(node.namespace(), "1-x", 1))
                    .isInstanceOf(EngineException.class)
                    .hasMessageStartingWith("cursor: 1-x");
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
