package dev.tasker.worker;

import static dev.tasker.worker.Assignments.assignment;
import static dev.tasker.worker.WorkerFixture.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandDrivenSource.Completion;
import dev.tasker.worker.HandDrivenSource.Session;
import dev.tasker.worker.WorkerFixture.Gate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers, lost sessions and the end of a worker. */
@Timeout(30)
class SessionTest {

    @Test
    void answersAreCountedByStatus() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            fixture.source.answersAtOnce = false;
            for (CompletionStatus status : new CompletionStatus[] {
                CompletionStatus.ACCEPTED, CompletionStatus.DUPLICATE, CompletionStatus.STALE_LEASE
            }) {
                fixture.run(assignment()).answer().complete(status);
                fixture.await("answered " + status);
            }

            WorkerStatistics.Snapshot statistics = fixture.worker.statistics();
            assertThat(statistics.accepted()).isEqualTo(1);
            assertThat(statistics.duplicate()).isEqualTo(1);
            assertThat(statistics.stale()).isEqualTo(1);
            assertThat(statistics.assigned()).isEqualTo(3);
            assertThat(statistics.finished()).isEqualTo(3);
            assertThat(statistics.succeeded()).isEqualTo(3);
            assertThat(statistics.failed()).isZero();
            assertThat(statistics.sessions()).isEqualTo(1);
            assertThat(statistics.executionTimeNanos()).isZero();
        }
    }

    @Test
    void refusedReportIsFollowedByAPermanentFailureOnce() {
        try (var fixture = new WorkerFixture(context -> StepResult.success("x"))) {
            fixture.source.answersAtOnce = false;
            Completion refused = fixture.run(assignment());
            refused.answer().complete(CompletionStatus.INVALID);

            Completion standIn = fixture.session.nextCompletion();
            assertThat(standIn.assignment()).isEqualTo(refused.assignment());
            assertThat(standIn.report().success()).isFalse();
            assertThat(standIn.report().retryable()).isFalse();
            standIn.answer().complete(CompletionStatus.INVALID);
            fixture.await("answered INVALID");
            fixture.await("answered INVALID");

            assertThat(fixture.session.completions).isEmpty();
            assertThat(fixture.worker.statistics().invalid()).isEqualTo(2);
        }
    }

    @Test
    void lostSessionIsReplacedAndGetsExactlyTheFreeSlots() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(assignment());
            Gate.Run run = gate.next();

            fixture.session.cut();
            fixture.session.cut();
            Session successor = fixture.source.nextSession();
            assertThat(HandDrivenSource.take(successor.granted)).isEqualTo(1);

            run.go.countDown();
            assertThat(successor.nextCompletion().report().success()).isTrue();
            assertThat(successor.credit).hasValue(2);
            assertThat(fixture.source.opened).isEmpty();
        }
    }

    @Test
    void unansweredReportIsSentAgainThroughTheNextSession() {
        try (var fixture = new WorkerFixture(context -> StepResult.success("kept"))) {
            fixture.source.answersAtOnce = false;
            Completion first = fixture.run(assignment());
            fixture.session.cut();
            first.answer().completeExceptionally(new IllegalStateException("session gone"));

            Session successor = fixture.source.nextSession();
            Completion again = successor.nextCompletion();
            assertThat(again.assignment()).isEqualTo(first.assignment());
            assertThat(again.report()).isSameAs(first.report());
            assertThat(successor.credit).hasValue(2);
            again.answer().complete(CompletionStatus.DUPLICATE);

            fixture.await("answered DUPLICATE");
        }
    }

    @Test
    void outcomeOfATimeWithoutSessionWaitsForTheNext() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(assignment());
            Gate.Run run = gate.next();
            fixture.source.opensToRefuse.set(2);
            fixture.session.cut();
            run.go.countDown();
            fixture.await("finished");

            Session successor = fixture.source.nextSession();
            successor.nextCompletion();

            assertThat(fixture.session.completions).isEmpty();
            assertThat(successor.credit).hasValue(2);
            assertThat(fixture.worker.statistics().sessions()).isEqualTo(2);
        }
    }

    @Test
    void quarantineWithoutSessionIsSettledLater() {
        var gate = new Gate(false);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(assignment());
            Gate.Run stubborn = gate.next();
            fixture.pass(CONFIG.handlerTimeout());
            fixture.source.opensToRefuse.set(1);
            fixture.session.cut();
            fixture.pass(CONFIG.stopGrace());

            Session successor = fixture.source.nextSession();
            assertThat(successor.nextCompletion().report().errorType()).isEqualTo("handler_timeout");
            stubborn.go.countDown();
            fixture.await("released");
            assertThat(successor.credit).hasValue(2);
        }
    }

    @Test
    void sessionLostWhileItOpensIsReplaced() {
        var source = new HandDrivenSource();
        source.losesWhileOpening = true;
        var registry = HandlerRegistry.builder()
                .handler("handler", context -> StepResult.success())
                .build();
        try (var worker = WorkerRuntime.start(source, registry, CONFIG)) {
            source.nextSession();
            Session successor = source.nextSession();
            HandDrivenSource.take(successor.granted);

            successor.assign(assignment());

            assertThat(successor.nextCompletion().report().success()).isTrue();
            assertThat(worker.statistics().sessions()).isEqualTo(2);
        }
    }

    @Test
    void closingWaitsForRunningHandlersAndTheirAnswers() {
        var gate = new Gate(true);
        var fixture = new WorkerFixture(gate);
        fixture.session.assign(assignment());
        Gate.Run run = gate.next();

        CompletableFuture<Void> closed = CompletableFuture.runAsync(
                () -> fixture.worker.close(Duration.ofSeconds(20)), Thread::startVirtualThread);
        fixture.session.draining.join();
        assertThat(fixture.session.ended).isNotDone();
        run.go.countDown();
        closed.join();

        assertThat(fixture.session.nextCompletion().report().success()).isTrue();
        assertThat(fixture.session.ended).isDone();
        assertThat(fixture.session.granted).containsExactly(2);
    }

    @Test
    void closingReportsWhatDoesNotEndInTimeAsRetryableShutdown() {
        var gate = new Gate(true);
        var fixture = new WorkerFixture(gate);
        fixture.session.assign(assignment());
        Gate.Run run = gate.next();

        fixture.worker.close(Duration.ofMillis(1));

        StepReport report = fixture.session.nextCompletion().report();
        run.interrupted.join();
        assertThat(report.errorType()).isEqualTo("worker_shutdown");
        assertThat(report.retryable()).isTrue();
        assertThat(fixture.session.ended).isDone();
        assertThat(fixture.session.completions).isEmpty();
    }

    @Test
    void closingGivesBackWhatWaitsAndWhatStillArrives() {
        var gate = new Gate(true);
        var fixture = new WorkerFixture(gate, CONFIG.withSlots(1));
        Assignment waiting = assignment();
        fixture.session.assign(assignment(), waiting);
        Gate.Run run = gate.next();

        CompletableFuture<Void> closed = CompletableFuture.runAsync(
                () -> fixture.worker.close(Duration.ofSeconds(20)), Thread::startVirtualThread);
        HandDrivenSource.Rejection first = HandDrivenSource.take(fixture.session.rejections);
        assertThat(first.assignment()).isEqualTo(waiting);
        assertThat(first.reason()).isEqualTo(RejectReason.SHUTTING_DOWN);
        Assignment late = assignment();
        fixture.session.assign(late);
        assertThat(HandDrivenSource.take(fixture.session.rejections).assignment())
                .isEqualTo(late);
        run.go.countDown();
        closed.join();

        assertThat(gate.runs).isEmpty();
        assertThat(fixture.session.granted).containsExactly(1);
    }

    @Test
    void closingDoesNotWaitForQuarantinedHandlers() {
        var gate = new Gate(false);
        var fixture = new WorkerFixture(gate);
        fixture.session.assign(assignment());
        Gate.Run stubborn = gate.next();
        fixture.pass(CONFIG.handlerTimeout());
        fixture.pass(CONFIG.stopGrace());
        fixture.session.nextCompletion();

        fixture.worker.close(Duration.ofMinutes(5));

        assertThat(fixture.session.completions).isEmpty();
        stubborn.go.countDown();
    }

    @Test
    void closingWaitsForTheLastAnswerNoLongerThanTheGrace() {
        var fixture = new WorkerFixture(
                context -> StepResult.success(),
                new WorkerConfig(
                        "w", 1, Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofSeconds(1), 1_000, false));
        fixture.source.answersAtOnce = false;
        fixture.run(assignment());

        fixture.worker.close();

        assertThat(fixture.session.ended).isDone();
    }

    @Test
    void closingWaitsUntilTheLastAnswerArrives() {
        var fixture = new WorkerFixture(context -> StepResult.success());
        fixture.source.answersAtOnce = false;
        Completion last = fixture.run(assignment());

        CompletableFuture<Void> closed =
                CompletableFuture.runAsync(() -> fixture.worker.close(), Thread::startVirtualThread);
        fixture.session.draining.join();
        last.answer().complete(CompletionStatus.ACCEPTED);
        closed.join();

        assertThat(fixture.worker.statistics().accepted()).isEqualTo(1);
    }

    @Test
    void interruptedClosingStillReportsWhatRuns() throws InterruptedException {
        var gate = new Gate(true);
        var fixture = new WorkerFixture(gate);
        fixture.session.assign(assignment());
        gate.next();

        Thread closer = Thread.ofVirtual().start(() -> fixture.worker.close(Duration.ofMinutes(5)));
        fixture.session.draining.join();
        closer.interrupt();
        closer.join();

        assertThat(fixture.session.nextCompletion().report().errorType()).isEqualTo("worker_shutdown");
        assertThat(fixture.session.ended).isDone();
    }

    @Test
    void closingTwiceClosesOnceAndStopsReconnecting() {
        var fixture = new WorkerFixture(context -> StepResult.success());
        fixture.source.opensToRefuse.set(Integer.MAX_VALUE);
        fixture.session.cut();
        fixture.await("sessionLost");

        fixture.worker.close();
        fixture.worker.close();

        assertThat(fixture.session.ended).isNotDone();
        assertThat(fixture.source.opened).isEmpty();
    }

    @Test
    void watchThreadFindsADeadlineByItself() {
        var gate = new Gate(true);
        var source = new HandDrivenSource();
        var registry = HandlerRegistry.builder().handler("handler", gate).build();
        var told = new CompletableFuture<Assignment>();
        var listener = new WorkerListener() {
            @Override
            public void timedOut(Assignment assignment) {
                told.complete(assignment);
            }
        };
        try (var worker = WorkerRuntime.start(source, registry, CONFIG, listener)) {
            Session session = source.nextSession();
            session.assign(Assignments.with().timeout(Duration.ofMillis(5)).build());
            gate.next().interrupted.join();

            assertThat(session.nextCompletion().report().errorType()).isEqualTo("handler_timeout");
            told.join(); // the handler's thread may report before the watch has told of its interruption
            assertThat(worker.statistics().timedOut()).isEqualTo(1);
        }
    }
}
