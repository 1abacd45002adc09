package dev.tasker.worker.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of the items, as one batch worker gets it (02 §7.2). Cursors may be anything Jackson can write; what this class makes itself are
 * numbers.
 *
 * @param batchId names the worker's step; unique within its outcome
 * @param startCursor of the first item
 * @param endCursor behind the last item
 * @param batchSize how many items
 */
@JsonPropertyOrder({"batch_id", "start_cursor", "end_cursor", "batch_size"})
public record CursorRange(
        @JsonProperty("batch_id") String batchId,
        @JsonProperty("start_cursor") Object startCursor,
        @JsonProperty("end_cursor") Object endCursor,
        @JsonProperty("batch_size") long batchSize) {

    public CursorRange {
        if (batchId.isBlank()) {
            throw new IllegalArgumentException("batch_id: '" + batchId + "' (expected: not blank)");
        }
        if (batchSize < 0) {
            throw new IllegalArgumentException("batch_size: " + batchSize + " (expected: >= 0)");
        }
    }

    /** Items 0 to {@code total}, each range as large as the others or, at the end, smaller; empty ones are left out. */
    public static List<CursorRange> byWorkers(long total, int workers) {
        requireTotal(total);
        if (workers < 1) {
            throw new IllegalArgumentException("workers: " + workers + " (expected: >= 1)");
        }
        return ranges(total, Math.ceilDiv(total, (long) workers));
    }

    /** Items 0 to {@code total} in ranges of {@code size}. */
    public static List<CursorRange> bySize(long total, long size) {
        return bySize(total, size, Integer.MAX_VALUE);
    }

    /** Items 0 to {@code total} in ranges of {@code size}, or larger ones where there would be more than {@code maxBatches}. */
    public static List<CursorRange> bySize(long total, long size, int maxBatches) {
        requireTotal(total);
        if (size < 1) {
            throw new IllegalArgumentException("batch_size: " + size + " (expected: >= 1)");
        }
        if (maxBatches < 1) {
            throw new IllegalArgumentException("max_batches: " + maxBatches + " (expected: >= 1)");
        }
        return ranges(total, Math.max(size, Math.ceilDiv(total, (long) maxBatches)));
    }

    /** The id of the batch in this place, counted from 1: at least three digits. */
    public static String id(long place) {
        return place < 1000 ? "%03d".formatted(place) : Long.toString(place);
    }

    /** The same range in numbers that begin elsewhere, such as at 1. */
    public CursorRange shifted(long by) {
        if (!(startCursor instanceof Long start) || !(endCursor instanceof Long end)) {
            throw new IllegalStateException(
                    "cursors: " + startCursor + ", " + endCursor + " (expected: made by this class)");
        }
        return new CursorRange(batchId, start + by, end + by, batchSize);
    }

    private static List<CursorRange> ranges(long total, long size) {
        List<CursorRange> ranges = new ArrayList<>();
        for (long start = 0; start < total; start += size) {
            long end = Math.min(start + size, total);
            ranges.add(new CursorRange(id(ranges.size() + 1L), start, end, end - start));
        }
        return ranges;
    }

    private static void requireTotal(long total) {
        if (total < 0) {
            throw new IllegalArgumentException("total_items: " + total + " (expected: >= 0)");
        }
    }
}
