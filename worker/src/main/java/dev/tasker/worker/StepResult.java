package dev.tasker.worker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a handler says about its attempt. Values are anything Jackson can write. */
public sealed interface StepResult {

    /** Success with an empty object as its value. */
    static Success success() {
        return new Success(null, Map.of());
    }

    /** Success; null stands for an empty object. */
    static Success success(@Nullable Object value) {
        return new Success(value, Map.of());
    }

    /** Success with metadata, stored apart from the value under {@code metadata.custom}. */
    static Success success(@Nullable Object value, Map<String, ?> metadata) {
        return new Success(value, metadata);
    }

    /**
     * Progress instead of a result: it is saved, and the step goes on from it at once, in the same attempt, with another call of
     * the handler, which finds it in its context (02 §7.5).
     *
     * @param cursor where to go on; null is a cursor too
     * @param itemsProcessed how much is done since the beginning
     * @param accumulatedResults what has come of it so far, null: nothing
     */
    static CheckpointYield checkpointYield(
            @Nullable Object cursor, long itemsProcessed, @Nullable Object accumulatedResults) {
        return new CheckpointYield(cursor, itemsProcessed, accumulatedResults);
    }

    /** Failure of type {@code handler_error} that may be tried again, until said otherwise. */
    static Failure failure(String message) {
        return new Failure(message, ErrorTypes.HANDLER_ERROR, null, true, Map.of(), Map.of(), null, Map.of());
    }

    /** The attempt did its work. */
    record Success(@Nullable Object value, Map<String, ?> metadata) implements StepResult {

        public Success {
            metadata = snapshot(metadata);
        }
    }

    /**
     * The attempt did not do its work. Immutable: each method answers a changed copy.
     *
     * @param retryable whether another attempt may help
     * @param context facts about the failure, which the next attempt finds in its previous result
     * @param metadata stored under {@code metadata.custom}
     * @param headers of another system's answer, for the engine ({@code Retry-After}); stored under {@code orchestration_metadata.headers}
     */
    record Failure(
            String message,
            String type,
            @Nullable String code,
            boolean retryable,
            Map<String, ?> context,
            Map<String, ?> metadata,
            @Nullable BackoffHint backoffHint,
            Map<String, String> headers)
            implements StepResult {

        public Failure {
            context = snapshot(context);
            metadata = snapshot(metadata);
            headers = Map.copyOf(headers);
        }

        public Failure type(String newType) {
            return new Failure(message, newType, code, retryable, context, metadata, backoffHint, headers);
        }

        public Failure code(@Nullable String newCode) {
            return new Failure(message, type, newCode, retryable, context, metadata, backoffHint, headers);
        }

        /** No further attempt can help. */
        public Failure permanent() {
            return new Failure(message, type, code, false, context, metadata, backoffHint, headers);
        }

        /** Adds one fact. */
        public Failure context(String key, Object value) {
            var extended = new LinkedHashMap<String, Object>(context);
            extended.put(key, value);
            return context(extended);
        }

        public Failure context(Map<String, ?> newContext) {
            return new Failure(message, type, code, retryable, newContext, metadata, backoffHint, headers);
        }

        public Failure metadata(Map<String, ?> newMetadata) {
            return new Failure(message, type, code, retryable, context, newMetadata, backoffHint, headers);
        }

        public Failure backoffHint(@Nullable BackoffHint newHint) {
            return new Failure(message, type, code, retryable, context, metadata, newHint, headers);
        }

        public Failure headers(Map<String, String> newHeaders) {
            return new Failure(message, type, code, retryable, context, metadata, backoffHint, newHeaders);
        }

        /** This failure as an exception, to end a handler from within its depth. */
        public StepException toException() {
            return new StatedStepException(this);
        }
    }

    /** The attempt goes on from here. */
    record CheckpointYield(
            @Nullable Object cursor,
            long itemsProcessed,
            @Nullable Object accumulatedResults) implements StepResult {}

    private static Map<String, ?> snapshot(Map<String, ?> map) {
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
