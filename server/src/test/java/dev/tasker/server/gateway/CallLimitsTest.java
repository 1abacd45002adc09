package dev.tasker.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.security.Namespaces;
import dev.tasker.server.security.Principal;
import dev.tasker.server.security.TestAuth;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallLimitsTest {
    private static final Principal ALICE = principal("alice");
    private static final Principal BOB = principal("bob");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // ticks may begin anywhere, and wrap around
    private final CallLimits limits = new CallLimits(100, now::get);

    private static Principal principal(String subject) {
        return new Principal(subject, Set.of(), Namespaces.ALL, null);
    }

    private int take(Principal caller, WorkerCall call) {
        int taken = 0;
        while (limits.take(caller, call) == null) {
            taken++;
        }
        return taken;
    }

    private static RateLimitedException refused(CallLimits by) {
        return Objects.requireNonNull(by.take(ALICE, WorkerCall.OPEN), "not refused");
    }

    @Test
    void bucketHoldsTenSecondsWorthAndFillsAtItsRate() {
        assertThat(take(ALICE, WorkerCall.OTHER)).isEqualTo(1_000);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(take(ALICE, WorkerCall.OTHER)).isEqualTo(100);
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(take(ALICE, WorkerCall.OTHER)).isEqualTo(1_000);
    }

    @Test
    void sessionsCountAsAHundredCalls() {
        assertThat(take(ALICE, WorkerCall.OPEN)).isEqualTo(10);
        assertThat(take(ALICE, WorkerCall.OTHER)).isZero();
    }

    @Test
    void eachIdentityHasItsOwn() {
        assertThat(take(ALICE, WorkerCall.OTHER)).isEqualTo(1_000);
        assertThat(take(BOB, WorkerCall.OTHER)).isEqualTo(1_000);
    }

    @Test
    void whoIsRefusedIsToldWhenThereIsEnough() {
        take(ALICE, WorkerCall.OTHER);
        now.addAndGet(Duration.ofMillis(500).toNanos());
        RateLimitedException refusal = refused(limits);

        assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
        now.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(limits.take(ALICE, WorkerCall.OPEN)).isNull();
    }

    @Test
    void whatWasGivenBackCanBeTakenAgain() {
        take(ALICE, WorkerCall.OTHER);
        limits.giveBack(ALICE, WorkerCall.OTHER);

        assertThat(take(ALICE, WorkerCall.OTHER)).isEqualTo(1);
    }

    @Test
    void givingBackFillsNoBucketBeyondItsBrim() {
        limits.giveBack(ALICE, WorkerCall.OPEN);

        assertThat(take(ALICE, WorkerCall.OTHER)).isEqualTo(1_000);
    }

    /** Or a rate below what a session counts would let nobody in, ever. */
    @Test
    void fullBucketHasEnoughForAnything() {
        CallLimits low = new CallLimits(1, now::get);

        assertThat(low.take(ALICE, WorkerCall.OPEN)).isNull();
        RateLimitedException refusal = refused(low);
        assertThat(refusal.retryAfterSeconds()).isEqualTo(100);
        now.addAndGet(Duration.ofSeconds(100).toNanos());
        assertThat(low.take(ALICE, WorkerCall.OPEN)).isNull();
    }

    @Test
    void sessionsThatCompeteTakeNoMoreThanThereIs() {
        AtomicInteger taken = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            IntStream.range(0, 4).forEach(_ -> threads.execute(() -> taken.addAndGet(take(ALICE, WorkerCall.OTHER))));
        }

        assertThat(taken).hasValue(1_000);
    }

    @Test
    void nobodyIsLimitedWithoutAuthenticationOrWithoutALimit() {
        assertThat(CallLimits.of(AuthConfig.DISABLED.withWorkerCallsPerSecond(1)))
                .isSameAs(CallLimits.NONE);
        CallLimits without = CallLimits.of(TestAuth.config().withWorkerCallsPerSecond(0));
        CallLimits with = CallLimits.of(TestAuth.config().withWorkerCallsPerSecond(1));
        for (int i = 0; i < 1_000; i++) {
            assertThat(without.take(ALICE, WorkerCall.OPEN)).isNull();
        }
        assertThat(with.take(ALICE, WorkerCall.OPEN)).isNull();
        assertThat(with.take(ALICE, WorkerCall.OPEN)).isNotNull();
    }

    @Test
    void refusalsAreCountedByWhatWasAsked() {
        take(ALICE, WorkerCall.OPEN);
        take(BOB, WorkerCall.OPEN);

        assertThat(limits.instruments()).hasSize(1);
        assertThat(limits.instruments().getFirst().toString()).contains("worker.calls.refused", "open");
    }
}
