package dev.tasker.worker;

import static dev.tasker.worker.Assignments.assignment;
import static dev.tasker.worker.WorkerFixture.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandDrivenSource.Completion;
import dev.tasker.worker.WorkerFixture.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Credit, bounded concurrency, quarantine and lost leases. */
class SlotTest {

    private static final Duration TIMEOUT = CONFIG.handlerTimeout();
    private static final Duration GRACE = CONFIG.stopGrace();

    @Test
    void allSlotsAreGrantedAtTheStart() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            assertThat(fixture.session.credit).hasValue(2);
            Registration registration = Objects.requireNonNull(fixture.source.registration);
            assertThat(registration.maxInFlight()).isEqualTo(2);
            assertThat(registration.workerName()).isEqualTo("worker-1");
            assertThat(registration.handlers()).containsExactly(HandlerKey.any("handler"));
        }
    }

    @Test
    void completionIsTheOnlyReturnOfItsSlot() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            fixture.run(assignment());
            fixture.await("answered ACCEPTED");

            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.session.granted).containsExactly(2);
        }
    }

    @Test
    void noMoreHandlersRunThanThereAreSlotsWhateverArrives() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            Assignment third = assignment();
            fixture.session.assign(assignment(), assignment(), third);
            Gate.Run first = gate.next();
            Gate.Run second = gate.next();
            assertThat(gate.runs).isEmpty();
            assertThat(fixture.worker.slotsTaken()).isEqualTo(2);

            first.go.countDown();
            Gate.Run waited = gate.next();
            assertThat(waited.context.stepUuid()).isEqualTo(third.stepUuid());

            second.go.countDown();
            waited.go.countDown();
            fixture.session.nextCompletion();
            fixture.session.nextCompletion();
            fixture.session.nextCompletion();
        }
    }

    @Test
    @SuppressWarnings("ThreadPriorityCheck") // only makes turmoil likelier; nothing relies on it
    void concurrencyNeverExceedsTheSlotsUnderLoad() throws InterruptedException {
        int steps = 5_000;
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var done = new CountDownLatch(steps);
        try (var fixture = new WorkerFixture(
                context -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.yield();
                    running.decrementAndGet();
                    done.countDown();
                    return StepResult.success();
                },
                CONFIG.withSlots(4))) {
            var batch = new ArrayList<Assignment>();
            for (int i = 0; i < steps; i++) {
                batch.add(assignment());
            }
            fixture.session.listener.assigned(batch);

            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < steps; i++) {
                fixture.session.nextCompletion();
            }
            assertThat(most.get()).isBetween(1, 4);
            assertThat(fixture.worker.statistics().started()).isEqualTo(steps);
        }
    }

    @Test
    void handlerThatIgnoresItsTimeoutIsReportedAndQuarantined() {
        var gate = new Gate(false);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(assignment());
            Gate.Run stubborn = gate.next();
            fixture.pass(TIMEOUT);
            stubborn.interrupted.join();
            assertThat(fixture.session.completions).isEmpty();

            fixture.pass(GRACE);
            Completion reported = fixture.session.nextCompletion();

            assertThat(reported.report().errorType()).isEqualTo("handler_timeout");
            assertThat(fixture.session.credit).hasValue(1);
            assertThat(fixture.worker.slotsTaken()).isEqualTo(1);
            assertThat(fixture.worker.statistics().quarantined()).isEqualTo(1);

            stubborn.go.countDown();
            fixture.await("released");

            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.worker.slotsTaken()).isZero();
            assertThat(fixture.worker.statistics().quarantined()).isZero();
            assertThat(fixture.session.completions).isEmpty();
        }
    }

    @Test
    void otherSlotsServeWhileOneIsQuarantined() {
        var gate = new Gate(false);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(assignment());
            Gate.Run stubborn = gate.next();
            fixture.pass(TIMEOUT);
            fixture.pass(GRACE);
            fixture.session.nextCompletion();

            fixture.session.assign(assignment());
            gate.next().go.countDown();

            assertThat(fixture.session.nextCompletion().report().success()).isTrue();
            stubborn.go.countDown();
        }
    }

    @Test
    void surplusWaitsWhenTheSourceCannotWithholdASlot() {
        var gate = new Gate(false);
        try (var fixture = new WorkerFixture(gate, CONFIG.withSlots(1))) {
            fixture.source.withholds = false;
            fixture.session.assign(assignment());
            Gate.Run stubborn = gate.next();
            fixture.pass(TIMEOUT);
            fixture.pass(GRACE);
            fixture.session.nextCompletion();
            assertThat(fixture.session.credit).hasValue(1);

            fixture.session.assign(assignment());
            assertThat(gate.runs).isEmpty();
            stubborn.go.countDown();
            gate.next().go.countDown();

            assertThat(fixture.session.nextCompletion().report().success()).isTrue();
            assertThat(fixture.session.credit).hasValue(1);
        }
    }

    @Test
    void handlerThatEndsAfterItsInterruptionKeepsItsSlotInUse() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            fixture.session.assign(assignment());
            gate.next();
            fixture.pass(TIMEOUT);
            fixture.session.nextCompletion();
            fixture.await("answered ACCEPTED");

            fixture.pass(GRACE);

            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.worker.statistics().quarantined()).isZero();
        }
    }

    @Test
    void lostLeaseInterruptsTheHandlerAndDiscardsItsResult() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            Assignment lost = assignment();
            fixture.session.assign(lost);
            Gate.Run run = gate.next();

            fixture.session.lose(lost);

            run.interrupted.join();
            assertThat(HandDrivenSource.take(fixture.session.granted)).isEqualTo(2);
            assertThat(HandDrivenSource.take(fixture.session.granted)).isEqualTo(1);
            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.session.completions).isEmpty();
            assertThat(fixture.worker.statistics().lost()).isEqualTo(1);
        }
    }

    @Test
    void handlerThatIgnoresTheLossOfItsLeaseIsQuarantined() {
        var gate = new Gate(false);
        try (var fixture = new WorkerFixture(gate)) {
            Assignment lost = assignment();
            fixture.session.assign(lost);
            Gate.Run stubborn = gate.next();
            fixture.session.lose(lost);
            fixture.session.lose(lost);

            fixture.pass(GRACE);
            assertThat(fixture.worker.statistics().quarantined()).isEqualTo(1);
            assertThat(fixture.session.credit).hasValue(1);

            stubborn.go.countDown();
            fixture.await("released");
            assertThat(fixture.session.credit).hasValue(2);
            assertThat(fixture.session.completions).isEmpty();
            assertThat(fixture.worker.statistics().lost()).isEqualTo(1);
        }
    }

    @Test
    void leaseLostDuringTheGraceLeavesNothingToReport() {
        var gate = new Gate(false);
        try (var fixture = new WorkerFixture(gate)) {
            Assignment lost = assignment();
            fixture.session.assign(lost);
            Gate.Run stubborn = gate.next();
            fixture.pass(TIMEOUT);
            fixture.session.lose(lost);
            stubborn.go.countDown();

            assertThat(HandDrivenSource.take(fixture.session.granted)).isEqualTo(2);
            assertThat(HandDrivenSource.take(fixture.session.granted)).isEqualTo(1);
            assertThat(fixture.session.completions).isEmpty();
        }
    }

    @Test
    void leaseLostWhileWaitingForASlotNeverReachesTheHandler() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate, CONFIG.withSlots(1))) {
            Assignment waiting = assignment();
            fixture.session.assign(assignment(), waiting);
            Gate.Run first = gate.next();

            fixture.session.lose(waiting);
            first.go.countDown();
            fixture.session.nextCompletion();

            assertThat(gate.runs).isEmpty();
            assertThat(fixture.session.credit).hasValue(1);
        }
    }

    @Test
    void lossOfAnUnknownAssignmentChangesNothing() {
        try (var fixture = new WorkerFixture(context -> StepResult.success())) {
            fixture.session.lose(assignment());

            assertThat(fixture.worker.statistics().lost()).isZero();
            assertThat(fixture.session.credit).hasValue(2);
        }
    }

    @Test
    void secondDeliveryOfARunningAssignmentIsIgnored() {
        var gate = new Gate(true);
        try (var fixture = new WorkerFixture(gate)) {
            Assignment twice = assignment();
            fixture.session.assign(twice);
            Gate.Run run = gate.next();

            fixture.session.assign(twice);

            assertThat(gate.runs).isEmpty();
            assertThat(fixture.session.credit).hasValue(1);
            run.go.countDown();
            fixture.session.nextCompletion();
            assertThat(fixture.session.completions).isEmpty();
        }
    }
}
