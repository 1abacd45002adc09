package dev.tasker.errors;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The attempt during which an error happened (01 §4.3).
 *
 * @param attemptNumber this attempt, 1 for the first
 * @param executionDuration how long it ran, zero where that is unknown
 * @param errorSource who met the error
 * @param metadata facts to be carried along
 */
public record ErrorContext(
        UUID stepUuid,
        UUID taskUuid,
        int attemptNumber,
        int maxAttempts,
        Duration executionDuration,
        String stepName,
        String errorSource,
        Map<String, String> metadata) {
    /** What counts where a step states no number of attempts. */
    public static final int MAX_ATTEMPTS_DEFAULT = 3;

    /** The source of errors that the engine itself meets. */
    public static final String ORCHESTRATION = "orchestration";

    public ErrorContext {
        metadata = Map.copyOf(metadata);
    }

    /** An attempt at a step that the engine watches; {@code maxAttempts} null: the default. */
    public static ErrorContext orchestration(
            UUID taskUuid, UUID stepUuid, String stepName, int attemptNumber, @Nullable Integer maxAttempts) {
        return new ErrorContext(
                stepUuid,
                taskUuid,
                attemptNumber,
                maxAttempts == null ? MAX_ATTEMPTS_DEFAULT : maxAttempts,
                Duration.ZERO,
                stepName,
                ORCHESTRATION,
                Map.of());
    }

    /** Whether another attempt may follow this one. */
    boolean attemptsLeft() {
        return attemptNumber < maxAttempts;
    }
}
