package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.StepResult;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node from its start to its end, and its figures. */
@ExtendWith(DatabaseExtension.class)
class LifecycleTest {

    @Test
    void figuresFollowTheWork(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("counted", "a", "b:a");
            assertThat(node.engine().isHealthy()).isTrue();
            UUID queued = node.create(template.request("{\"n\":0}"));
            HandDrivenWorker worker = node.worker(3);
            Assignment a = worker.next("a");
            assertThat(a.taskUuid()).isEqualTo(queued);
            Eventually.equals("steps claimed", 1L, () -> node.engine().metrics().stepsClaimed());
            // a claim that finds nothing holds the free slots for a moment
            EngineMetrics busy =
                    Eventually.get("free slots", () -> node.engine().metrics(), now -> now.freeSlots() == 2);
            assertThat(busy.heldLeases()).isEqualTo(1);
            assertThat(busy.sessions()).isEqualTo(1);
            worker.succeed(a, "1");
            worker.succeed(a, "1");
            worker.run("b");
            HandDrivenWorker.answer(node.engine().create(template.request("{\"n\":0}")));
            node.create(template.request("{\"n\":1}"));
            Assignment rejected = worker.next("a");
            worker.reject(rejected);
            worker.succeed(rejected, "1");
            worker.failForGood(worker.next("a"));
            EngineMetrics done =
                    Eventually.get("free slots", () -> node.engine().metrics(), now -> now.freeSlots() == 3);
            assertThat(done.tasksCreated()).isEqualTo(2);
            assertThat(done.tasksDuplicate()).isEqualTo(1);
            assertThat(done.tasksCompleted()).isEqualTo(1);
            assertThat(done.tasksBlocked()).isEqualTo(1);
            assertThat(done.resultsAccepted()).isEqualTo(3);
            assertThat(done.resultsDuplicate()).isEqualTo(1);
            assertThat(done.resultsStale()).isEqualTo(1);
            assertThat(done.heldLeases()).isZero();
            assertThat(done.lanes().stream()
                            .mapToLong(EngineMetrics.Lane::commands)
                            .sum())
                    .isEqualTo(9);
            assertThat(done.lanes()).allSatisfy(lane -> assertThat(lane.depth()).isZero());
            worker.close();
            assertThat(node.engine().metrics().sessions()).isZero();
        }
    }

    @Test
    void closingCommitsWhatWaits(TestDatabase database) {
        TestNode node = TestNode.open(database);
        TemplateFixture template = node.register(node.draft("closing", "a").with("identity_strategy: always_unique"));
        List<CompletableFuture<Creation>> answers = new ArrayList<>();
        try (node) {
            for (int i = 0; i < 300; i++) {
                answers.add(node.engine().create(template.request("{}")));
            }
        }
        try (TestNode other = node.another()) {
            for (CompletableFuture<Creation> answer : answers) {
                UUID task = HandDrivenWorker.answer(answer).taskUuid();
                assertThat(other.engine().task(task)).isPresent();
            }
        }
    }

    @Test
    void closedNodeRefuses(TestDatabase database) {
        TestNode node = TestNode.open(database);
        TemplateFixture template = node.template("over", "a");
        HandDrivenWorker worker = node.worker(1);
        UUID task = node.create(template);
        Assignment assignment = worker.next();
        node.close();
        node.close();
        assertThatThrownBy(() -> node.create(template.request("{\"n\":2}"))).satisfies(LifecycleTest::isClosed);
        assertThatThrownBy(() -> worker.succeed(assignment, "1")).satisfies(LifecycleTest::isClosed);
        assertThatThrownBy(() -> worker.reject(assignment)).satisfies(LifecycleTest::isClosed);
        assertThatThrownBy(() -> worker.unhandled(assignment)).satisfies(LifecycleTest::isClosed);
        var event = new HandlerEvent(UUID.randomUUID(), "item.seen", "1", null);
        assertThatThrownBy(() -> HandDrivenWorker.answer(
                        worker.session().publish(assignment.stepUuid(), assignment.leaseToken(), List.of(event))))
                .satisfies(LifecycleTest::isClosed);
        try (TestNode other = node.another()) {
            assertThat(other.states(task)).containsExactly("a=in_progress");
            assertThat(other.worker(0).report(assignment.stepUuid(), assignment.leaseToken(), StepResult.success("1")))
                    .isEqualTo(Completion.ACCEPTED);
        }
    }

    private static void isClosed(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    void closingLeavesNoConnectionBehind(TestDatabase database) {
        String sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = ? AND pid <> pg_backend_pid()";
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1);
            node.create(node.template("connected", "a"));
            worker.run("a");
            assertThat(Integer.parseInt(database.query(sql, database.name()).getFirst()))
                    .isPositive();
        }
        Eventually.equals("connections", List.of("0"), () -> database.query(sql, database.name()));
    }

    @Test
    void fullLaneRefuses(TestDatabase database) throws Exception {
        LaneConfig narrow = new LaneConfig(1, 3, 1 << 20, 500, 1 << 20);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withLanes(narrow));
                var blocker = database.dataSource().getConnection();
                var statement = blocker.createStatement()) {
            TemplateFixture template = node.register(node.draft("full", "a").with("identity_strategy: always_unique"));
            blocker.setAutoCommit(false);
            statement.execute("LOCK TABLE tasker.task_requests IN ACCESS EXCLUSIVE MODE");
            List<CompletableFuture<Creation>> answers = new ArrayList<>();
            answers.add(node.engine().create(template.request("{}")));
            Eventually.equals(
                    "commands waiting",
                    0,
                    () -> node.engine().metrics().lanes().getFirst().depth());
            for (int i = 0; i < 3; i++) {
                answers.add(node.engine().create(template.request("{}")));
            }
            assertThatThrownBy(() -> node.create(template))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
                    .hasMessageContaining("(expected: < 3)");
            assertThat(node.engine().metrics().lanes().getFirst().refusals()).isEqualTo(1);
            assertThat(node.engine().metrics().lanes().getFirst().oldestNanos()).isPositive();
            blocker.rollback();
            answers.forEach(
                    answer -> assertThat(HandDrivenWorker.answer(answer)).isInstanceOf(Creation.Created.class));
        }
    }
}
