package dev.tasker.engine.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.step.Queue;
import dev.tasker.engine.internal.step.StepKey;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveSessionTest {
    private static final StepKey STEP = new StepKey(new UUID(1, 2), 0);
    private static final AssignmentListener NOBODY = new AssignmentListener() {
        @Override
        public void assigned(List<Assignment> assignments) {}

        @Override
        public void lost(Assignment assignment) {}
    };

    private final LiveSession session = session(false);

    private static LiveSession session(boolean selfRenewing) {
        SessionRequest request = new SessionRequest(
                "w", List.of(new HandlerKey("ns", "a"), new HandlerKey("other", HandlerKey.ANY)), selfRenewing);
        return new LiveSession(1, new UUID(7, 7), request, NOBODY, 0);
    }

    @Test
    void slotsAreReservedNoFurtherThanThereAreSome() {
        assertThat(session.reserve(1)).isZero();
        session.addSlots(3);
        assertThat(session.reserve(2)).isEqualTo(2);
        assertThat(session.reserve(2)).isEqualTo(1);
        session.addSlots(-1);
        assertThat(session.reserve(1)).as("owed").isZero();
        assertThat(session.freeSlots()).isEqualTo(-1);
    }

    @Test
    void sessionIsServedFromQueuesItRegistered() {
        session.subscribe(new Queue(1, "ns", "a"));
        session.subscribe(new Queue(2, "ns", "b"));
        session.subscribe(new Queue(3, "other", "b"));
        assertThat(session.queueIds()).containsExactlyInAnyOrder(1, 3);
        assertThat(session.accepts(1)).isTrue();
        assertThat(session.accepts(2)).isFalse();
        session.addSlots(1);
        assertThat(session.wantsWork()).isTrue();
        session.drain();
        assertThat(session.accepts(1)).isFalse();
        assertThat(session.wantsWork()).isFalse();
    }

    @Test
    void knownLeaseIsNotHeldTwiceAndANewerOneTakesItsPlace() {
        Held first = new Held(STEP, 1, null);
        Held second = new Held(STEP, 3, null);
        assertThat(session.hold(first, 1)).isNull();
        assertThat(session.hold(new Held(STEP, 1, null), 2)).isSameAs(first);
        assertThat(session.hold(second, 3)).isSameAs(first);
        assertThat(session.held(STEP)).isSameAs(second);
        assertThat(session.hold(first, 4)).as("an old one again").isSameAs(second);
        assertThat(session.held(STEP)).isSameAs(second);
    }

    @Test
    void leaseIsForgottenUnderItsOwnTokenOnly() {
        session.hold(new Held(STEP, 2, null), 1);
        assertThat(session.forget(STEP, 1)).isFalse();
        assertThat(session.forget(STEP, 2)).isTrue();
        assertThat(session.forget(STEP, 2)).isFalse();
        assertThat(session.holdsNothing()).isTrue();
    }

    @Test
    void heartbeatIsNeededForLeasesAndForALogToCut() {
        assertThat(session.needsHeartbeat()).isFalse();
        session.hold(new Held(STEP, 1, null), 5);
        assertThat(session.needsHeartbeat()).isTrue();
        session.forget(STEP, 1);
        assertThat(session.needsHeartbeat()).as("the log names it").isTrue();
        session.cutUpTo(4);
        assertThat(session.needsHeartbeat()).isTrue();
        session.cutUpTo(5);
        assertThat(session.needsHeartbeat()).isFalse();
    }

    @Test
    void remoteSessionThatHoldsLeasesRenewsItself() {
        assertThat(session.renewWithLease(5, 10)).as("renewed lately").isFalse();
        assertThat(session.renewWithLease(10, 10)).isTrue();
        assertThat(session.renewWithLease(11, 10)).isFalse();
        session.hold(new Held(STEP, 1, null), 1);
        assertThat(session.renewWithLease(100, 10)).isFalse();
        LiveSession inProcess = session(true);
        inProcess.hold(new Held(STEP, 1, null), 1);
        assertThat(inProcess.renewWithLease(100, 10)).isTrue();
    }

    @Test
    void silentSessionIsServedAgainOnceRenewedOrEmpty() {
        session.subscribe(new Queue(1, "ns", "a"));
        session.addSlots(1);
        session.hold(new Held(STEP, 1, null), 1);
        session.silence();
        assertThat(session.wantsWork()).isFalse();
        assertThat(session.accepts(1)).isFalse();
        session.renewed(1);
        assertThat(session.wantsWork()).isTrue();

        session.silence();
        session.forget(STEP, 1);
        assertThat(session.wantsWork()).isTrue();
        assertThat(session.renewWithLease(2, 1_000))
                .as("the next lease renews it")
                .isTrue();
        assertThat(session.renewWithLease(3, 1_000)).isFalse();
    }

    @Test
    void stickySuccessorsAreCountedUntilAClaim() {
        assertThat(session.countSticky(2)).isTrue();
        assertThat(session.countSticky(2)).isTrue();
        assertThat(session.countSticky(2)).isFalse();
        session.resetSticky();
        assertThat(session.countSticky(2)).isTrue();
        assertThat(session.countSticky(0)).isFalse();
    }
}
