package dev.tasker.testkit.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.RollupConfig;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
            UUID task = Rollups.create(node, template);
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
            UUID task = Rollups.create(node, template);
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

    @Test
    void changeCommittedAfterLaterOnesWereFoldedIsFoldedOnce(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("late", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID first = Rollups.create(node, template);
            worker.run("a");
            Rollups.fold(database);
            try (Connection late = database.dataSource().getConnection();
                    Statement statement = late.createStatement()) {
                late.setAutoCommit(false);
                statement.execute("DELETE FROM tasker.workflow_steps WHERE task_uuid = '" + first + "'");
                Rollups.create(node, template); // has later positions and is folded first
                worker.run("a");
                for (int i = 0; i < 4; i++) {
                    Rollups.fold(database);
                }
                assertThat(Rollups.totals(database, template)).containsExactly("-1 complete 2", "0 complete 2");
                statement.execute("DELETE FROM tasker.tasks WHERE task_uuid = '" + first + "'");
                late.commit();
            }
            assertThat(Rollups.totals(database, template))
                    .as("not folded")
                    .containsExactly("-1 complete 1", "0 complete 1");
            Rollups.fold(database);
            assertThat(database.query("SELECT count(*) FROM tasker.rollup_feed"))
                    .containsExactly("0");
            assertThat(Rollups.totals(database, template)).containsExactly("-1 complete 1", "0 complete 1");
            for (int i = 0; i < 4; i++) {
                Rollups.fold(database);
            }
            assertThat(database.query("SELECT low = newest FROM tasker.rollup_progress"))
                    .containsExactly("t");
            database.execute("DELETE FROM tasker.step_history WHERE task_uuid = '" + first + "'");
            database.execute("DELETE FROM tasker.task_history WHERE task_uuid = '" + first + "'");
            database.execute("DELETE FROM tasker.task_identities WHERE task_uuid = '" + first + "'");
            database.execute("DELETE FROM tasker.task_requests WHERE task_uuid = '" + first + "'");
        }
    }

    @Test
    void foldThatIsRolledBackLeavesNoTrace(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("crash", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = Rollups.create(node, template);
            worker.run("a");
            List<String> before = Rollups.totals(database, template);
            try (Connection dies = database.dataSource().getConnection();
                    Statement statement = dies.createStatement()) {
                dies.setAutoCommit(false);
                statement.execute(
                        "SELECT tasker.fold_rollups(100, interval '6 hours', interval '35 days', interval '730 days')");
                assertThat(database.query("SELECT tasker.fold_rollups(100, interval '6 hours', interval '35 days',"
                                + " interval '730 days')"))
                        .as("meanwhile, elsewhere")
                        .containsExactly("-1");
                dies.rollback();
            }
            assertThat(Rollups.totals(database, template)).isEqualTo(before);
            assertThat(Rollups.fold(database, 2)).as("passes of two rows").isGreaterThan(2);
            assertThat(Rollups.totals(database, template)).isEqualTo(before);
            assertThat(node.states(task)).containsExactly("a=complete", "b=in_progress");
        }
    }

    @Test
    void minutesBecomeHoursAndDaysAndAreDropped(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("old", "a");
            HandDrivenWorker worker = node.worker(1);
            for (int i = 0; i < 3; i++) {
                UUID task = Rollups.create(node, template);
                worker.run("a");
                assertThat(node.task(task).state().isTerminal()).isTrue();
                database.advance(Duration.ofMinutes(1));
            }
            Rollups.fold(database);
            assertThat(Rollups.widths(database, template)).isEqualTo(List.of("0 3 3"));
            database.advance(Duration.ofHours(8));
            Rollups.fold(database);
            assertThat(Rollups.widths(database, template)).allMatch(row -> row.startsWith("1 ") && row.endsWith(" 3"));
            database.advance(Duration.ofDays(40));
            Rollups.fold(database);
            assertThat(Rollups.widths(database, template)).allMatch(row -> row.startsWith("2 ") && row.endsWith(" 3"));
            assertThat(Rollups.totals(database, template)).containsExactly("-1 complete 3", "0 complete 3");
            database.advance(Duration.ofDays(800));
            Rollups.fold(database);
            assertThat(Rollups.widths(database, template)).isEmpty();
            assertThat(database.query("SELECT count(*) FROM tasker.rollup_durations"))
                    .containsExactly("0");
            assertThat(Rollups.totals(database, template)).containsExactly("-1 complete 3", "0 complete 3");
        }
    }

    @Test
    void auditorFindsATotalThatWasTamperedWith(TestDatabase database) {
        try (TestNode node = TestNode.open(database, Rollups.UNFOLDED)) {
            TemplateFixture template = node.template("tampered", "a");
            UUID task = Rollups.create(node, template);
            Rollups.fold(database);
            database.execute(
                    "UPDATE tasker.rollup_totals SET entities = entities + 1 WHERE template_step = -1 AND entities >"
                            + " 0");
            assertThat(database.audit()).extracting(TestDatabase.Finding::code).containsOnly("state_total");
            database.execute(
                    "UPDATE tasker.rollup_totals SET entities = entities - 1 WHERE template_step = -1 AND entities >"
                            + " 0");
            assertThat(database.audit()).isEmpty();
            assertThat(node.task(task).state().isTerminal()).isFalse();
        }
    }

    @Test
    void totalsAgreeWithARecountWhileTwoNodesWorkAndFold(TestDatabase database) throws Exception {
        EngineConfig folding = TestNode.CONFIG.withRollups(
                new RollupConfig(Duration.ofMillis(5), Duration.ofHours(6), Duration.ofDays(35), Duration.ofDays(730)));
        try (TestNode one = TestNode.open(database, folding);
                TestNode two = one.another(folding);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TemplateFixture template = one.template("busy", "a", "b:a", "c:a", "d:b,c");
            two.register(template);
            AtomicBoolean stopped = new AtomicBoolean();
            List<Future<?>> busy = new ArrayList<>();
            for (TestNode node : List.of(one, two)) {
                HandDrivenWorker worker = node.worker(8);
                busy.add(threads.submit(() -> {
                    for (int i = 0; i < 150; i++) {
                        Rollups.create(node, template);
                    }
                }));
                busy.add(threads.submit(() -> {
                    int seen = 0;
                    while (!stopped.get()) {
                        Assignment assignment = worker.poll(10);
                        if (assignment != null && seen++ % 7 == 3) {
                            worker.failRetryably(assignment);
                        } else if (assignment != null) {
                            worker.succeed(assignment, "1");
                        }
                    }
                }));
            }
            int recounts = 0;
            while (recounts < 40 || !busy.get(0).isDone() || !busy.get(2).isDone()) {
                assertThat(database.query("SELECT * FROM tasker.audit_totals()"))
                        .as("one snapshot")
                        .isEmpty();
                recounts++;
            }
            stopped.set(true);
            for (Future<?> work : busy) {
                work.get(60, TimeUnit.SECONDS);
            }
            Rollups.fold(database);
            assertThat(database.query("SELECT * FROM tasker.audit_totals()")).isEmpty();
            assertThat(Rollups.executions(database, template))
                    .as("roll-ups")
                    .hasSize(4)
                    .isEqualTo(Rollups.recounted(database, template));
        }
    }
}
