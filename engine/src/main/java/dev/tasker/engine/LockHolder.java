package dev.tasker.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session that holds a lock somebody waits for.
 *
 * @param processId of the server process, for {@code pg_terminate_backend}
 * @param state such as {@code idle in transaction}; null: hidden from the asking role
 * @param transactionAge since its transaction began; null: hidden
 * @param query the current or last one; null: hidden
 */
public record LockHolder(
        int processId,
        String application,
        @Nullable String user,
        @Nullable String state,
        @Nullable Duration transactionAge,
        @Nullable String query) {
    @Override
    public String toString() {
        return "pid " + processId
                + (application.isEmpty() ? "" : " (" + application + ")")
                + (user == null ? "" : " of " + user)
                + (state == null ? "" : ", " + state)
                + (transactionAge == null ? "" : ", transaction open for " + transactionAge.toSeconds() + " s")
                + (query == null ? "" : ", query: " + query);
    }
}
