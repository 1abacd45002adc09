package dev.tasker.errors;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An error and what came of it (01 §4.3).
 *
 * @param finalState the step's state afterwards
 * @param backoff the delay that was stored, null: none
 * @param classificationSummary {@link Classification#summary()}
 */
public record ErrorHandling(
        UUID stepUuid,
        ErrorAction action,
        String finalState,
        @Nullable Duration backoff,
        String classificationSummary) {

    /** Whether a back-off was stored. */
    public boolean backoffApplied() {
        return backoff != null;
    }
}
