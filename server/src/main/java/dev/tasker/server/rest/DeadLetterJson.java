package dev.tasker.server.rest;

import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterStatistics;
import dev.tasker.engine.Investigation;
import dev.tasker.engine.TaskStaleness;
import dev.tasker.server.api.DeadLetterWords;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The dead-letter queue as clients read it (03 §1.9): words in PascalCase, times without a zone. */
final class DeadLetterJson {
    private DeadLetterJson() {}

    /** DlqEntry. */
    static byte[] letter(DeadLetter letter) {
        JsonWriter json = new JsonWriter();
        write(json, letter);
        return json.toBytes();
    }

    /** DlqEntry[]. */
    static byte[] letters(List<DeadLetter> letters) {
        JsonWriter json = new JsonWriter().openArray();
        letters.forEach(letter -> write(json, letter));
        return json.closeArray().toBytes();
    }

    /** UpdateInvestigationResponse. */
    static byte[] updated(UUID entry) {
        return new JsonWriter()
                .openObject()
                .flag("success", true)
                .text("message", "Investigation status updated successfully")
                .uuid("dlq_entry_uuid", entry)
                .closeObject()
                .toBytes();
    }

    /** DlqStats[]. */
    static byte[] statistics(List<DeadLetterStatistics> statistics) {
        JsonWriter json = new JsonWriter().openArray();
        for (DeadLetterStatistics reason : statistics) {
            json.openObject()
                    .text("dlq_reason", DeadLetterWords.pascal(reason.reason()))
                    .number("total_entries", reason.total())
                    .number("pending", reason.pending())
                    .number("manually_resolved", reason.manuallyResolved())
                    .number("permanent_failures", reason.permanentlyFailed())
                    .number("cancelled", reason.cancelled())
                    .time("oldest_entry", Timestamps.NAIVE, reason.oldest())
                    .time("newest_entry", Timestamps.NAIVE, reason.newest())
                    .fractionOrNull("avg_resolution_time_minutes", reason.resolutionMinutesAverage())
                    .closeObject();
        }
        return json.closeArray().toBytes();
    }

    /** Entries of the investigation queue. */
    static byte[] queue(List<Investigation> queue) {
        JsonWriter json = new JsonWriter().openArray();
        for (Investigation entry : queue) {
            json.openObject()
                    .uuid("dlq_entry_uuid", entry.entryUuid())
                    .uuid("task_uuid", entry.taskUuid())
                    .text("original_state", entry.originalState().text())
                    .text("dlq_reason", DeadLetterWords.pascal(entry.reason()))
                    .time("dlq_timestamp", Timestamps.NAIVE, entry.enteredAt())
                    .fraction("minutes_in_dlq", entry.minutesInQueue())
                    .text("namespace_name", entry.namespace())
                    .text("task_name", entry.taskName())
                    .text("current_state", entry.currentState().text())
                    .number("time_in_state_minutes", entry.minutesInState())
                    .fraction("priority_score", entry.score())
                    .closeObject();
        }
        return json.closeArray().toBytes();
    }

    /** Staleness entries. */
    static byte[] staleness(List<TaskStaleness> tasks) {
        JsonWriter json = new JsonWriter().openArray();
        for (TaskStaleness task : tasks) {
            json.openObject()
                    .uuid("task_uuid", task.taskUuid())
                    .text("namespace_name", task.namespace())
                    .text("task_name", task.taskName())
                    .text("current_state", task.state().text())
                    .number("time_in_state_minutes", task.minutesInState())
                    .number("task_age_minutes", task.ageMinutes())
                    .number("staleness_threshold_minutes", task.thresholdMinutes())
                    .text("health_status", task.health().name().toLowerCase(Locale.ROOT))
                    .number("priority", task.priority())
                    .closeObject();
        }
        return json.closeArray().toBytes();
    }

    private static void write(JsonWriter json, DeadLetter letter) {
        json.openObject()
                .uuid("dlq_entry_uuid", letter.uuid())
                .uuid("task_uuid", letter.taskUuid())
                .text("original_state", letter.originalState().text())
                .text("dlq_reason", DeadLetterWords.pascal(letter.reason()))
                .time("dlq_timestamp", Timestamps.NAIVE, letter.enteredAt())
                .text("resolution_status", DeadLetterWords.pascal(letter.status()))
                .time("resolution_timestamp", Timestamps.NAIVE, letter.resolvedAt())
                .text("resolution_notes", letter.notes())
                .text("resolved_by", letter.resolvedBy())
                .raw("task_snapshot", letter.taskSnapshot())
                .raw("metadata", letter.metadata())
                .time("created_at", Timestamps.NAIVE, letter.createdAt())
                .time("updated_at", Timestamps.NAIVE, letter.updatedAt())
                .closeObject();
    }
}
