package dev.tasker.testkit.analytics;

import static org.assertj.core.api.Assertions.assertThat;

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

/** What calls change is in the totals at once and in the roll-ups after a fold (01 §7.12). */
@ExtendWith(DatabaseExtension.class)
class RollupTest {

    @Test
    void totalsAreExactBeforeAndAfterTheFold(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("totals", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("a");
            List<String> before = Rollups.totals(database, template);
            assertThat(before).containsExactly("-1 steps_in_process 1", "0 complete 1", "1 in_progress 1");
            Rollups.fold(database);
            assertThat(database.query("SELECT count(*) FROM tasker.rollup_feed"))
                    .containsExactly("0");
            assertThat(Rollups.totals(database, template)).isEqualTo(before);
            worker.run("b");
            assertThat(Rollups.totals(database, template))
                    .containsExactly("-1 complete 1", "0 complete 1", "1 complete 1");
            assertThat(node.task(task).state().isTerminal()).isTrue();
        }
    }

    @Test
    void outcomesStandAtTheirMinuteAndTasksAtTheirs(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("minutes", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            database.advance(Duration.ofMinutes(3));
            worker.failRetryably(worker.next("a"));
            database.advance(Duration.ofMinutes(1));
            worker.run("a");
            database.advance(Duration.ofMinutes(5));
            worker.failForGood(worker.next("b"));
            Rollups.fold(database);
            assertThat(Rollups.rows(database, template))
                    .as("minute, step, created, completed, failed, executions, errors, retries")
                    .containsExactly(
                            "0 -1 1 0 1 0 0 0",
                            "0 0 1 0 0 0 0 0",
                            "0 1 1 0 0 0 0 0",
                            "3 0 0 0 0 0 0 1",
                            "4 0 0 0 0 1 0 0",
                            "9 -1 0 0 0 1 1 0",
                            "9 1 0 0 0 1 1 0");
            assertThat(node.states(task)).containsExactly("a=complete", "b=error");
        }
    }
}
