package dev.tasker.engine.internal;

import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.TaskState;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a node counts. Thread-safe. */
public final class Counters {
    final LongAdder tasksCreated = new LongAdder();
    final LongAdder tasksDuplicate = new LongAdder();
    final LongAdder tasksCompleted = new LongAdder();
    final LongAdder tasksBlocked = new LongAdder();
    final LongAdder resultsAccepted = new LongAdder();
    final LongAdder resultsDuplicate = new LongAdder();
    final LongAdder resultsStale = new LongAdder();
    final LongAdder stepsClaimed = new LongAdder();

    public void created(Creation creation) {
        switch (creation) {
            case Creation.Created _ -> tasksCreated.increment();
            case Creation.Duplicate _ -> tasksDuplicate.increment();
        }
    }

    public void completed(@Nullable Completion completion) {
        switch (completion) {
            case ACCEPTED -> resultsAccepted.increment();
            case DUPLICATE -> resultsDuplicate.increment();
            case STALE_LEASE -> resultsStale.increment();
            case INVALID -> {}
            case null -> {}
        }
    }

    void entered(TaskState state) {
        if (state == TaskState.COMPLETE) {
            tasksCompleted.increment();
        } else if (state == TaskState.BLOCKED_BY_FAILURES) {
            tasksBlocked.increment();
        }
    }
}
