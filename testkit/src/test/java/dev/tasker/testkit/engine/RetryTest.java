package dev.tasker.testkit.engine;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Assignments;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Failed attempts, their delays and the timers that end them (01 §3.1, §4.1, §4.4, §4.5). */
@ExtendWith(DatabaseExtension.class)
class RetryTest {
    private static final Duration LONG_AFTER = Duration.ofHours(2);

    /** Looks at the database when something is due, and otherwise seldom. */
    private static final EngineConfig SLEEPY = TestNode.CONFIG
            .withDispatch(new DispatchConfig(false, ofSeconds(30), 64, 64L << 20))
            .withLeases(new LeaseConfig(ofSeconds(60), ofSeconds(20), Duration.ZERO));

    @Test
    void failedStepWaitsForItsTimeAndRunsAgain(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("retry", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next("a");
            StepResult failure = Results.retryAfter(ofSeconds(40));
            assertThat(worker.report(first, failure)).isEqualTo(Completion.ACCEPTED);

            StepView waiting = node.step(task, "a");
            assertThat(waiting.state()).isEqualTo(StepState.WAITING_FOR_RETRY);
            assertThat(waiting.attempts()).isEqualTo(1);
            assertThat(waiting.backoffRequestSeconds()).isEqualTo(40);
            assertThat(waiting.nextRetryAt()).isEqualTo(waiting.updatedAt().plusSeconds(40));
            assertThat(waiting.readyForExecution()).isFalse();
            assertThat(waiting.retryEligible()).isTrue();
            assertThat(node.task(task).state()).isEqualTo(TaskState.WAITING_FOR_RETRY);
            assertThat(node.task(task).execution().status()).isEqualTo("waiting_for_dependencies");

            database.advance(ofSeconds(30));
            assertThat(worker.poll(150)).as("before its time").isNull();
            database.advance(ofSeconds(10));
            Assignment second = worker.next("a");
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.maxAttempts()).isEqualTo(3);
            assertThat(second.step().previousResult()).isEqualTo(failure.document());
            assertThat(second.leaseToken()).isGreaterThan(first.leaseToken());
            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);

