package dev.tasker.worker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the handlers running at once. The source is bound by credit already; this is what holds when it sends more all
 * the same, which happens while quarantined threads take up slots. Such surplus waits here in order of arrival, at most
 * as many as there are quarantined threads.
 *
 * <p>Invariant: a step waits only while all slots are taken. {@link #release} hands a slot on directly, and both sides
 * look again after their own change, so a step and a free slot cannot miss each other.
 */
final class Slots {

    private final int total;
    private final AtomicInteger taken = new AtomicInteger();
    private final Queue<StepExecution> waiting = new ConcurrentLinkedQueue<>();

    Slots(int total) {
        this.total = total;
    }

    /** A step to start now: this one, or one that waited longer; null when all slots are taken. */
    @Nullable
    StepExecution enter(StepExecution step) {
        if (waiting.isEmpty() && take()) {
            return step;
        }
        waiting.add(step);
        return take() ? nextOrGiveBack() : null;
    }

    /** Frees the slot of a finished step and answers the step to start in its place, if one waits. */
    @Nullable
    StepExecution release() {
        return nextOrGiveBack();
    }

    int taken() {
        return taken.get();
    }

    /** Removes and answers a step that waits. */
    @Nullable
    StepExecution pollWaiting() {
        return waiting.poll();
    }

    boolean remove(StepExecution step) {
        return waiting.remove(step);
    }

    private @Nullable StepExecution nextOrGiveBack() {
        while (true) {
            StepExecution next = waiting.poll();
            if (next != null) {
                return next;
            }
            taken.decrementAndGet();
            if (waiting.isEmpty() || !take()) {
                return null;
            }
        }
    }

    private boolean take() {
        int current = taken.get();
        while (current < total) {
            if (taken.compareAndSet(current, current + 1)) {
                return true;
            }
            current = taken.get();
        }
        return false;
    }
}
