package dev.tasker.worker.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What all batch workers have done together (04 §5.7).
 *
 * @param successRate share of processed items that succeeded, 0 to 1; 0 where nothing was processed
 * @param errors the first of all
 * @param errorCount of all, those left out included
 */
@JsonPropertyOrder({
    "total_processed",
    "total_succeeded",
    "total_failed",
    "total_skipped",
    "batch_count",
    "success_rate",
    "errors",
    "error_count"
})
public record BatchTotals(
        @JsonProperty("total_processed") long processed,
        @JsonProperty("total_succeeded") long succeeded,
        @JsonProperty("total_failed") long failed,
        @JsonProperty("total_skipped") long skipped,
        @JsonProperty("batch_count") int batchCount,
        @JsonProperty("success_rate") double successRate,
        @JsonProperty("errors") List<JsonNode> errors,
        @JsonProperty("error_count") int errorCount) {

    /** How many errors are kept unless said otherwise. */
    public static final int ERRORS_MAX = 100;

    /** Adds up results of {@link BatchWork}; those that are null or no objects do not count. */
    public static BatchTotals of(Collection<? extends @Nullable JsonNode> results) {
        return of(results, ERRORS_MAX);
    }

    public static BatchTotals of(Collection<? extends @Nullable JsonNode> results, int errorsMax) {
        long processed = 0;
        long succeeded = 0;
        long failed = 0;
        long skipped = 0;
        int batches = 0;
        int errorCount = 0;
        List<JsonNode> errors = new ArrayList<>();
        for (JsonNode result : results) {
            if (result == null || !result.isObject()) {
                continue;
            }
            batches++;
            processed += result.path("items_processed").asLong(0);
            succeeded += result.path("items_succeeded").asLong(0);
            failed += result.path("items_failed").asLong(0);
            skipped += result.path("items_skipped").asLong(0);
            for (JsonNode error : result.path("errors")) {
                errorCount++;
                if (errors.size() < errorsMax) {
                    errors.add(error);
                }
            }
        }
        double rate = processed == 0 ? 0 : (double) succeeded / processed;
        return new BatchTotals(processed, succeeded, failed, skipped, batches, rate, List.copyOf(errors), errorCount);
    }
}
