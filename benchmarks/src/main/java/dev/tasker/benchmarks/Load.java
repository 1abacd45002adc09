package dev.tasker.benchmarks;

import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.template.TaskTemplate;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Creates tasks of one scenario and waits for their ends: one after the other, or many at once. */
final class Load {
    private static final long PATIENCE_SECONDS = 600;

    private final BenchOptions options;
    private final BenchStack stack;
    private final TaskTracker tracker;
    private final TaskTemplate template;
    private final TaskRequest request;

    /** Registers the scenario's template with the stack's engine. */
    Load(BenchOptions options, BenchStack stack, TaskTracker tracker) {
        this.options = options;
        this.stack = stack;
        this.tracker = tracker;
        this.template = options.scenario().template(options.width());
        this.request = TaskRequest.of(template.namespace(), template.name(), template.version(), Scenario.context());
        stack.engine().register(template);
    }

    int stepsPerTask() {
        return options.scenario().stepsPerTask(options.width());
    }

    /** Runs {@link BenchOptions#latencyTasks()} tasks, each created as a client would when the one before has ended; nanoseconds of each. */
    Histogram sequence() throws Exception {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(10), 3);
        for (int i = 0; i < options.latencyTasks(); i++) {
            long start = System.nanoTime();
            UUID task = stack.create(request);
            requireComplete(tracker.ended(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            latency.recordValue(System.nanoTime() - start);
        }
        return latency;
    }

    /** Runs so many tasks, {@link BenchOptions#concurrency()} at once, and returns how many ended per second. */
    double saturate(int tasks) throws Exception {
        Semaphore inFlight = new Semaphore(options.concurrency());
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        long start = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            inFlight.acquire();
            var _ = stack.engine()
                    .create(request)
                    .thenCompose(creation -> tracker.ended(creation.taskUuid()))
                    .whenComplete((state, thrown) -> {
                        if (thrown != null || state != TaskState.COMPLETE) {
                            failure.compareAndSet(
                                    null, thrown == null ? new IllegalStateException("ended in " + state) : thrown);
                        }
                        inFlight.release();
                    });
        }
        if (!inFlight.tryAcquire(options.concurrency(), PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("tasks did not end within " + PATIENCE_SECONDS + " s: "
                    + stack.engine().metrics());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a task failed", thrown);
        }
        return tasks / seconds;
    }

    private static void requireComplete(TaskState state) {
        if (state != TaskState.COMPLETE) {
            throw new IllegalStateException("task ended in " + state + " (expected: COMPLETE)");
        }
    }
}
