package dev.tasker.engine;

import dev.tasker.engine.internal.recovery.DeadLetterStore;
import dev.tasker.engine.internal.recovery.StalenessCounters;
import dev.tasker.engine.internal.recovery.StalenessSweeper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * The dead-letter queue: why tasks stopped, and what people found out (01 §5). Nothing here but {@link #sweep} moves a task; steps are
 * repaired with {@link Engine#operate}, tasks put back to work with {@link Engine#reopen}, and entries are closed by whoever
 * looked into them. Fails with {@link EngineException}: {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#DATABASE_UNAVAILABLE}.
 * Thread-safe.
 */
public final class DeadLetters {
    private static final int LIMIT_MAX = 1_000;
    private static final int NOTES_MAX = 100_000;
    private static final int NAME_MAX = 255;
    private static final int METADATA_MAX = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final DeadLetterStore store;
    private final StalenessSweeper sweeper;
    private final StalenessCounters counters;

    DeadLetters(DeadLetterStore store, StalenessSweeper sweeper, StalenessCounters counters) {
        this.store = store;
        this.sweeper = sweeper;
        this.counters = counters;
    }

    /**
     * Entries, newest first.
     *
     * @param status null: all
     * @param limit 1 to 1 000
     * @param offset how many of the newest to leave out, not negative
     */
    public List<DeadLetter> list(@Nullable ResolutionStatus status, int limit, long offset) {
        if (offset < 0) {
            throw invalid("offset: " + offset + " (expected: >= 0)");
        }
        return store.list(status, checked(limit), offset);
    }

    /** The entry of the task that was made last. */
    public Optional<DeadLetter> newest(UUID taskUuid) {
        return store.newest(taskUuid);
    }

    /**
     * Changes what is known of an entry. A final status stays: its notes and metadata may be edited, another status is refused as a
     * conflict.
     */
    public ActionOutcome update(UUID entryUuid, DeadLetterUpdate update) {
        text("resolution_notes", update.notes(), NOTES_MAX);
        text("resolved_by", update.resolvedBy(), NAME_MAX);
        if (update.metadata() != null) {
            json(update.metadata());
        }
        return store.update(entryUuid, update);
    }

    /** Counts per reason, of reasons that have entries. */
    public List<DeadLetterStatistics> statistics() {
        return store.statistics();
    }

    /** How many entries are open, of every reason; of all nodes. Costs as much as there are. */
    public Map<DeadLetterReason, Long> pending() {
        return store.pending();
    }

    /** Open entries, most urgent first; {@code limit} 1 to 1 000. */
    public List<Investigation> queue(int limit) {
        return store.queue(checked(limit));
    }

    /** Tasks by how near they are to being stale: stale ones, then warnings, each longest in state first; {@code limit} 1 to 1 000. */
    public List<TaskStaleness> staleness(int limit) {
        return store.staleness(checked(limit));
    }

    /**
     * Enters a task by hand; it stays where it is. While the entry is open, sweeps leave the task alone. Refused as a conflict when it has
     * an open entry.
     *
     * @param metadata JSON kept with the entry
     */
    public ActionOutcome enter(UUID taskUuid, DeadLetterReason reason, String metadata) {
        json(metadata);
        return store.enter(taskUuid, reason, metadata);
    }

    /** Sweeps now, whether it is time or not; the tasks judged. Nothing when another node is at it. */
    public List<StaleTask> sweep() {
        return sweeper.sweep();
    }

    /** Counters of this node. */
    public StalenessMetrics metrics() {
        return counters.snapshot();
    }

    private static int checked(int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw invalid("limit: " + limit + " (expected: 1 to " + LIMIT_MAX + ")");
        }
        return limit;
    }

    private static void text(String field, @Nullable String value, int max) {
        if (value != null && (value.length() > max || value.indexOf('\0') >= 0)) {
            throw invalid(
                    field + ": " + value.length() + " characters (expected: at most " + max + ", none of them NUL)");
        }
    }

    private static void json(String metadata) {
        if (metadata.length() > METADATA_MAX) {
            throw invalid("metadata: " + metadata.length() + " characters (expected: at most " + METADATA_MAX + ")");
        }
        try (JsonParser parser = JSON.createParser(metadata)) {
            if (JSON.readTree(parser) == null || parser.nextToken() != null) {
                throw invalid("metadata: not one JSON value (expected: one)");
            }
        } catch (JacksonException e) {
            throw invalid("metadata: " + e.getOriginalMessage() + " (expected: JSON)");
        }
    }

    private static EngineException invalid(String message) {
        return new EngineException(ErrorCode.INVALID_REQUEST, message);
    }
}
