package dev.tasker.server.api;

import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.DeadLetterStatistics;
import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.DeadLetters;
import dev.tasker.engine.Investigation;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.engine.TaskStaleness;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The dead-letter queue (03 §1.9). Blocks and throws as {@link TaskOperations} does. Thread-safe. */
public final class DeadLetterOperations {
    /** Entries of a list when nothing is said. */
    public static final long LIST_LIMIT = 50;

    /** Rows of the investigation queue and of the staleness list when nothing is said. */
    public static final long QUEUE_LIMIT = 100;

    private static final long LIMIT_MAX = 1_000;

    private final DeadLetters letters;

    public DeadLetterOperations(DeadLetters letters) {
        this.letters = letters;
    }

    /** Newest first; {@code status} null: all. */
    public List<DeadLetter> list(@Nullable ResolutionStatus status, long limit, long offset) {
        return letters.list(status, clamped(limit), offset);
    }

    public DeadLetter newest(UUID taskUuid) {
        return letters.newest(taskUuid)
                .orElseThrow(() -> new RefusedOperationException(
                        Fault.LETTER_UNKNOWN, "DLQ entry not found for task " + taskUuid));
    }

    public void update(UUID entryUuid, DeadLetterUpdate update) {
        Outcomes.require(letters.update(entryUuid, update), Fault.LETTER_UNKNOWN, Fault.INVALID);
    }

    /** Enters a task by hand; it stays where it is. */
    public DeadLetter enter(UUID taskUuid, @Nullable String metadata) {
        Outcomes.require(
                letters.enter(taskUuid, DeadLetterReason.MANUAL_DLQ, metadata == null ? "{}" : metadata),
                Fault.TASK_UNKNOWN,
                Fault.INVALID);
        return newest(taskUuid);
    }

    public List<DeadLetterStatistics> statistics() {
        return letters.statistics();
    }

    public List<Investigation> queue(long limit) {
        return letters.queue(clamped(limit));
    }

    public List<TaskStaleness> staleness(long limit) {
        return letters.staleness(clamped(limit));
    }

    /** 1 to 1 000; clients of the earlier system ask for as many as they like. */
    private static int clamped(long limit) {
        if (limit < 0) {
            throw new RefusedOperationException(Fault.INVALID, "limit must not be negative");
        }
        return (int) Math.clamp(limit, 1, LIMIT_MAX);
    }
}
