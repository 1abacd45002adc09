package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/** What an operator does to a step (01 §2.7, 03 §1.6). The task is evaluated anew in the same transaction. */
public sealed interface StepAction {

    /** Why, at most 2 000 characters; stored in the step's history. */
    String reason();

    /** Who. */
    Operator operator();

    /** The word for it in requests, refusals and history. */
    String text();

    /**
     * Another round of attempts for a step in {@code error}: attempts count from zero, back-off is cleared, the last result stays until the next
     * attempt brings another.
     *
     * @param clearCheckpoint whether the next attempt begins without the checkpoint of the earlier ones
     */
    record ResetForRetry(String reason, Operator operator, boolean clearCheckpoint) implements StepAction {
        @Override
        public String text() {
            return "reset_for_retry";
        }
    }

    /** Waives a step: its dependants may start and are given no result of it. */
    record ResolveManually(String reason, Operator operator) implements StepAction {
        @Override
        public String text() {
            return "resolve_manually";
        }
    }

    /**
     * Supplies a step's result; its dependants read it like a worker's.
     *
     * @param result JSON value, stored verbatim, at most 4 MiB
     * @param metadata JSON value kept in the result's custom metadata, null: none
     */
    record CompleteManually(String result, @Nullable String metadata, String reason, Operator operator)
            implements StepAction {
        @Override
        public String text() {
            return "complete_manually";
        }
    }
}
