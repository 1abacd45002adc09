package dev.tasker.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which templates, over which time until now; a part that is null does not restrict.
 *
 * @param window more than zero; begins at a full minute, or at a full hour or day where minutes are no longer kept
 * @param limit most rows, 1 to 1 000
 */
public record AnalyticsFilter(
        Duration window,
        @Nullable String namespace,
        @Nullable String task,
        @Nullable String version,
        int limit) {

    /** Fails with {@link EngineException}, {@link ErrorCode#INVALID_REQUEST}. */
    public AnalyticsFilter {
        if (!window.isPositive()) {
            throw new EngineException(ErrorCode.INVALID_REQUEST, "window: " + window + " (expected: more than zero)");
        }
        if (limit < 1 || limit > 1_000) {
            throw new EngineException(ErrorCode.INVALID_REQUEST, "limit: " + limit + " (expected: 1 to 1000)");
        }
    }

    /** All templates. */
    public static AnalyticsFilter of(Duration window, int limit) {
        return new AnalyticsFilter(window, null, null, null, limit);
    }
}
