package dev.tasker.worker;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A worker over a hand-driven source and clock: deadlines pass when a test says so. */
final class WorkerFixture implements AutoCloseable {

    static final WorkerConfig CONFIG =
            WorkerConfig.defaults().withName("worker-1").withSlots(2).withDrainTimeout(Duration.ZERO);

    final HandDrivenSource source = new HandDrivenSource();
    final AtomicLong clock = new AtomicLong(1_000_000_000L);
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final WorkerRuntime worker;
    final HandDrivenSource.Session session;

    WorkerFixture(StepHandler handler) {
        this(handler, CONFIG);
    }

    WorkerFixture(StepHandler handler, WorkerConfig config) {
        this(HandlerRegistry.builder().handler("handler", handler).build(), config);
    }

    WorkerFixture(HandlerRegistry registry, WorkerConfig config) {
        worker = new WorkerRuntime(source, registry, config, List.of(new Recorder(), new Failing()), clock::get);
        worker.open();
        session = source.nextSession();
    }

    /** Lets time pass and makes the pass that notices. */
    void pass(Duration time) {
        clock.addAndGet(time.toNanos());
        worker.watch().runOnce();
    }

    HandDrivenSource.Completion run(Assignment assignment) {
        session.assign(assignment);
        return session.nextCompletion();
    }

    /** Waits for the event; those before it are skipped. */
    void await(String event) {
        while (!HandDrivenSource.take(events).equals(event)) {
            // an earlier event
        }
    }

    @Override
    public void close() {
        worker.close();
    }

    /** A handler whose running and ending a test sees and decides. */
    static final class Gate implements StepHandler {
        final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();
        private final boolean heedsInterruption;

        static final class Run {
            final StepContext context;
            final CountDownLatch go = new CountDownLatch(1);
            final CompletableFuture<Void> interrupted = new CompletableFuture<>();

            Run(StepContext context) {
                this.context = context;
            }
        }

        Gate(boolean heedsInterruption) {
            this.heedsInterruption = heedsInterruption;
        }

        Run next() {
            return HandDrivenSource.take(runs);
        }

        @Override
        public StepResult handle(StepContext context) throws InterruptedException {
            var run = new Run(context);
            runs.add(run);
            while (true) {
                try {
                    if (!run.go.await(10, TimeUnit.SECONDS)) {
                        throw new AssertionError("the test forgot this handler");
                    }
                    return StepResult.success();
                } catch (InterruptedException e) {
                    run.interrupted.complete(null);
                    if (heedsInterruption) {
                        throw e;
                    }
                }
            }
        }
    }

    private final class Recorder implements WorkerListener {
        @Override
        public void sessionOpened(UUID sessionId) {
            events.add("sessionOpened");
        }

        @Override
        public void sessionLost(Throwable cause) {
            events.add("sessionLost");
        }

        @Override
        public void assigned(Assignment assignment) {
            events.add("assigned");
        }

        @Override
        public void rejected(Assignment assignment, RejectReason reason) {
            events.add("rejected");
        }

        @Override
        public void started(Assignment assignment) {
            events.add("started");
        }

        @Override
        public void finished(Assignment assignment, StepReport report) {
            events.add("finished");
        }

        @Override
        public void timedOut(Assignment assignment) {
            events.add("timedOut");
        }

        @Override
        public void lost(Assignment assignment) {
            events.add("lost");
        }

        @Override
        public void quarantined(Assignment assignment) {
            events.add("quarantined");
        }

        @Override
        public void released(Assignment assignment) {
            events.add("released");
        }

        @Override
        public void answered(Assignment assignment, StepReport report, CompletionStatus status) {
            events.add("answered " + status);
        }

        @Override
        public void yielded(Assignment assignment, Checkpoint checkpoint, CompletionStatus status) {
            events.add("yielded " + status);
        }
    }

    /** Throws at every start, to show that a listener changes nothing. */
    private static final class Failing implements WorkerListener {
        @Override
        public void started(Assignment assignment) {
            throw new IllegalStateException("a listener's own trouble");
        }
    }
}
