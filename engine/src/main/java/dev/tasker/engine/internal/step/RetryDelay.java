package dev.tasker.engine.internal.step;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.template.Backoff;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The delay before the next attempt of a failed step (01 §4.4), in milliseconds. Thread-safe if its generators are. */
public final class RetryDelay {
    /** Binary fractions such as 0.29 fall just short of what they mean. */
    private static final double ROUNDING = 1e-9;

    private final BackoffConfig config;
    private final Supplier<RandomGenerator> random;

    /** @param random asked for a generator on the thread that uses it */
    public RetryDelay(BackoffConfig config, Supplier<RandomGenerator> random) {
        this.config = config;
        this.random = random;
    }

    /**
     * What was asked for, as it is up to the configured maximum; else the step's own strategy where its template states one, else the
     * configured exponential, both jittered. A rate limit gets the configured exponential, but no less than was asked for.
     *
     * @param request null: nobody asked
     * @param backoff the template's strategy, null when it states none
     * @param attempts attempts made, 1 after the first failure
     */
    public int afterFailure(@Nullable BackoffRequest request, @Nullable Backoff backoff, int attempts) {
        if (request != null) {
            int asked = millis(request.delay(), config.max());
            return switch (request.kind()) {
                case SERVER_REQUESTED, SERVICE_UNAVAILABLE, CUSTOM -> asked;
                case RATE_LIMIT -> Math.max(asked, exponential(attempts));
            };
        }
        return backoff == null
                ? exponential(attempts)
                : jittered(millis(backoff.delayAfter(attempts), backoff.max()), backoff.max());
    }

    private int exponential(int attempts) {
        double delay = config.base().isZero() ? 0 : config.base().toMillis() * Math.pow(config.multiplier(), attempts);
        return jittered((int) Math.round(Math.min(delay, (double) config.max().toMillis())), config.max());
    }

    private static int millis(Duration delay, Duration max) {
        Duration capped = delay.compareTo(max) > 0 ? max : delay;
        return Math.clamp(capped.toMillis(), 0, Integer.MAX_VALUE);
    }

    /** Adds or takes away, as a coin decides, between nothing and the jitter's share of the delay, and stays within the maximum. */
    private int jittered(int delay, Duration max) {
        int reach = (int) (delay * config.jitter() + ROUNDING);
        if (reach == 0) {
            return delay;
        }
        RandomGenerator generator = random.get();
        long distance = generator.nextLong(reach + 1L);
        long moved = generator.nextBoolean() ? delay + distance : delay - distance;
        return (int) Math.clamp(moved, 0L, (long) millis(max, max));
    }
}
