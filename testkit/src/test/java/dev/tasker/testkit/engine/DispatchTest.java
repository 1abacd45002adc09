package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which session is given which step, and in what order (DESIGN §4, 04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class DispatchTest {

    @Test
    void waitingStepsAreServedByPriorityThenByAge(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("order", "a");
            int[] priorities = {0, -5, 100, 0, 7, 100, -100};
            for (int i = 0; i < priorities.length; i++) {
                node.create(template.request("{\"n\":" + i + "}").withPriority(priorities[i]));
            }
            HandDrivenWorker worker = node.worker(1);
            List<String> served = new ArrayList<>();
            for (int i = 0; i < priorities.length; i++) {
                Assignment next = worker.next();
                served.add(next.task().priority() + next.task().context());
                worker.succeed(next, "1");
            }
            assertThat(served)
                    .containsExactly(
                            "100{\"n\":2}",
                            "100{\"n\":5}",
                            "7{\"n\":4}",
                            "0{\"n\":0}",
                            "0{\"n\":3}",
                            "-5{\"n\":1}",
                            "-100{\"n\":6}");
        }
    }

    @Test
    void sessionIsNeverGivenWhatItDidNotRegister(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.template("mixed", "java_a", "python_b:java_a", "java_c:python_b", "python_d:java_c");
            HandDrivenWorker java = node.worker(5, "java_a", "java_c");
            HandDrivenWorker python = node.worker(5, "python_b", "python_d");
            UUID task = node.create(template);
            java.run("java_a");
            python.run("python_b");
            java.run("java_c");
            python.run("python_d");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(java.poll()).isNull();
            assertThat(python.poll()).isNull();
        }
    }

    @Test
    void sameCallableInAnotherNamespaceIsAnotherQueue(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode foreign = TestNode.open(database)) {
            node.template("here", "a");
            TemplateFixture there = TemplateFixture.of(foreign.namespace(), "there", "a");
            node.register(there);
            HandDrivenWorker worker = node.worker(1, "a");
            UUID task = node.create(there);
            assertThat(worker.poll(200)).isNull();
            assertThat(node.states(task)).containsExactly("a=enqueued");
        }
    }

    @Test
    void wildcardCoversAllOnlyWhereItIsWritten(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("stars", "x", "y");
            HandDrivenWorker none = node.worker(5, new SessionRequest("none", List.of(), false));
            HandDrivenWorker partial = node.worker(5, "x*");
            UUID task = node.create(template);
            assertThat(none.poll(100)).isNull();
            assertThat(partial.poll(100)).isNull();
            HandDrivenWorker y =
                    node.worker(5, new SessionRequest("y", List.of(new HandlerKey(HandlerKey.ANY, "y")), false));
            y.run("y");
            HandDrivenWorker all = node.worker(5);
            all.run("x");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void sessionIsServedFromTemplatesRegisteredAfterItOpened(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(1, "a");
            node.create(node.template("later", "a"));
            worker.run("a");
        }
    }

    @Test
    void sessionIsServedFromTemplatesThatAnotherNodeRegistersLater(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            HandDrivenWorker explicit = node.worker(1, "a");
            HandDrivenWorker wild = node.worker(1);
            TemplateFixture template = other.template("elsewhere", "a", "b:a");
            UUID task = other.create(template);
            Assignment a = Eventually.get(
                            "a worker that has a",
                            () -> java.util.Optional.ofNullable(explicit.poll())
                                    .or(() -> java.util.Optional.ofNullable(wild.poll())),
                            java.util.Optional::isPresent)
                    .orElseThrow();
            explicit.report(a.stepUuid(), a.leaseToken(), dev.tasker.engine.StepResult.success("1"));
            wild.session().heartbeat();
            explicit.session().heartbeat();
            wild.run("b");
            assertThat(other.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void slotsBoundWhatASessionHolds(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("slots", "a").with("identity_strategy: always_unique"));
            HandDrivenWorker idle = node.worker(0);
            HandDrivenWorker worker = node.worker(0);
            for (int i = 0; i < 5; i++) {
                node.create(template);
            }
            assertThat(worker.poll(100)).as("without slots").isNull();
            worker.grant(2);
            List<Assignment> two = worker.next(2).all();
            assertThat(worker.poll(100)).as("beyond its slots").isNull();
            worker.succeed(two.getFirst(), "1");
            Assignment third = worker.next();
            assertThat(worker.poll(100)).isNull();
            worker.reject(two.getLast());
            worker.next();
            worker.failForGood(third);
            worker.next();
            assertThat(worker.poll(100)).isNull();
            assertThat(idle.poll()).isNull();
        }
    }

    @Test
    void negativeGrantIsRefused(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            HandDrivenWorker worker = node.worker(0);
            Assertions.assertThatThrownBy(() -> worker.grant(-1))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
    }

    @Test
    void successorGoesToTheReportingSessionThoughAnotherIsFree(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("sticky", "a", "b:a", "c:b");
            HandDrivenWorker first = node.worker(1);
            node.create(template);
            Assignment a = first.next("a");
            HandDrivenWorker second = node.worker(5);
            first.succeed(a, "1");
            first.run("b");
            first.run("c");
            assertThat(second.poll()).isNull();
        }
    }

    @Test
    void successorDoesNotOvertakeAWaitingStepOfHigherPriority(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("overtake")
                    .with("identity_strategy: always_unique")
                    .step("a", "run", List.of(), "")
                    .step("b", "run", List.of("a"), ""));
            HandDrivenWorker worker = node.worker(1);
            UUID low = node.create(template);
            Assignment a = worker.next("a");
            UUID high = node.create(template.request("{}").withPriority(10));
            worker.succeed(a, "1");
            assertThat(worker.next("a").taskUuid()).isEqualTo(high);
            assertThat(node.states(low)).containsExactly("a=complete", "b=enqueued");
        }
    }

    @Test
    void successorMayOvertakeWaitingStepsOfItsOwnPriorityButNotForEver(TestDatabase database) {
        DispatchConfig dispatch = new DispatchConfig(false, Duration.ofMillis(50), 2, 1 << 20);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withDispatch(dispatch))) {
            TemplateFixture chain = node.register(node.draft("chain")
                    .with("identity_strategy: always_unique")
                    .step("a", "run", List.of(), "")
                    .step("b", "run", List.of("a"), "")
                    .step("c", "run", List.of("b"), "")
                    .step("d", "run", List.of("c"), ""));
            HandDrivenWorker worker = node.worker(1);
            UUID first = node.create(chain);
            Assignment a = worker.next("a");
            UUID second = node.create(chain);
            worker.succeed(a, "1");
            worker.run("b");
            assertThat(worker.run("c").taskUuid()).isEqualTo(first);
            assertThat(worker.next("a").taskUuid()).as("after two in a row").isEqualTo(second);
        }
    }

    @Test
    void withoutStickinessNobodyIsOvertaken(TestDatabase database) {
        DispatchConfig dispatch = new DispatchConfig(false, Duration.ofMillis(50), 0, 0);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withDispatch(dispatch))) {
            TemplateFixture chain = node.register(node.draft("loose")
                    .with("identity_strategy: always_unique")
                    .step("a", "run", List.of(), "")
                    .step("b", "run", List.of("a"), ""));
            HandDrivenWorker worker = node.worker(1);
            UUID first = node.create(chain);
            Assignment a = worker.next("a");
            UUID second = node.create(chain);
            worker.succeed(a, "1");
            assertThat(worker.run("a").taskUuid()).isEqualTo(second);
            assertThat(worker.run("b").taskUuid()).isEqualTo(first);
            assertThat(worker.run("b").taskUuid()).isEqualTo(second);
        }
    }

    @Test
    void chainWithNobodyWaitingStaysWithItsSession(TestDatabase database) {
        DispatchConfig dispatch = new DispatchConfig(false, Duration.ofMillis(50), 0, 1 << 20);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withDispatch(dispatch))) {
            TemplateFixture template = node.template("alone", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("a");
            worker.run("b");
            assertThat(database.query(
                            "SELECT metadata->'via'->>0 FROM tasker.workflow_step_transitions WHERE workflow_step_uuid"
                                    + " = ? ORDER BY sort_key LIMIT 1",
                            node.step(task, "b").stepUuid()))
                    .as("leased in the call that completed its parent")
                    .containsExactly("enqueued");
        }
    }

    @Test
    void drainingSessionGetsNothingButMayFinish(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("drain", "a", "b:a");
            HandDrivenWorker worker = node.worker(3);
            UUID task = node.create(template);
            Assignment a = worker.next("a");
            worker.session().drain();
            UUID other = node.create(template.request("{\"n\":2}"));
            assertThat(worker.succeed(a, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(worker.poll(150)).isNull();
            assertThat(node.states(task)).containsExactly("a=complete", "b=enqueued");
            assertThat(node.states(other)).containsExactly("a=enqueued", "b=pending");
            HandDrivenWorker next = node.worker(2);
            next.next(2);
        }
    }

    @Test
    void workOfOneNodeReachesASessionOfAnotherByHint(TestDatabase database) {
        DispatchConfig listening = new DispatchConfig(true, Duration.ofSeconds(10), 64, 1 << 20);
        var config = TestNode.CONFIG.withDispatch(listening).withLeases(dev.tasker.engine.LeaseConfig.DEFAULT);
        try (TestNode node = TestNode.open(database, config);
                TestNode other = TestNode.open(database, config)) {
            TemplateFixture template = node.template("hinted", "a");
            other.register(template);
            SessionRequest request =
                    new SessionRequest("w", List.of(new HandlerKey(node.namespace(), HandlerKey.ANY)), true);
            HandDrivenWorker worker = other.worker(1, request);
            Eventually.equals(
                    "listening nodes",
                    List.of("2"),
                    () -> database.query(
                            "SELECT count(*) FROM pg_stat_activity WHERE datname = ?" + " AND query LIKE 'LISTEN%'",
                            database.name()));
            long start = System.nanoTime();
            node.create(template);
            worker.next();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            worker.close();
        }
    }
}
