package dev.tasker.engine.internal.step;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.StepResult;
import dev.tasker.template.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The delay before the next attempt of a failed step (01 §4.4). Thread-safe. */
public final class RetryDelay {
    private final BackoffConfig config;

    public RetryDelay(BackoffConfig config) {
        this.config = config;
    }

    /**
     * The delay in milliseconds: what the failed service asked for, else the step's own strategy where its template states one, else
     * the configured exponential; jittered, except for the first.
     *
     * @param backoff the template's strategy, null when it states none
     * @param attempts attempts made, 1 after the first failure
     */
    public int afterFailure(StepResult result, @Nullable Backoff backoff, int attempts) {
        Duration max = backoff == null ? config.max() : backoff.max();
        if (result.retryAfter() != null) {
            return millis(result.retryAfter(), config.max());
        }
        if (backoff != null) {
            return jittered(millis(backoff.delayAfter(attempts), max), max);
        }
        double exponential = config.base().toMillis() * Math.pow(config.multiplier(), attempts);
        return jittered((int) Math.min(exponential, (double) max.toMillis()), max);
    }

    private static int millis(Duration delay, Duration max) {
        Duration capped = delay.compareTo(max) > 0 ? max : delay;
        return Math.clamp(capped.toMillis(), 0, Integer.MAX_VALUE);
    }

    private int jittered(int delay, Duration max) {
        int reach = (int) (delay * config.jitter());
        if (reach == 0) {
            return delay;
        }
        int moved = delay + ThreadLocalRandom.current().nextInt(-reach, reach + 1);
        return Math.clamp(moved, 0, (int) Math.min(max.toMillis(), Integer.MAX_VALUE));
    }
}
