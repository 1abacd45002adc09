package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Steps start when all their parents are satisfied, with the results of all their ancestors (01 §1.13, 04 §4.2). */
@ExtendWith(DatabaseExtension.class)
class GraphTest {

    @Test
    void diamondJoinsAfterBothBranches(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("diamond", "a", "b:a", "c:a", "d:b,c");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.run("a");
            Assignments branches = worker.next(2);
            assertThat(branches.names()).containsExactlyInAnyOrder("b", "c");
            worker.succeed(branches.of("c"), "\"c\"");
            assertThat(worker.poll(50)).isNull();
            assertThat(node.step(task, "d").completedParents()).isEqualTo(1);
            worker.succeed(branches.of("b"), "\"b\"");
            Assignment join = worker.next("d");
            assertThat(join.dependencyResults().keySet()).containsExactlyInAnyOrder("a", "b", "c");
            worker.succeed(join, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void bothParentsInOneCallReleaseTheirChildOnce(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("join", "a", "b", "c:a,b", "d:c").with("identity_strategy: always_unique"));
            HandDrivenWorker worker = node.worker(20);
            for (int i = 0; i < 10; i++) {
                UUID task = node.create(template);
                Assignments roots = worker.next(2);
                CompletableFuture<Completion> a = worker.session().complete(roots.of("a"), StepResult.success("1"));
                CompletableFuture<Completion> b = worker.session().complete(roots.of("b"), StepResult.success("2"));
                assertThat(HandDrivenWorker.answer(a)).isEqualTo(Completion.ACCEPTED);
                assertThat(HandDrivenWorker.answer(b)).isEqualTo(Completion.ACCEPTED);
                assertThat(worker.next("c").dependencyResults()).hasSize(2);
                assertThat(worker.poll()).isNull();
                assertThat(node.states(task)).containsExactly("a=complete", "b=complete", "c=in_progress", "d=pending");
            }
        }
    }

