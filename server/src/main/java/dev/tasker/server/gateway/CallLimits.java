package dev.tasker.server.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tasker.engine.meter.Counters;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much the workers of one identity may ask of this server (04 §9.6): a bucket for each, which fills at the rate of the configuration and
 * holds {@link #BURST}'s worth; what finds too little in it is refused, and takes nothing. All sessions of an identity share its bucket, which
 * is one number changed by compare-and-set. Thread-safe.
 */
public final class CallLimits {
    /** What a bucket holds. */
    static final Duration BURST = Duration.ofSeconds(10);

    /** Refuses nobody. */
    public static final CallLimits NONE = new CallLimits(0, System::nanoTime);

    private static final String METER = "tasker-security";
    private static final int IDENTITIES_MAX = 100_000;

    private final int callsPerSecond;
    private final LongSupplier ticks;
    private final Counters refusals = new Counters();

    private final Cache<String, Bucket> buckets; // by subject; one forgotten is full, as is a new one

    /**
     * Limits as given.
     *
     * @param callsPerSecond 0: there is no limit
     * @param ticks nanoseconds that only pass
     */
    CallLimits(int callsPerSecond, LongSupplier ticks) {
        this.callsPerSecond = callsPerSecond;
        this.ticks = ticks;
        Duration dearest = Duration.ofSeconds(WorkerCall.OPEN.calls() / Math.max(1, callsPerSecond));
        this.buckets = Caffeine.newBuilder()
                .maximumSize(IDENTITIES_MAX)
                .expireAfterAccess(BURST.plus(dearest).multipliedBy(2))
                .build();
    }

    /** Those of a configuration: none where nobody says who they are. */
    public static CallLimits of(AuthConfig config) {
        return config.enabled() ? new CallLimits(config.workerCallsPerSecond(), System::nanoTime) : NONE;
    }

    /** Takes what the call counts, or says why not. */
    @Nullable
    RateLimitedException take(Principal caller, WorkerCall call) {
        if (callsPerSecond == 0) {
            return null;
        }
        Duration wait = bucket(caller).take(call.calls());
        if (wait == null) {
            return null;
        }
        refusals.count(call.name().toLowerCase(Locale.ROOT));
        return new RateLimitedException(callsPerSecond, wait);
    }

    /** The call was worth it after all. */
    void giveBack(Principal caller, WorkerCall call) {
        if (callsPerSecond > 0) {
            bucket(caller).giveBack(call.calls());
        }
    }

    /** What was refused. */
    public List<Instrument> instruments() {
        return List.of(Instrument.counter(METER, "worker.calls.refused", List.of("call"), refusals.snapshot()));
    }

    private Bucket bucket(Principal caller) {
        return buckets.get(caller.subject(), _ -> new Bucket());
    }

    private final class Bucket {
        private final AtomicLong fullAt = new AtomicLong(ticks.getAsLong());

        /** Null: taken; else how long until there is enough. A full bucket has enough for anything. */
        @Nullable
        Duration take(int calls) {
            while (true) {
                long now = ticks.getAsLong();
                long full = fullAt.get();
                boolean isFull = full - now <= 0;
                long next = (isFull ? now : full) + nanos(calls);
                long missing = next - now - BURST.toNanos();
                if (missing > 0 && !isFull) {
                    return Duration.ofNanos(Math.min(missing, full - now));
                }
                if (fullAt.compareAndSet(full, next)) {
                    return null;
                }
            }
        }

        void giveBack(int calls) {
            fullAt.addAndGet(-nanos(calls));
        }

        private long nanos(int calls) {
            return calls * TimeUnit.SECONDS.toNanos(1) / callsPerSecond;
        }
    }
}
