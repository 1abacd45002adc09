package dev.tasker.template;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an environment changes in a step of a {@link TemplateBuilder}; what is not said stays. Not thread-safe. */
public final class StepOverlayBuilder {
    private final String name;
    private final Map<String, Object> initialization = new LinkedHashMap<>();
    private RetryOverlay retry = new RetryOverlay(null, null, null, null, null);
    private @Nullable String callable;
    private @Nullable Integer timeoutSeconds;

    StepOverlayBuilder(String name) {
        this.name = name;
    }

    public StepOverlayBuilder callable(String other) {
        callable = other;
        return this;
    }

    /** A key merged into the handler's {@code initialization}. */
    public StepOverlayBuilder with(String key, Object value) {
        initialization.put(key, value);
        return this;
    }

    public StepOverlayBuilder timeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    public StepOverlayBuilder maxAttempts(int attempts) {
        retry = new RetryOverlay(retry.retryable(), attempts, retry.backoff(), retry.backoffBase(), retry.maxBackoff());
        return this;
    }

    public StepOverlayBuilder retryable(boolean mayRetry) {
        retry = new RetryOverlay(
                mayRetry, retry.maxAttempts(), retry.backoff(), retry.backoffBase(), retry.maxBackoff());
        return this;
    }

    public StepOverlayBuilder backoff(BackoffStrategy strategy, Duration base, Duration max) {
        retry = new RetryOverlay(retry.retryable(), retry.maxAttempts(), strategy, base, max);
        return this;
    }

    StepOverlay build() {
        boolean retries = !retry.equals(new RetryOverlay(null, null, null, null, null));
        return new StepOverlay(
                name,
                callable,
                initialization.isEmpty() ? null : JsonValues.object(initialization),
                timeoutSeconds,
                retries ? retry : null);
    }
}