    @Test
    void dependencyResultsHoldEveryAncestorAndNothingElse(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("tree", "a", "x", "b:a", "c:b", "d:c", "e:d,x", "side:a");
            HandDrivenWorker worker = node.worker(1, "a", "b", "c", "d", "e", "x");
            HandDrivenWorker side = node.worker(1, "side");
            node.create(template);
            for (int i = 0; i < 5; i++) {
                Assignment next = worker.next();
                worker.succeed(next, "\"" + next.step().name() + "\"");
            }
            Assignment last = worker.next("e");
            assertThat(last.dependencyResults())
                    .isEqualTo(IntStream.of('a', 'b', 'c', 'd', 'x')
                            .mapToObj(Character::toString)
                            .collect(Collectors.toMap(
                                    name -> name,
                                    name -> StepResult.success("\"" + name + "\"")
                                            .document())));
            assertThat(side.next().dependencyResults().keySet()).containsExactly("a");
        }
    }

    @Test
    void anotherNodeAssemblesTheSameAssignmentFromTheDatabase(TestDatabase database) {
        TestNode first = TestNode.open(database);
        TemplateFixture template = first.register(first.draft("assembled", "a")
                .step("b:a", "timeout_seconds: 7\nretry: {max_attempts: 5}")
                .step("c:b", ""));
        UUID task;
        Assignment fromMemory;
        try (first) {
            HandDrivenWorker worker = first.worker(1);
            task = first.create(template.request("{\"a\": 1.50, \"a\": 2}").withPriority(3));
            worker.run("a");
            worker.run("b");
            fromMemory = worker.next("c");
            assertThat(worker.reject(fromMemory)).isEqualTo(Completion.ACCEPTED);
            fromMemory = worker.next("c");
            worker.session().drain();
            worker.reject(fromMemory);
        }
        try (TestNode second = first.another()) {
            Assignment fromDatabase = second.worker(1).next("c");
            assertThat(fromDatabase.taskUuid()).isEqualTo(task);
            assertThat(fromDatabase.leaseToken()).isEqualTo(fromMemory.leaseToken() + 2);
            assertThat(new Assignment(
                            fromDatabase.taskUuid(),
                            fromDatabase.stepUuid(),
                            fromMemory.leaseToken(),
                            fromDatabase.attempt(),
                            fromDatabase.maxAttempts(),
                            fromDatabase.timeout(),
                            fromDatabase.task(),
                            fromDatabase.step(),
                            fromDatabase.dependencyResults()))
                    .isEqualTo(fromMemory);
        }
    }

    @Test
    void assignmentCarriesWhatTheStepSays(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("said").step("a", "timeout_seconds: 7\nretry: {max_attempts: 5}"));
            HandDrivenWorker worker = node.worker(1);
            node.create(template.request("{\"x\":1}").withPriority(9));
            Assignment assignment = worker.next();
            assertThat(assignment.timeout()).isEqualTo(Duration.ofSeconds(7));
            assertThat(assignment.maxAttempts()).isEqualTo(5);
            assertThat(assignment.attempt()).isEqualTo(1);
            assertThat(assignment.leaseToken()).isPositive();
            assertThat(assignment.task().namespace()).isEqualTo(node.namespace());
            assertThat(assignment.task().priority()).isEqualTo(9);
            assertThat(assignment.step().callable()).isEqualTo("a");
            assertThat(assignment.step().templateStepName()).isEqualTo("a");
            assertThat(assignment.step().initialization()).isEqualTo("{}");
            assertThat(assignment.step().previousResult()).isNull();
            assertThat(assignment.dependencyResults()).isEmpty();
        }
    }

    @Test
    void wideFanOutRunsThroughTheBulkLaneAndJoins(TestDatabase database) {
        int width = 500;
        try (TestNode node = TestNode.open(database)) {
            String[] steps = new String[width + 2];
            steps[0] = "root";
            for (int i = 0; i < width; i++) {
                steps[i + 1] = "w" + i + ":root";
            }
            steps[width + 1] =
                    "join:" + IntStream.range(0, width).mapToObj(i -> "w" + i).collect(Collectors.joining(","));
            TemplateFixture template = node.register(callableOf(node, steps));
            HandDrivenWorker worker = node.worker(100);
            UUID task = node.create(template);
            worker.run("root");
            List<CompletableFuture<Completion>> answers = new ArrayList<>();
            for (int i = 0; i < width; i++) {
                Assignment next = worker.next();
                answers.add(worker.session()
                        .complete(next, StepResult.success("\"" + next.step().name() + "\"")));
            }
            answers.forEach(
                    answer -> assertThat(HandDrivenWorker.answer(answer)).isEqualTo(Completion.ACCEPTED));
            Assignment join = worker.next("join");
            assertThat(join.dependencyResults()).hasSize(width + 1);
            worker.succeed(join, "1");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.engine().metrics().lanes().stream()
                            .filter(lane -> lane.name().equals("lane-bulk"))
                            .findFirst()
                            .orElseThrow()
                            .commands())
                    .as("creation and the root's result")
                    .isEqualTo(2);
        }
    }

    private static TemplateFixture callableOf(TestNode node, String[] steps) {
        TemplateFixture fixture = node.draft("wide");
        for (String words : steps) {
            String[] parts = words.split(":", 2);
            fixture = fixture.step(parts[0], "work", parts.length == 1 ? List.of() : List.of(parts[1].split(",")), "");
        }
        return fixture;
    }

    @Test
    void ancestorsAreReadWhenNothingIsCached(TestDatabase database) {
        DispatchConfig forgetful = new DispatchConfig(false, Duration.ofMillis(50), 64, 0);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withDispatch(forgetful))) {
            TemplateFixture template = node.template("forgotten", "a", "b:a", "c:b");
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            worker.run("a");
            worker.run("b");
            assertThat(worker.next("c").dependencyResults())
                    .isEqualTo(Map.of(
                            "a", StepResult.success("\"a\"").document(),
                            "b", StepResult.success("\"b\"").document()));
        }
    }

    @Test
    void twoNodesCompletingTheParentsOfOneChildReleaseItOnce(TestDatabase database) {
        try (TestNode one = TestNode.open(database);
                TestNode other = one.another()) {
            TemplateFixture template =
                    one.register(one.draft("raced", "a", "b", "c:a,b").with("identity_strategy: always_unique"));
            HandDrivenWorker a = one.worker(1, "a");
            HandDrivenWorker b = other.worker(1, "b");
            HandDrivenWorker c = one.worker(1, "c");
            for (int i = 0; i < 10; i++) {
                UUID task = one.create(template);
                CompletableFuture<Completion> left = a.session().complete(a.next(), StepResult.success("1"));
                CompletableFuture<Completion> right = b.session().complete(b.next(), StepResult.success("2"));
                HandDrivenWorker.answer(left);
                HandDrivenWorker.answer(right);
                Assignment join = c.next();
                assertThat(join.dependencyResults()).hasSize(2);
                c.succeed(join, "3");
                assertThat(one.task(task).state()).isEqualTo(TaskState.COMPLETE);
            }
        }
    }
}
