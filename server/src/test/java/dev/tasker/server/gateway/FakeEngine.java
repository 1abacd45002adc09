package dev.tasker.server.gateway;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.StepResult;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sessions driven by hand: what the gateway asks of them is taken from queues, each within five seconds. */
final class FakeEngine implements SessionFactory {
    private final BlockingQueue<FakeSession> opened = new LinkedBlockingQueue<>();
    final Map<UUID, Map<UUID, Integer>> leases = new ConcurrentHashMap<>(); // of sessions of other servers
    volatile @Nullable RuntimeException refusal;

    @Override
    public Session open(SessionRequest request, AssignmentListener listener) {
        RuntimeException thrown = refusal;
        if (thrown != null) {
            throw thrown;
        }
        var session = new FakeSession(request, listener);
        opened.add(session);
        return session;
    }

    @Override
    public Map<UUID, Integer> leasesOf(UUID session) {
        return leases.getOrDefault(session, Map.of());
    }

    FakeSession session() throws InterruptedException {
        return take(opened);
    }

    static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(20, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("nothing within 20 s");
        }
        return taken;
    }

    /** A result that waits for its answer. */
    record Report(
            UUID stepUuid,
            int token,
            @Nullable Assignment assignment,
            StepResult result,
            CompletableFuture<Completion> answer) {}

    /** Progress that waits to be saved. */
    record Progress(UUID stepUuid, int token, Checkpoint checkpoint, CompletableFuture<Completion> answer) {}

    /** A step that was given back. */
    record Return(UUID stepUuid, int token, CompletableFuture<Completion> answer) {}

    /** Events that wait to be published. */
    record Told(
            UUID stepUuid, int token, List<HandlerEvent> events, CompletableFuture<List<EventPublication>> answer) {}

    static final class FakeSession implements Session {
        final SessionRequest request;
        final AssignmentListener listener;
        final BlockingQueue<Integer> grants = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> withdrawals = new LinkedBlockingQueue<>();
        final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
        final BlockingQueue<Progress> checkpoints = new LinkedBlockingQueue<>();
        final BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
        final BlockingQueue<Return> unhandled = new LinkedBlockingQueue<>();
        final BlockingQueue<Told> publications = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> heartbeats = new LinkedBlockingQueue<>();
        final CountDownLatch drained = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);
        private final UUID uuid = UUID.randomUUID();

        FakeSession(SessionRequest request, AssignmentListener listener) {
            this.request = request;
            this.listener = listener;
        }

        Report report() throws InterruptedException {
            return take(reports);
        }

        void assign(Assignment... assignments) {
            listener.assigned(List.of(assignments));
        }

        boolean awaitClosed() throws InterruptedException {
            return closed.await(20, TimeUnit.SECONDS);
        }

        @Override
        public UUID uuid() {
            return uuid;
        }

        @Override
        public void grant(int slots) {
            grants.add(slots);
        }

        @Override
        public void withdraw(int slots) {
            withdrawals.add(slots);
        }

        @Override
        public CompletableFuture<Completion> complete(Assignment assignment, StepResult result) {
            return add(new Report(
                    assignment.stepUuid(), assignment.leaseToken(), assignment, result, new CompletableFuture<>()));
        }

        @Override
        public CompletableFuture<Completion> complete(UUID stepUuid, int leaseToken, StepResult result) {
            return add(new Report(stepUuid, leaseToken, null, result, new CompletableFuture<>()));
        }

        private CompletableFuture<Completion> add(Report report) {
            reports.add(report);
            return report.answer();
        }

        @Override
        public CompletableFuture<Completion> checkpoint(UUID stepUuid, int leaseToken, Checkpoint checkpoint) {
            var progress = new Progress(stepUuid, leaseToken, checkpoint, new CompletableFuture<>());
            checkpoints.add(progress);
            return progress.answer();
        }

        @Override
        public CompletableFuture<Completion> reject(UUID stepUuid, int leaseToken) {
            var given = new Return(stepUuid, leaseToken, new CompletableFuture<>());
            returns.add(given);
            return given.answer();
        }

        @Override
        public CompletableFuture<Completion> unhandled(UUID stepUuid, int leaseToken) {
            var given = new Return(stepUuid, leaseToken, new CompletableFuture<>());
            unhandled.add(given);
            return given.answer();
        }

        @Override
        public CompletableFuture<List<EventPublication>> publish(
                UUID stepUuid, int leaseToken, List<HandlerEvent> events) {
            var told = new Told(stepUuid, leaseToken, events, new CompletableFuture<>());
            publications.add(told);
            return told.answer();
        }

        @Override
        public void heartbeat() {
            heartbeats.add(true);
        }

        @Override
        public void drain() {
            drained.countDown();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
