package dev.tasker.engine.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExpiryGuardTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Instant START = Instant.EPOCH;

    private final ExpiryGuard guard = new ExpiryGuard(Duration.ofSeconds(30));

    @Test
    void expiryIsAllowedInOrdinaryTimes() {
        guard.clockRead(START, 0);
        guard.clockRead(START.plusSeconds(10), 10 * SECOND);
        assertThat(guard.allows(10 * SECOND)).isTrue();
        assertThat(guard.remaining(10 * SECOND)).isZero();
    }

    @Test
    void outageForbidsItForOneLease() {
        guard.outage(5 * SECOND);
        assertThat(guard.allows(6 * SECOND)).isFalse();
        assertThat(guard.remaining(6 * SECOND)).isEqualTo(Duration.ofSeconds(29));
        assertThat(guard.allows(35 * SECOND)).isTrue();
        assertThat(guard.allows(6 * SECOND)).as("once over it is over").isTrue();
    }

    @Test
    void laterOutageProlongsAndAnEarlierOneDoesNotShorten() {
        guard.outage(5 * SECOND);
        guard.outage(10 * SECOND);
        guard.outage(1 * SECOND);
        assertThat(guard.remaining(10 * SECOND)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void databaseJustStartedForbidsWhatIsMissingToOneLease() {
        guard.databaseUpFor(Duration.ofSeconds(10), 0);
        assertThat(guard.remaining(0)).isEqualTo(Duration.ofSeconds(20));
        ExpiryGuard other = new ExpiryGuard(Duration.ofSeconds(30));
        other.databaseUpFor(Duration.ofSeconds(30), 0);
        assertThat(other.allows(0)).isTrue();
    }

    @Test
    void clockThatJumpsForbidsItEitherWay() {
        for (long jump : new long[] {2, -2, 3_600, -3_600}) {
            ExpiryGuard jumped = new ExpiryGuard(Duration.ofSeconds(30));
            jumped.clockRead(START, 0);
            jumped.clockRead(START.plusSeconds(10 + jump), 10 * SECOND);
            assertThat(jumped.allows(10 * SECOND)).as("jump of %s s", jump).isFalse();
            jumped.clockRead(START.plusSeconds(45 + jump), 45 * SECOND);
            assertThat(jumped.allows(45 * SECOND))
                    .as("the new time is the time now")
                    .isTrue();
        }
    }

    @Test
    void smallDisagreementIsTolerated() {
        guard.clockRead(START, 0);
        guard.clockRead(START.plusMillis(10_900), 10 * SECOND);
        assertThat(guard.allows(10 * SECOND)).isTrue();
    }

    @Test
    void tickerMayWrapAround() {
        guard.outage(Long.MAX_VALUE - SECOND);
        assertThat(guard.allows(Long.MAX_VALUE)).isFalse();
        assertThat(guard.allows(Long.MIN_VALUE + 40 * SECOND)).isTrue();
    }
}
