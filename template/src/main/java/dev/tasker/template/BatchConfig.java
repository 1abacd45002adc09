package dev.tasker.template;

/**
 * The settings of a batch (spec 06 §8.7). They never supply the worker template of an outcome (spec 09 K3).
 *
 * @param batchSize items per batch, a hint for the handler
 * @param parallelism instances in flight at most (spec 02 §7.2)
 */
public record BatchConfig(
        int batchSize, int parallelism, String cursorField, String workerTemplate, FailureStrategy failureStrategy) {
    /** Items per batch when the template says nothing. */
    public static final int BATCH_SIZE_DEFAULT = 1000;

    /** Instances in flight when the template says nothing. */
    public static final int PARALLELISM_DEFAULT = 10;

    /** The cursor field when the template says nothing. */
    public static final String CURSOR_FIELD_DEFAULT = "id";
}
