package dev.tasker.engine;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list; a part that is null, or no state at all, does not restrict. Namespace, name, version and states are what totals cover:
 * with nothing else, {@link TaskPage#total()} is exact. With any other part, only the newest {@link #EXAMINED} tasks that these admit are
 * looked through for a page, and of contexts no more than {@link #EXAMINED_BYTES}.
 *
 * @param createdFrom inclusive; by the creating node's clock, of which the uuid is made, in whole milliseconds
 * @param createdUntil exclusive, likewise
 * @param updatedFrom inclusive; by the database's clock
 * @param updatedUntil exclusive, likewise
 * @param request what is asked of the requests for the tasks
 * @param search what is looked for in them
 */
public record TaskFilter(
        @Nullable String namespace,
        @Nullable String name,
        @Nullable String version,
        Set<TaskState> states,
        @Nullable Instant createdFrom,
        @Nullable Instant createdUntil,
        @Nullable Instant updatedFrom,
        @Nullable Instant updatedUntil,
        Requested request,
        TaskSearch search) {
    /** Most tasks looked through for one page when the filter has a part that totals do not cover. */
    public static final int EXAMINED = 10_000;

    /** Most bytes of contexts looked through for one page, over all conditions on them. */
    public static final long EXAMINED_BYTES = 64L * 1024 * 1024;

    /** Every task. */
    public static final TaskFilter ALL =
            new TaskFilter(null, null, null, Set.of(), null, null, null, null, Requested.ANYHOW, TaskSearch.NOTHING);

    /** Every task that has not ended. */
    public static final TaskFilter UNFINISHED =
            ALL.withStates(EnumSet.range(TaskState.PENDING, TaskState.BLOCKED_BY_FAILURES));

    public TaskFilter {
        states = Set.copyOf(states);
    }

    /** Without a search. */
    public TaskFilter(
            @Nullable String namespace,
            @Nullable String name,
            @Nullable String version,
            Set<TaskState> states,
            @Nullable Instant createdFrom,
            @Nullable Instant createdUntil,
            @Nullable Instant updatedFrom,
            @Nullable Instant updatedUntil,
            Requested request) {
        this(
                namespace,
                name,
                version,
                states,
                createdFrom,
                createdUntil,
                updatedFrom,
                updatedUntil,
                request,
                TaskSearch.NOTHING);
    }

    /**
     * How tasks were requested; null does not restrict.
     *
     * @param tags strings that all are in the task's array of tags; none: does not restrict
     * @param priorityMin least priority
     * @param priorityMax greatest priority
     */
    public record Requested(
            @Nullable String initiator,
            @Nullable String sourceSystem,
            List<String> tags,
            @Nullable UUID correlationId,
            @Nullable UUID parentCorrelationId,
            @Nullable Integer priorityMin,
            @Nullable Integer priorityMax) {
        public static final Requested ANYHOW = new Requested(null, null, List.of(), null, null, null, null);

        public Requested {
            tags = List.copyOf(tags);
        }

        /** By somebody, from somewhere, with these tags. */
        public static Requested by(@Nullable String initiator, @Nullable String sourceSystem, List<String> tags) {
            return new Requested(initiator, sourceSystem, tags, null, null, null, null);
        }
    }

    public TaskFilter withNamespace(String newNamespace) {
        return new TaskFilter(
                newNamespace,
                name,
                version,
                states,
                createdFrom,
                createdUntil,
                updatedFrom,
                updatedUntil,
                request,
                search);
    }

    /** Takes a null version for all versions of the template. */
    public TaskFilter withTemplate(String newName, @Nullable String newVersion) {
        return new TaskFilter(
                namespace,
                newName,
                newVersion,
                states,
                createdFrom,
                createdUntil,
                updatedFrom,
                updatedUntil,
                request,
                search);
    }

    public TaskFilter withStates(Set<TaskState> newStates) {
        return new TaskFilter(
                namespace,
                name,
                version,
                newStates,
                createdFrom,
                createdUntil,
                updatedFrom,
                updatedUntil,
                request,
                search);
    }

    public TaskFilter withCreated(@Nullable Instant from, @Nullable Instant until) {
        return new TaskFilter(
                namespace, name, version, states, from, until, updatedFrom, updatedUntil, request, search);
    }

    public TaskFilter withUpdated(@Nullable Instant from, @Nullable Instant until) {
        return new TaskFilter(
                namespace, name, version, states, createdFrom, createdUntil, from, until, request, search);
    }

    public TaskFilter withRequest(Requested newRequest) {
        return new TaskFilter(
                namespace,
                name,
                version,
                states,
                createdFrom,
                createdUntil,
                updatedFrom,
                updatedUntil,
                newRequest,
                search);
    }

    public TaskFilter withSearch(TaskSearch newSearch) {
        return new TaskFilter(
                namespace,
                name,
                version,
                states,
                createdFrom,
                createdUntil,
                updatedFrom,
                updatedUntil,
                request,
                newSearch);
    }
}
