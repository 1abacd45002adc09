package dev.tasker.workerprocess;

/** The last hundred outcomes, for an error rate that tells of now and forgets. Thread-safe. */
final class OutcomeWindow {
    private static final int SIZE = 100;

    private final boolean[] failed = new boolean[SIZE]; // guarded by this, as is the next
    private long outcomes;
    private int failures;

    synchronized void add(boolean success) {
        int index = (int) (outcomes % SIZE);
        if (outcomes >= SIZE && failed[index]) {
            failures--;
        }
        failed[index] = !success;
        if (!success) {
            failures++;
        }
        outcomes++;
    }

    /** Failures in percent, zero when there are no outcomes. */
    synchronized double errorPercent() {
        return outcomes == 0 ? 0 : 100.0 * failures / Math.min(outcomes, SIZE);
    }
}
