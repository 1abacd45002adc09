package dev.tasker.client;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** The tasks of a call that is about many, at most 1 000 at a time. */
public sealed interface Selection {

    /** These. */
    static Selection of(Collection<UUID> tasks) {
        return new Named(List.copyOf(tasks));
    }

    /** Those that this query finds. */
    static Selection of(TaskQuery query) {
        return new Found(query);
    }

    /** See {@link #of(Collection)}. */
    record Named(List<UUID> tasks) implements Selection {}

    /** See {@link #of(TaskQuery)}. */
    record Found(TaskQuery query) implements Selection {}

    /** Adds itself to the body of a call. */
    default void write(ObjectNode body) {
        switch (this) {
            case Named named -> body.set("task_uuids", Json.MAPPER.valueToTree(named.tasks));
            case Found found -> body.set("filter", Json.MAPPER.valueToTree(found.query.conditions()));
        }
    }
}
