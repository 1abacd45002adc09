package dev.tasker.engine;

import java.util.List;

/**
 * Changes of the tasks of a namespace, in the order of the transactions that made them.
 *
 * @param upTo the transaction up to which nothing is missing, this one included; what comes later has a higher id
 * @param isCut whether more can be told at once
 */
public record TaskChangeBatch(List<Entry> entries, long upTo, boolean isCut) {
    public TaskChangeBatch {
        entries = List.copyOf(entries);
    }

    /**
     * A change of a task, not of its steps.
     *
     * @param transaction that made it, together with the others of this id
     * @param name of its template
     * @param version of its template
     */
    public record Entry(long transaction, String name, String version, TaskChange change) {}
}
