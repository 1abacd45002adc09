package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.HandDrivenSource.Completion;
import dev.tasker.worker.HandDrivenSource.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Steps that succeed, fail, hang and ignore interruptions, while leases and sessions are lost at random: in the end each
 * step has exactly one outcome unless its lease was lost, and every slot is credit again.
 */
@Timeout(60)
class TurmoilTest {
    private static final int STEPS = 400;
    private static final int SLOTS = 8;

    private final CountDownLatch release = new CountDownLatch(1);

    @RepeatedTest(10)
    void everyStepHasOneOutcomeAndEverySlotReturns(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition()); // the seed is in the name of the repetition
        var assignments = new ArrayList<Assignment>();
        Set<Assignment> lost = new HashSet<>();
        List<Session> sessions = new ArrayList<>();
        try (var fixture = new WorkerFixture(this::handle, WorkerFixture.CONFIG.withSlots(SLOTS))) {
            sessions.add(fixture.session);
            while (assignments.size() < STEPS) {
                Session session = sessions.getLast();
                Assignment assignment = Assignments.with()
                        .context("{\"kind\": " + kind(random, assignments.size()) + "}")
                        .build();
                waitForCredit(fixture, session);
                assignments.add(assignment);
                session.assign(assignment);
                if (random.nextInt(20) == 0) {
                    Assignment unlucky = assignments.get(random.nextInt(assignments.size()));
                    lost.add(unlucky);
                    session.lose(unlucky);
                }
                if (random.nextInt(100) == 0) {
                    session.cut();
                    sessions.add(fixture.source.nextSession());
                }
            }
            release.countDown();
            while (fixture.worker.slotsTaken() > 0
                    || sessions.getLast().credit.get() != SLOTS
                    || fixture.worker.statistics().quarantined() > 0) { // counted after the slot is free
                letTimePass(fixture);
            }
        }
        Map<Assignment, Integer> outcomes = outcomes(sessions);
        for (Assignment assignment : assignments) {
            int count = outcomes.getOrDefault(assignment, 0);
            assertThat(count).as("outcomes of %s", assignment).isBetween(lost.contains(assignment) ? 0 : 1, 1);
        }
        assertThat(outcomes.keySet()).isSubsetOf(assignments);
    }

    /** Three steps hold their slots to the end; the others are mixed. */
    private static int kind(Random random, int number) {
        return number % 100 == 50 && number < 300 ? 3 : random.nextInt(3);
    }

    private StepResult handle(StepContext context) throws Exception {
        return switch (context.input("kind", Integer.class)) {
            case 0 -> StepResult.success("done");
            case 1 -> throw new IOException("failed");
            case 2 -> {
                new CountDownLatch(1).await();
                yield StepResult.success("never");
            }
            default -> {
                boolean released = false;
                while (!released) {
                    try {
                        release.await();
                        released = true;
                    } catch (InterruptedException e) {
                        // ignores it, as bad handlers do
                    }
                }
                yield StepResult.success("late");
            }
        };
    }

    private static void waitForCredit(WorkerFixture fixture, Session session) {
        while (session.credit.get() <= 0) {
            letTimePass(fixture);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // only makes turmoil likelier; nothing relies on it
    private static void letTimePass(WorkerFixture fixture) {
        fixture.pass(WorkerFixture.CONFIG.stopGrace());
        Thread.yield();
        if (Thread.interrupted()) { // by the limit above
            throw new AssertionError("a slot is missing: " + fixture.worker.statistics());
        }
    }

    private static Map<Assignment, Integer> outcomes(List<Session> sessions) {
        var outcomes = new HashMap<Assignment, Integer>();
        for (Session session : sessions) {
            for (Completion completion : session.completions) {
                outcomes.merge(completion.assignment(), 1, Integer::sum);
            }
        }
        return outcomes;
    }
}
