package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepReason;
import dev.tasker.engine.StepReason.Backoff;
import dev.tasker.engine.StepReason.Failed;
import dev.tasker.engine.StepReason.LeaseRanOut;
import dev.tasker.engine.StepReason.Leased;
import dev.tasker.engine.StepReason.NoWorker;
import dev.tasker.engine.StepReason.Parent;
import dev.tasker.engine.StepReason.Queued;
import dev.tasker.engine.StepReason.Taker;
import dev.tasker.engine.StepReason.Unexplained;
import dev.tasker.engine.StepReason.WaitingForParents;
import dev.tasker.engine.StepReason.WaitingForSlot;
import dev.tasker.engine.StepReason.Withheld;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskExplanation;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer to why a step is not finished, for every way in which it may not be. */
@ExtendWith(DatabaseExtension.class)
class WhyTest {
    private static final String ONCE = "retry: {max_attempts: 1}";
    private static final EngineConfig SELDOM_RENEWED =
            TestNode.CONFIG.withDispatch(new DispatchConfig(false, Duration.ofMinutes(1), 64, 64L << 20));

    private final TestDatabase database;

    WhyTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void instanceWithoutASlotNamesThoseThatHaveOne() {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(5)) {
            UUID task = node.create(node.register(node.draft("csv")
                    .step("analyze", "type: batchable")
                    .step(
                            "work:analyze",
                            "type: batch_worker\n"
                                    + "batch_config: {parallelism: 2, cursor_field: row, worker_template: work,"
                                    + " failure_strategy: fail_fast}")
                    .step("sum:work", "type: deferred_convergence")));
            worker.succeed(worker.next("analyze"), BatchTest.batches(3));
            Assignment first = worker.next();
            Assignment ignored = worker.next();
            assertThat(reason(node, task, "work_003"))
                    .isEqualTo(new WaitingForSlot(
                            "analyze",
                            2,
                            List.of(
                                    new Parent("work_001", StepState.IN_PROGRESS),
                                    new Parent("work_002", StepState.IN_PROGRESS))));
            assertThat(reason(node, task, "work_003").sentence())
                    .isEqualTo("waiting for a slot of batch analyze, taken by work_001 (in_progress), work_002"
                            + " (in_progress)");
            assertThat(reason(node, task, "sum").code()).isEqualTo("waiting_for_parents");
            worker.succeed(first, "{}");
            Assignment last = worker.next();
            assertThat(last.step().name()).isEqualTo("work_003");
            assertThat(reason(node, task, "work_003")).isInstanceOf(Leased.class);
        }
    }

    @Test
    void unknownTaskHasNoAnswer() {
        try (TestNode node = TestNode.open(database)) {
            assertThat(node.engine().why(UUID.randomUUID())).isEmpty();
        }
    }

    @Test
    void finishedTaskHasNoReasons() {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("one", "a"));
            try (HandDrivenWorker worker = node.worker(1)) {
                worker.run("a");
            }
            assertThat(why(node, task).steps()).isEmpty();
            assertThat(why(node, task).sentence()).startsWith("complete since 20");
        }
    }

    @Test
    void waitingStepNamesTheParentsItWaitsFor() {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("join", "a", "b", "c", "d:a,b,c"));
            try (HandDrivenWorker worker = node.worker(1, "b")) {
                worker.run("b");
                assertThat(reason(node, task, "d"))
                        .isEqualTo(new WaitingForParents(
                                3,
                                2,
                                List.of(new Parent("a", StepState.ENQUEUED), new Parent("c", StepState.ENQUEUED))));
                assertThat(reason(node, task, "d").sentence())
                        .isEqualTo("waiting for 2 of 3 parents: a (enqueued), c (enqueued)");
            }
        }
    }

    @Test
    void manyParentsAreNotAllNamed() {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture fixture = node.draft("wide");
            String parents = IntStream.range(0, 9).mapToObj(i -> "p" + i).collect(Collectors.joining(","));
            for (String parent : parents.split(",", -1)) {
                fixture = fixture.step(parent, "");
            }
            UUID task = node.create(node.register(fixture.step("end:" + parents, "")));
            assertThat(reason(node, task, "end").sentence())
                    .startsWith("waiting for 9 of 9 parents: p0 (enqueued), ")
                    .endsWith("p4 (enqueued) and 4 more");
        }
    }

    @Test
    void readyStepThatNobodyTakesNamesItsCallable() {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker other = node.worker(1, "other")) {
            UUID task = node.create(node.template("one", "a"));
            NoWorker reason = expect(NoWorker.class, node, task, "a");
            assertThat(reason.callable()).isEqualTo("a");
            assertThat(reason.namespace()).isEqualTo(node.namespace());
            assertThat(reason.since()).isEqualTo(node.step(task, "a").updatedAt());
            assertThat(why(node, task).sentence())
                    .startsWith("steps_in_process since ")
                    .contains(": a ready since ")
                    .endsWith("; no session takes callable a of namespace " + node.namespace() + " (1 no_worker)");
            assertThat(other.poll()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void sessionWithoutSlotsIsNamedAlsoWhenItTakesEverything(boolean anyNamespace, boolean anyCallable) {
        try (TestNode node = TestNode.open(database)) {
            String namespace = anyNamespace ? HandlerKey.ANY : node.namespace();
            String callable = anyCallable ? HandlerKey.ANY : "a";
            HandDrivenWorker full =
                    node.worker(0, new SessionRequest("packer", List.of(new HandlerKey(namespace, callable)), false));
            UUID task = node.create(node.template("one", "a"));
            Queued reason = expect(Queued.class, node, task, "a");
            assertThat(reason.takers()).containsExactly(new Taker("packer", full.uuid(), 0, false));
            assertThat(reason.sessions()).isEqualTo(1);
            assertThat(reason.sentence())
                    .endsWith(", next in the queue of a; waits for a free slot of packer (0 leased)");
            full.close();
            expect(NoWorker.class, node, task, "a");
        }
    }

    @Test
    void everyNodeGivesTheSameAnswer() {
        try (TestNode one = TestNode.open(database);
                TestNode two = one.another();
                HandDrivenWorker worker = two.worker(1, "a", "b")) {
            TemplateFixture template = one.template("pair", "a", "b:a");
            UUID first = one.create(template.request("{\"n\":1}"));
            Assignment held = worker.next("a");
            UUID second = one.create(template.request("{\"n\":2}"));
            UUID third = one.create(template.request("{\"n\":3}"));
            for (TestNode node : List.of(one, two)) {
                Leased leased = expect(Leased.class, node, first, "a");
                assertThat(leased.sessionUuid()).isEqualTo(worker.uuid());
                Queued queued = expect(Queued.class, node, third, "a");
                assertThat(queued.ahead()).isEqualTo(1);
                assertThat(queued.aheadIsMinimum()).isFalse();
                assertThat(queued.takers()).containsExactly(new Taker("worker", worker.uuid(), 1, false));
                assertThat(queued.sentence()).contains("behind 1 step in the queue of a");
            }
            assertThat(one.engine().why(second)).isEqualTo(two.engine().why(second));
            worker.succeed(held, "1");
        }
    }

    @Test
    void moreUrgentStepsStandBefore() {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("one", "a");
            UUID low = node.create(template.request("{\"n\":1}"));
            UUID high = node.create(template.request("{\"n\":2}").withPriority(5));
            HandDrivenWorker worker = node.worker(0, "a");
            assertThat(expect(Queued.class, node, low, "a").ahead()).isEqualTo(1);
            assertThat(expect(Queued.class, node, high, "a").ahead()).isZero();
            worker.close();
        }
    }

    @Test
    void ofALongQueueOnlyTheBeginningIsRead() {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture fixture = node.draft("wide");
            for (int i = 0; i < 1_100; i++) {
                fixture = fixture.step("s" + i, "work", List.of(), "");
            }
            UUID task = node.create(node.register(fixture));
            HandDrivenWorker worker = node.worker(0, "work");
            List<TaskExplanation.Step> steps = why(node, task).steps();
            assertThat(steps).hasSize(1_100);
            assertThat(((Queued) steps.get(999).reason()).ahead()).isEqualTo(999);
            assertThat(((Queued) steps.get(999).reason()).aheadIsMinimum()).isFalse();
            assertThat(steps.get(1_099).reason().sentence())
                    .contains("behind at least 1000 steps in the queue of work");
            worker.close();
        }
    }

    @Test
    void drainingSessionTakesNothing() {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1, "a");
            worker.session().drain();
            UUID task = node.create(node.template("one", "a"));
            expect(NoWorker.class, node, task, "a");
        }
    }

    @Test
    void sessionOfAStoppedNodeTakesNothing() {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("one", "a"));
            try (TestNode stopped = node.another()) {
                HandDrivenWorker ignored = stopped.worker(0, "a");
                expect(Queued.class, node, task, "a");
            }
            expect(NoWorker.class, node, task, "a");
        }
    }

    @Test
    void sessionOfADeadNodeTakesNothingOnceItsTimeIsOver() {
        try (TestNode node = TestNode.open(database);
                TestNode dead = node.another(SELDOM_RENEWED)) {
            UUID task = node.create(node.template("one", "a"));
            HandDrivenWorker ignored = dead.worker(0, "a");
            database.advance(Duration.ofMinutes(8));
            assertThat(reason(node, task, "a")).isInstanceOf(Queued.class);
            database.advance(Duration.ofMinutes(2));
            assertThat(reason(node, task, "a")).isInstanceOf(NoWorker.class);
        }
    }

    @Test
    void livingNodeIsBackAfterItWasTakenForDead() {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            UUID task = node.create(node.template("one", "a"));
            HandDrivenWorker first = node.worker(0, "a");
            HandDrivenWorker second = other.worker(0, "b");
            database.advance(Duration.ofDays(3)); // each may find the other silent for days
            Queued reason = expect(Queued.class, other, task, "a");
            assertThat(reason.takers()).containsExactly(new Taker("worker", first.uuid(), 0, false));
            database.execute("DELETE FROM tasker.session_handlers; DELETE FROM tasker.nodes");
            assertThat(expect(Queued.class, other, task, "a").takers()).isEqualTo(reason.takers());
            assertThat(second.poll()).isNull();
        }
    }

    @Test
    void leasedStepNamesItsWorker() {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("one", "a"));
            Assignment assignment = worker.next("a");
            Leased reason = expect(Leased.class, node, task, "a");
            assertThat(reason.worker()).isEqualTo("worker");
            assertThat(reason.sessionUuid()).isEqualTo(worker.uuid());
            assertThat(reason.until()).isAfter(reason.since().plusSeconds(3_000));
            assertThat(reason.sentence())
                    .startsWith("leased to worker worker since ")
                    .endsWith(" unless renewed; attempt 1 of 3");
            worker.succeed(assignment, "1");
        }
    }

    @Test
    void leaseThatRanOutIsToBeTakenBack() throws SQLException {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("one", "a"));
            Assignment ignored = worker.next("a");
            whileLocked(task, () -> {
                node.runOut(worker);
                LeaseRanOut reason = expect(LeaseRanOut.class, node, task, "a");
                assertThat(reason.sessionUuid()).isEqualTo(worker.uuid());
                assertThat(reason.sentence()).startsWith("the lease of worker worker ran out at ");
            });
        }
    }

    @Test
    void silentSessionIsCalledSilent() throws SQLException {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1, "a")) {
            TemplateFixture template = node.template("one", "a");
            UUID held = node.create(template.request("{\"n\":1}"));
            Assignment ignored = worker.next("a");
            UUID waiting = node.create(template.request("{\"n\":2}"));
            whileLocked(held, () -> {
                node.runOut(worker);
                Queued reason = expect(Queued.class, node, waiting, "a");
                assertThat(reason.takers()).containsExactly(new Taker("worker", worker.uuid(), 1, true));
                assertThat(reason.sentence()).endsWith("worker (silent, 1 leased)");
            });
        }
    }

    @Test
    void failedAttemptTellsWhenItIsTriedAgain() throws SQLException {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("one", "a"));
            worker.report(worker.next("a"), Results.retryAfter(Duration.ofMinutes(10)));
            Backoff reason = expect(Backoff.class, node, task, "a");
            assertThat(reason.due()).isFalse();
            assertThat(reason.until()).isAfter(why(node, task).since().plusSeconds(590));
            assertThat(reason.sentence()).startsWith("in backoff until ").endsWith("; attempt 1 of 3 failed: broken");
            whileLocked(task, () -> {
                database.advance(Duration.ofMinutes(11));
                assertThat(expect(Backoff.class, node, task, "a").sentence()).startsWith("retry due since ");
            });
        }
    }

    @Test
    void failedStepSaysWhatItSaidAndWithholdsTheRest() {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(3)) {
            UUID task = node.create(node.register(node.draft("blocked")
                    .step("bad", ONCE)
                    .step("good", "")
                    .step("flaky", "")
                    .step("next:good", "")
                    .step("after:bad,next", "")));
            Assignment bad = worker.next();
            Assignment good = worker.next();
            Assignment flaky = worker.next();
            worker.report(flaky, Results.retryAfter(Duration.ofMinutes(10)));
            worker.failRetryably(bad);
            worker.succeed(good, "1");

            Failed failed = expect(Failed.class, node, task, "bad");
            assertThat(failed.message()).isEqualTo("broken");
            assertThat(failed.sentence())
                    .contains(" after 1 of 1 attempts: broken; needs an operator: reset_for_retry, ");
            assertThat(reason(node, task, "next")).isEqualTo(new Withheld(List.of("bad"), 1, null));
            assertThat(reason(node, task, "next").sentence())
                    .isEqualTo("withheld: step bad failed; it starts once that one is reset or resolved");
            Withheld retry = expect(Withheld.class, node, task, "flaky");
            assertThat(retry.sentence()).startsWith("withheld (its retry is set for 20");
            assertThat(reason(node, task, "after").sentence())
                    .isEqualTo("waiting for 2 of 2 parents: bad (error), next (pending)");
            assertThat(why(node, task).sentence())
                    .startsWith("blocked_by_failures since ")
                    .contains(": bad failed at ")
                    .endsWith(" (1 failed, 2 withheld, 1 waiting_for_parents)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"success\":false}|without a message",
                "{\"success\":false,\"error\":null}|without a message",
                "{\"success\":false,\"error\":{\"message\":\" \"}}|without a message",
                "{\"success\":false,\"error\":{\"message\":\"nul \\u0000 here\"}}|nul \u0000 here",
                "[]|without a message",
            })
    void resultWithoutAMessageIsNoObstacle(String document, String said) {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            UUID task = node.create(node.template("one", "a"));
            worker.report(worker.next("a"), new dev.tasker.engine.StepResult(false, false, 1, null, document));
            assertThat(expect(Failed.class, node, task, "a").sentence()).contains("attempts: " + said + ";");
        }
    }

    @Test
    void whatNothingWouldMoveIsCalledStuck() {
        try (TestNode node = TestNode.open(database)) {
            UUID task = node.create(node.template("pair", "a", "b:a"));
            database.execute("CREATE TABLE kept AS SELECT * FROM tasker.ready_steps; DELETE FROM tasker.ready_steps");
            assertThat(reason(node, task, "a")).isEqualTo(new Unexplained("it is enqueued but stands in no queue"));
            assertThat(why(node, task).sentence()).contains(": a stuck: it is enqueued but stands in no queue; run");
            database.execute("INSERT INTO tasker.ready_steps SELECT * FROM kept; DROP TABLE kept");

            stuckWhile(node, task, "b", "pending_parents = 0", "pending_parents = 1");
            stuckWhile(node, task, "b", "state = 3", "state = 0");
            stuckWhile(node, task, "b", "state = 5, next_retry_at = now()", "state = 0, next_retry_at = NULL");
            stuckWhile(node, task, "b", "state = 2, session_id = -1", "state = 0, session_id = NULL");
        }
    }

    private void stuckWhile(TestNode node, UUID task, String step, String broken, String mended) {
        String update = "UPDATE tasker.workflow_steps SET %s WHERE step_index = 1 AND task_uuid = '" + task + "'";
        database.execute(update.formatted(broken));
        assertThat(reason(node, task, step)).as(broken).isInstanceOf(Unexplained.class);
        database.execute(update.formatted(mended));
    }

    private interface Work {
        void run() throws SQLException;
    }

    /** Does {@code work} while nobody can change the task. */
    private void whileLocked(UUID task, Work work) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM tasker.tasks WHERE task_uuid = '" + task + "' FOR UPDATE");
            work.run();
            connection.rollback();
        }
    }

    private static TaskExplanation why(TestNode node, UUID task) {
        return node.engine().why(task).orElseThrow();
    }

    private static StepReason reason(TestNode node, UUID task, String step) {
        return why(node, task).steps().stream()
                .filter(found -> found.name().equals(step))
                .findFirst()
                .orElseThrow()
                .reason();
    }

    /** The reason once it is of that kind: what a session takes and a clock that jumped are seen a moment later. */
    private static <T extends StepReason> T expect(Class<T> kind, TestNode node, UUID task, String step) {
        return kind.cast(Eventually.get("why of " + step, () -> reason(node, task, step), kind::isInstance));
    }
}
