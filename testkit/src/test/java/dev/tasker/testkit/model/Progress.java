package dev.tasker.testkit.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Progress that a handler saved (02 §7.5).
 *
 * @param history cursors so far, that of this checkpoint included; a checkpoint that is sent again adds none
 */
record Progress(int cursor, List<Integer> history) {
    private static final int HISTORY_MAX = 100;

    /** The progress after {@code before}. */
    static Progress after(@Nullable Progress before, int cursor) {
        List<Integer> history = new ArrayList<>(before == null ? List.of() : before.history);
        if (before == null || before.cursor != cursor) {
            history.add(cursor);
        }
        return new Progress(
                cursor, List.copyOf(history.subList(Math.max(0, history.size() - HISTORY_MAX), history.size())));
    }

    /** The record as handlers see it, its times left out. */
    String document() {
        List<String> entries =
                history.stream().map(one -> "{\"cursor\":" + one + "}").toList();
        return "{\"cursor\":" + cursor + ",\"items_processed\":" + cursor + ",\"accumulated_results\":[" + cursor
                + "],\"history\":[" + String.join(",", entries) + "]}";
    }

    /** {@code document} without its times. */
    static @Nullable String withoutTimes(@Nullable String document) {
        return document == null ? null : document.replaceAll(",\"timestamp\":\"[^\"]*\"", "");
    }
}