            worker.succeed(second, "1");
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void retryFiresByItselfInRealTime(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("quick", "a");
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            worker.report(worker.next(), Results.retryAfter(ofMillis(30)));
            assertThat(worker.next().attempt()).isEqualTo(2);
            worker.session().drain();
            worker.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        "retry: {retryable: true, max_attempts: 9, backoff: none}"                                            | 0,0,0,0
        "retry: {retryable: true, max_attempts: 9, backoff: linear, backoff_base_ms: 200}"                    | 200,400,600,800
        "retry: {retryable: true, max_attempts: 9, backoff: exponential, backoff_base_ms: 1500}"              | 1500,3000,6000,12000
        "retry: {retryable: true, max_attempts: 9, backoff_base_ms: 1500, max_backoff_ms: 4000}"              | 1500,3000,4000,4000
        "retry: {retryable: true, max_attempts: 9, backoff: fibonacci}"                                       | 1000,1000,2000,3000
        "retry: {retryable: true, max_attempts: 9}"                                                           | 2000,4000,8000,16000
        """)
    void delayFollowsTheTemplateOrElseTheConfiguration(String retry, String delays, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("delays").step("a", retry));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            for (String delay : delays.split(",", -1)) {
                worker.failRetryably(worker.next());
                long expected = Long.parseLong(delay);
                assertThat(delayOf(database, task)).isEqualTo(delay + " " + (expected + 999) / 1000);
                database.advance(ofMillis(expected));
            }
            worker.succeed(worker.next(), "1");
        }
    }

    @Test
    void retryAfterBeatsTheTemplateAndIsCappedByTheConfiguration(TestDatabase database) {
        BackoffConfig backoff = new BackoffConfig(ofSeconds(1), 2, ofSeconds(100), 1);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withBackoff(backoff))) {
            TemplateFixture template = node.register(node.draft("asked")
                    .step("a", "retry: {retryable: true, max_attempts: 9, backoff: linear, backoff_base_ms: 10}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.report(worker.next(), Results.retryAfter(ofMillis(61_001)));
            assertThat(delayOf(database, task)).isEqualTo("61001 62");
            database.advance(LONG_AFTER);
            worker.report(worker.next(), Results.retryAfter(Duration.ofDays(400)));
            assertThat(delayOf(database, task)).isEqualTo("100000 100");
            database.advance(LONG_AFTER);
            worker.succeed(worker.next(), "1");
        }
    }

    @Test
    void jitterStaysWithinItsReachAndBelowTheMaximum(TestDatabase database) {
        BackoffConfig backoff = new BackoffConfig(ofSeconds(10), 2, ofSeconds(22), 0.5);
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withBackoff(backoff))) {
            TemplateFixture template = node.register(node.draft("jitter")
                    .with("identity_strategy: always_unique")
                    .step("a", ""));
            HandDrivenWorker worker = node.worker(1);
            for (int i = 0; i < 20; i++) {
                UUID task = node.create(template);
                worker.failRetryably(worker.next());
                long delay = Long.parseLong(delayOf(database, task).split(" ", 2)[0]);
                assertThat(delay).isBetween(10_000L, 22_000L);
            }
        }
    }

    @ParameterizedTest(name = "retryable {0}, max_attempts {1}: {2} attempts")
    @CsvSource({"true, 0, 1", "true, 1, 1", "true, 2, 2", "true, 3, 3", "false, 0, 1", "false, 1, 1", "false, 3, 1"})
    void stepIsTriedAsOftenAsItsPolicyAllows(boolean retryable, int maxAttempts, int attempts, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("limits")
                    .step(
                            "a",
                            "retry: {retryable: " + retryable + ", max_attempts: " + maxAttempts + ", backoff: none}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            for (int attempt = 1; attempt <= attempts; attempt++) {
                Assignment assignment = worker.next("a");
                assertThat(assignment.attempt()).isEqualTo(attempt);
                assertThat(worker.failRetryably(assignment)).isEqualTo(Completion.ACCEPTED);
            }
            StepView step = node.step(task, "a");
            assertThat(step.state()).isEqualTo(StepState.ERROR);
            assertThat(step.attempts()).isEqualTo(attempts);
            assertThat(step.retryEligible()).isFalse();
            assertThat(step.lastFailureAt()).isNotNull();
            assertThat(node.task(task).state()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        }
    }

    @ParameterizedTest(name = "retryable {0}, max_attempts {1}: {2}")
    @CsvSource({
        "true, 0, yes no",
        "true, 1, yes no",
        "true, 3, yes yes yes no",
        "false, 0, yes no",
        "false, 1, yes no",
        "false, 3, yes no"
    })
    void eligibilityFollowsTheBoundaryTableFromAttemptToAttempt(
            boolean retryable, int maxAttempts, String eligible, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("table")
                    .step(
                            "a",
                            "retry: {retryable: " + retryable + ", max_attempts: " + maxAttempts + ", backoff: none}"));
            UUID task = node.create(template);
            List<String> seen = new ArrayList<>();
            for (int made = 0; made < eligible.split(" ").length; made++) {
                StepView step = node.step(task, "a");
                assertThat(step.attempts()).isEqualTo(made);
                seen.add(step.retryEligible() ? "yes" : "no");
                if (step.retryEligible()) {
                    HandDrivenWorker worker = node.worker(1);
                    Assignment assignment = worker.next();
                    worker.session().drain(); // the next attempt is the next worker's
                    worker.failRetryably(assignment);
                }
            }
            assertThat(String.join(" ", seen)).isEqualTo(eligible);
        }
    }

    @ParameterizedTest
    @EnumSource(BackoffRequest.Kind.class)
    void hintOfEveryKindGoesBeforeTheTemplate(BackoffRequest.Kind kind, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("hints").step("a", "retry: {max_attempts: 9, backoff: linear, backoff_base_ms: 10}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.report(worker.next(), Results.asking(new BackoffRequest(kind, ofMillis(3_500))));
            assertThat(delayOf(database, task)).isEqualTo("3500 4");
            database.advance(ofMillis(3_500));
            worker.report(worker.next(), Results.asking(new BackoffRequest(kind, ofMillis(3_500))));
            assertThat(delayOf(database, task))
                    .as("a rate limit grows like the configured delay")
                    .isEqualTo(kind == BackoffRequest.Kind.RATE_LIMIT ? "4000 4" : "3500 4");
            database.advance(ofSeconds(4));
            worker.succeed(worker.next(), "1");
        }
    }

    @Test
    void nothingIsStoredForASuccessOrAFinalFailureThatAsksForADelay(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("useless").step("a", "").step("b", "retry: {max_attempts: 1}"));
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments roots = worker.next(2);
            BackoffRequest request = new BackoffRequest(BackoffRequest.Kind.CUSTOM, ofSeconds(9));
            worker.report(roots.of("a"), new StepResult(true, false, 1, request, "{\"success\":true}"));
            worker.report(roots.of("b"), Results.asking(request));
            for (String step : List.of("a", "b")) {
                assertThat(node.step(task, step).nextRetryAt()).isNull();
                assertThat(node.step(task, step).backoffRequestSeconds()).isNull();
            }
            assertThat(node.states(task)).containsExactly("a=complete", "b=error");
        }
    }

    @Test
    void retryFiresWhenItIsDueWhileASiblingRuns(TestDatabase database) {
        try (TestNode node = TestNode.open(database, SLEEPY)) {
            TemplateFixture template = node.template("beside", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments roots = worker.next(2);
            long start = System.nanoTime();
            worker.report(roots.of("a"), Results.retryAfter(ofMillis(120)));
            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            assertThat(worker.next("a").attempt()).isEqualTo(2);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(ofMillis(120), ofSeconds(5));
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=in_progress");
        }
    }

    @Test
    void moreRetriesThanOneCallTakesAllFire(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(
                    node.draft("storm").with("identity_strategy: always_unique").step("a", ""));
            int count = 700;
            HandDrivenWorker worker = node.worker(count);
            List<CompletableFuture<Creation>> created = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                created.add(node.engine().create(template.request("{}")));
            }
            created.forEach(HandDrivenWorker::answer);
            List<CompletableFuture<Completion>> failed = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                failed.add(worker.session().complete(worker.next(), Results.retryAfter(ofSeconds(60))));
            }
            failed.forEach(HandDrivenWorker::answer);
            database.advance(ofSeconds(60));
            assertThat(worker.next(count).all()).extracting(Assignment::attempt).containsOnly(2);
            assertThat(database.query("SELECT count(*) FROM tasker.timers")).containsExactly("0");
        }
    }

    @Test
    void failureThatMayNotBeRetriedIsFinalWithAttemptsLeft(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("final", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.failForGood(worker.next());
            assertThat(node.states(task)).containsExactly("a=error");
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
            assertThat(node.step(task, "a").nextRetryAt()).isNull();
        }
    }

    @Test
    void otherBranchGoesOnWhileOneWaitsForItsRetry(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("branches", "a", "b", "c:b", "d:a,c");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            Assignments roots = worker.next(2);
            worker.report(roots.of("a"), Results.retryAfter(ofSeconds(60)));
            assertThat(node.task(task).state()).isEqualTo(TaskState.STEPS_IN_PROCESS);
            worker.succeed(roots.of("b"), "1");
            worker.run("c");
            assertThat(node.task(task).state()).isEqualTo(TaskState.WAITING_FOR_RETRY);
            database.advance(ofSeconds(60));
            worker.run("a");
            worker.run("d");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void anotherNodeFiresTheRetriesOfOneThatIsGone(TestDatabase database) {
        TestNode first = TestNode.open(database);
        TemplateFixture template = first.template("moved", "a");
        try (first) {
            HandDrivenWorker worker = first.worker(1);
            first.create(template);
            worker.report(worker.next(), Results.retryAfter(ofSeconds(60)));
        }
        try (TestNode second = first.another()) {
            HandDrivenWorker worker = second.worker(1);
            database.advance(ofSeconds(60));
            assertThat(worker.next("a").attempt()).isEqualTo(2);
        }
    }

    private static String delayOf(TestDatabase database, UUID task) {
        return database.query(
                        "SELECT (extract(epoch FROM next_retry_at - max(failed.created_at)) * 1000)::bigint,"
                            + " backoff_request_seconds FROM tasker.workflow_steps JOIN tasker.step_history AS failed"
                            + " USING (task_uuid) WHERE task_uuid = ? AND failed.to_state = 5 GROUP BY next_retry_at,"
                            + " backoff_request_seconds",
                        task)
                .getFirst();
    }
}
