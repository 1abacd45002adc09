package dev.tasker.engine.internal;

import dev.tasker.engine.internal.event.Hints;
import dev.tasker.engine.internal.loop.BackgroundLoop;
import dev.tasker.engine.internal.step.QueueHeads;
import dev.tasker.engine.internal.step.StepClaimer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Claims for this node's sessions, and hints to and from other nodes about what none of them took. */
final class Dispatch {
    private final StepClaimer claimer;
    private final MemoryComparison comparison;
    private final QueueHeads heads;
    private final Hints hints;
    private final LongAdder claimed;
    private final boolean listens;
    private final BackgroundLoop claimLoop;
    private final BackgroundLoop sendLoop;
    private final BackgroundLoop listenLoop;

    /**
     * @param claimed counts claimed steps
     * @param listens whether nodes tell one another
     * @param hinted another node told that something waits
     */
    Dispatch(
            StepClaimer claimer,
            MemoryComparison comparison,
            QueueHeads heads,
            Hints hints,
            LongAdder claimed,
            boolean listens,
            Runnable hinted) {
        this.claimer = claimer;
        this.comparison = comparison;
        this.heads = heads;
        this.hints = hints;
        this.claimed = claimed;
        this.listens = listens;
        claimLoop = BackgroundLoop.of("claims", this::claimOnce);
        sendLoop = BackgroundLoop.of("hints-out", hints::sendOnce);
        listenLoop = BackgroundLoop.of("hints-in", () -> hints.listenOnce(hinted));
    }

    void start() {
        claimLoop.start();
        sendLoop.start();
        if (listens) {
            listenLoop.start();
        }
    }

    /** Something waits and somebody may have a slot for it. */
    void wake() {
        claimLoop.signal();
    }

    private Duration claimOnce() throws SQLException {
        comparison.runOnce();
        Duration untilReconciliation = claimer.reconcile();
        claimed.add(claimer.runOnce());
        if (listens && heads.takeUnclaimed() && hints.want()) {
            sendLoop.signal();
        }
        return untilReconciliation;
    }

    void closeClaims() {
        claimLoop.close();
    }

    void closeHints() {
        sendLoop.cease();
        listenLoop.cease();
        hints.close();
        sendLoop.close();
        listenLoop.close();
    }
}
