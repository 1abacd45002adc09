package dev.tasker.worker;

import dev.tasker.worker.event.HandlerEvent;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A source that does exactly what a test tells it to. Answers reports at once unless asked to hold the answers. */
final class HandDrivenSource implements WorkSource {

    private static final long PATIENCE_SECONDS = 10;

    final BlockingQueue<Session> opened = new LinkedBlockingQueue<>();
    volatile boolean withholds = true;
    volatile boolean answersAtOnce = true;
    final AtomicInteger opensToRefuse = new AtomicInteger();
    volatile boolean losesWhileOpening;
    volatile @Nullable Registration registration;

    @Override
    public Session open(Registration newRegistration, AssignmentListener listener) {
        if (opensToRefuse.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("source is away");
        }
        registration = newRegistration;
        var session = new Session(listener);
        opened.add(session);
        if (losesWhileOpening) {
            losesWhileOpening = false;
            listener.sessionLost(new IllegalStateException("cut"));
        }
        return session;
    }

    @Override
    public void close() {}

    Session nextSession() {
        return take(opened);
    }

    static <T> T take(BlockingQueue<T> queue) {
        return take(queue, PATIENCE_SECONDS);
    }

    static <T> T take(BlockingQueue<T> queue, long seconds) {
        try {
            T element = queue.poll(seconds, TimeUnit.SECONDS);
            if (element == null) {
                throw new AssertionError("nothing arrived in " + seconds + " s");
            }
            return element;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A report and the answer it waits for. */
    record Completion(Assignment assignment, StepReport report, CompletableFuture<CompletionStatus> answer) {}

    /** A checkpoint, which ends its assignment or not, and the answer it waits for. */
    record Saving(
            Assignment assignment, Checkpoint checkpoint, boolean yields, CompletableFuture<CompletionStatus> answer) {}

    /** An event and the answer it waits for. */
    record Publication(Assignment assignment, HandlerEvent event, CompletableFuture<CompletionStatus> answer) {}

    record Rejection(Assignment assignment, RejectReason reason) {}

    final class Session implements WorkSession {

        final UUID id = UUID.randomUUID();
        final AssignmentListener listener;
        final AtomicInteger credit = new AtomicInteger();
        final BlockingQueue<Completion> completions = new LinkedBlockingQueue<>();
        final BlockingQueue<Saving> savings = new LinkedBlockingQueue<>();
        final BlockingQueue<Publication> publications = new LinkedBlockingQueue<>();
        final BlockingQueue<Rejection> rejections = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> granted = new LinkedBlockingQueue<>();
        final CompletableFuture<Void> draining = new CompletableFuture<>();
        final CompletableFuture<Void> ended = new CompletableFuture<>();

        Session(AssignmentListener listener) {
            this.listener = listener;
        }

        void assign(Assignment... assignments) {
            credit.addAndGet(-assignments.length);
            listener.assigned(List.of(assignments));
        }

        void lose(Assignment assignment) {
            listener.lost(assignment);
        }

        void cut() {
            listener.sessionLost(new IllegalStateException("cut"));
        }

        Completion nextCompletion() {
            return take(completions);
        }

        @Override
        public UUID sessionId() {
            return id;
        }

        @Override
        public void grant(int slots) {
            credit.addAndGet(slots);
            granted.add(slots);
        }

        @Override
        public boolean withhold(int slots) {
            if (withholds) {
                credit.addAndGet(-slots);
            }
            return withholds;
        }

        @Override
        public CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report) {
            credit.incrementAndGet();
            var answer = new CompletableFuture<CompletionStatus>();
            completions.add(new Completion(assignment, report, answer));
            if (answersAtOnce) {
                answer.complete(CompletionStatus.ACCEPTED);
            }
            return answer;
        }

        @Override
        public CompletableFuture<CompletionStatus> checkpoint(Assignment assignment, Checkpoint checkpoint) {
            return save(new Saving(assignment, checkpoint, false, new CompletableFuture<>()));
        }

        @Override
        public CompletableFuture<CompletionStatus> yieldAt(Assignment assignment, Checkpoint checkpoint) {
            credit.incrementAndGet();
            return save(new Saving(assignment, checkpoint, true, new CompletableFuture<>()));
        }

        private CompletableFuture<CompletionStatus> save(Saving saving) {
            savings.add(saving);
            if (answersAtOnce) {
                saving.answer().complete(CompletionStatus.ACCEPTED);
            }
            return saving.answer();
        }

        @Override
        public CompletableFuture<CompletionStatus> publish(Assignment assignment, HandlerEvent event) {
            var published = new Publication(assignment, event, new CompletableFuture<>());
            publications.add(published);
            return published.answer();
        }

        @Override
        public void reject(Assignment assignment, RejectReason reason) {
            rejections.add(new Rejection(assignment, reason));
        }

        @Override
        public void drain() {
            draining.complete(null);
        }

        @Override
        public void close() {
            ended.complete(null);
        }
    }
}
