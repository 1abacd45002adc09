package dev.tasker.client;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A step of a task (03 §1.6).
 *
 * @param completedAt when it came to its end; null in {@code error}
 * @param results what its last attempt told, the whole document; null before that
 */
public record Step(
        UUID stepUuid,
        UUID taskUuid,
        String name,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant completedAt,
        @Nullable JsonNode results,
        StepState currentState,
        boolean dependenciesSatisfied,
        boolean retryEligible,
        boolean readyForExecution,
        int totalParents,
        int completedParents,
        int attempts,
        int maxAttempts,
        @Nullable Instant lastFailureAt,
        @Nullable Instant nextRetryAt,
        @Nullable Instant lastAttemptedAt) {

    /** What the handler returned; empty while there is no success. */
    public Optional<JsonNode> result() {
        return results != null && results.path("success").asBoolean(false)
                ? results.optional("result")
                : Optional.empty();
    }

    /** {@link #result()} as Jackson reads it into this type. */
    public <T> Optional<T> result(Class<T> type) {
        return result().map(json -> JsonMapper.shared().treeToValue(json, type));
    }

    /** Why the last attempt failed. */
    public Optional<String> failure() {
        return results == null
                ? Optional.empty()
                : results.path("error").optional("message").map(message -> message.asString(""));
    }
}
