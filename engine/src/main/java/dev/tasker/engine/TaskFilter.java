package dev.tasker.engine;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list; a part that is null, or no state at all, does not restrict. Namespace, name, version and states are what totals cover:
 * with nothing else, {@link TaskPage#total()} is exact. With any other part, only the newest {@link #EXAMINED} tasks that these admit are
 * looked through for a page.
 *
 * @param createdFrom inclusive; by the creating node's clock, of which the uuid is made, in whole milliseconds
 * @param createdUntil exclusive, likewise
 * @param tag one of the strings in the task's array of tags
 */
public record TaskFilter(
        @Nullable String namespace,
        @Nullable String name,
        @Nullable String version,
        Set<TaskState> states,
        @Nullable Instant createdFrom,
        @Nullable Instant createdUntil,
        @Nullable String initiator,
        @Nullable String sourceSystem,
        @Nullable String tag) {
    /** Most tasks looked through for one page when the filter has a part that totals do not cover. */
    public static final int EXAMINED = 10_000;

    /** Every task. */
    public static final TaskFilter ALL = new TaskFilter(null, null, null, Set.of(), null, null, null, null, null);

    /** Every task that has not ended. */
    public static final TaskFilter UNFINISHED =
            ALL.withStates(EnumSet.range(TaskState.PENDING, TaskState.BLOCKED_BY_FAILURES));

    public TaskFilter {
        states = Set.copyOf(states);
    }

    public TaskFilter withNamespace(String newNamespace) {
        return new TaskFilter(
                newNamespace, name, version, states, createdFrom, createdUntil, initiator, sourceSystem, tag);
    }

    /** Takes a null version for all versions of the template. */
    public TaskFilter withTemplate(String newName, @Nullable String newVersion) {
        return new TaskFilter(
                namespace, newName, newVersion, states, createdFrom, createdUntil, initiator, sourceSystem, tag);
    }

    public TaskFilter withStates(Set<TaskState> newStates) {
        return new TaskFilter(
                namespace, name, version, newStates, createdFrom, createdUntil, initiator, sourceSystem, tag);
    }

    public TaskFilter withCreated(@Nullable Instant from, @Nullable Instant until) {
        return new TaskFilter(namespace, name, version, states, from, until, initiator, sourceSystem, tag);
    }

    public TaskFilter withInitiator(String newInitiator) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, newInitiator, sourceSystem, tag);
    }

    public TaskFilter withSourceSystem(String newSourceSystem) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, initiator, newSourceSystem, tag);
    }

    public TaskFilter withTag(String newTag) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, initiator, sourceSystem, newTag);
    }
}
