package dev.tasker.template;

/** The part a step plays in the graph of its task (spec 06 §8.4). */
public enum StepType implements Keyword {
    /** Runs once, and hands its result on. */
    STANDARD,
    /** Names the steps to create next. */
    DECISION,
    /** Joins whatever branches or batches were created. */
    DEFERRED_CONVERGENCE,
    /** Cuts its work into batches. */
    BATCHABLE,
    /** The pattern of the batch instances; never runs itself. */
    BATCH_WORKER;

    /** Whether steps of this type, and all that lies behind them, may be created at run time only (spec 02 §6.2). */
    public boolean opensDynamicGraph() {
        return switch (this) {
            case DECISION, DEFERRED_CONVERGENCE, BATCH_WORKER -> true;
            case STANDARD, BATCHABLE -> false;
        };
    }

    /** Whether a step of this type may exist from the start of its task (spec 02 §6.2). */
    public boolean mayStartTask() {
        return switch (this) {
            case STANDARD, DECISION, BATCHABLE -> true;
            case DEFERRED_CONVERGENCE, BATCH_WORKER -> false;
        };
    }
}
