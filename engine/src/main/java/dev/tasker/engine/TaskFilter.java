package dev.tasker.engine;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list; a part that is null, or no state at all, does not restrict. Namespace, name, version and states are what totals cover:
 * with nothing else, {@link TaskPage#total()} is exact. With any other part, only the newest {@link #EXAMINED} tasks that these admit are
 * looked through for a page.
 *
 * @param createdFrom inclusive; by the creating node's clock, of which the uuid is made, in whole milliseconds
 * @param createdUntil exclusive, likewise
 * @param tags strings that all are in the task's array of tags; none: does not restrict
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
        List<String> tags) {
    /** Most tasks looked through for one page when the filter has a part that totals do not cover. */
    public static final int EXAMINED = 10_000;

    /** Every task. */
    public static final TaskFilter ALL = new TaskFilter(null, null, null, Set.of(), null, null, null, null, List.of());

    /** Every task that has not ended. */
    public static final TaskFilter UNFINISHED =
            ALL.withStates(EnumSet.range(TaskState.PENDING, TaskState.BLOCKED_BY_FAILURES));

    public TaskFilter {
        states = Set.copyOf(states);
        tags = List.copyOf(tags);
    }

    public TaskFilter withNamespace(String newNamespace) {
        return new TaskFilter(
                newNamespace, name, version, states, createdFrom, createdUntil, initiator, sourceSystem, tags);
    }

    /** Takes a null version for all versions of the template. */
    public TaskFilter withTemplate(String newName, @Nullable String newVersion) {
        return new TaskFilter(
                namespace, newName, newVersion, states, createdFrom, createdUntil, initiator, sourceSystem, tags);
    }

    public TaskFilter withStates(Set<TaskState> newStates) {
        return new TaskFilter(
                namespace, name, version, newStates, createdFrom, createdUntil, initiator, sourceSystem, tags);
    }

    public TaskFilter withCreated(@Nullable Instant from, @Nullable Instant until) {
        return new TaskFilter(namespace, name, version, states, from, until, initiator, sourceSystem, tags);
    }

    public TaskFilter withInitiator(String newInitiator) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, newInitiator, sourceSystem, tags);
    }

    public TaskFilter withSourceSystem(String newSourceSystem) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, initiator, newSourceSystem, tags);
    }

    public TaskFilter withTags(List<String> newTags) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, initiator, sourceSystem, newTags);
    }
}
