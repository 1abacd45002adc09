package dev.tasker.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Hears of every call when it ends, for logs and meters. Called on the thread of the call: to be quick, thread-safe, and not to throw. */
@FunctionalInterface
public interface CallListener {
    /** Hears of nothing. */
    CallListener NONE = (_, _, _) -> {};

    /**
     * A call has ended; following a task is none.
     *
     * @param call method and path over REST, {@code tasker.v1.TaskService/GetTask} or the like over gRPC
     * @param took all its attempts and the pauses between them
     * @param failure null when it succeeded
     */
    void ended(String call, Duration took, @Nullable TaskerException failure);
}
