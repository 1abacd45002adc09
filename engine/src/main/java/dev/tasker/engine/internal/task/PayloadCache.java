package dev.tasker.engine.internal.task;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tasker.engine.internal.graph.Growth;
import dev.tasker.engine.internal.graph.TaskGraph;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Contexts and results of tasks running through this node, bounded by bytes: a successor's assignment is assembled without asking the
 * database for what just passed by. Thread-safe.
 */
public final class PayloadCache {
    private final Cache<UUID, TaskPayload> payloads;

    public PayloadCache(long bytesMax) {
        this.payloads = Caffeine.newBuilder()
                .maximumWeight(bytesMax)
                .weigher((UUID _, TaskPayload payload) -> payload.bytes())
                .executor(Runnable::run)
                .build();
    }

    public @Nullable TaskPayload get(UUID task) {
        return payloads.getIfPresent(task);
    }

    public void put(UUID task, TaskPayload payload) {
        payloads.put(task, payload);
    }

    /** Keeps the result of a complete step, if the task is known. */
    public void addResult(UUID task, int index, String document) {
        TaskPayload payload = payloads.getIfPresent(task);
        if (payload != null) {
            payload.addResult(index, document);
            payloads.put(task, payload); // weighs it anew
        }
    }

    /** The task's graph grew, if the task is known. */
    public void grown(UUID task, Growth growth) {
        TaskPayload payload = payloads.getIfPresent(task);
        if (payload != null && payload.graph().version() == growth.version()) {
            payload.know(payload.graph().plus(growth));
        }
    }

    /** The task's graph is this one, if the task is known. */
    public void known(UUID task, TaskGraph graph) {
        TaskPayload payload = payloads.getIfPresent(task);
        if (payload != null) {
            payload.know(graph);
        }
    }

    /** Forgets all tasks. */
    public void clear() {
        payloads.invalidateAll();
    }

    /** Nothing more of the task will be asked for. */
    public void remove(UUID task) {
        payloads.invalidate(task);
    }
}
