package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.template.TaskTemplate;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** The linear scenario without end, so many tasks in flight, for what is measured beside it. */
final class LinearLoad implements EngineListener, AutoCloseable {
    private final LongAdder completed = new LongAdder();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
    private final LongAccumulator longestGap = new LongAccumulator(Math::max, 0);
    private final int concurrency;
    private final Semaphore inFlight;
    private final Engine engine;
    private final WorkerRuntime worker;
    private final Thread creator;
    private volatile long pauseNanos;
    private volatile boolean closed;

    LinearLoad(DataSource dataSource, int concurrency, int slots) {
        this(dataSource, EngineConfig.DEFAULT, concurrency, slots);
    }

    LinearLoad(DataSource dataSource, EngineConfig config, int concurrency, int slots) {
        this.concurrency = concurrency;
        inFlight = new Semaphore(concurrency);
        engine = Engine.open(dataSource, dataSource, config, this);
        worker = WorkerRuntime.start(
                new InProcessWorkSource(engine),
                Scenario.handlers(),
                WorkerConfig.defaults().withName("bench").withSlots(slots));
        creator = Thread.ofPlatform().name("bench-creator").unstarted(this::create);
    }

    void start() {
        creator.start();
    }

    private void create() {
        TaskTemplate template = Scenario.LINEAR.template(1);
        engine.register(template);
        TaskRequest request =
                TaskRequest.of(template.namespace(), template.name(), template.version(), Scenario.context());
        long next = System.nanoTime();
        while (!closed) {
            next = Math.max(next + pauseNanos, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
            if (pauseNanos > 0) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            inFlight.acquireUninterruptibly();
            engine.create(request).exceptionally(_ -> {
                inFlight.release();
                return null;
            });
        }
    }

    /** Creates so many tasks per second from now on, as far as they end in time. */
    void pace(double tasksPerSecond) {
        pauseNanos = (long) (TimeUnit.SECONDS.toNanos(1) / tasksPerSecond);
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void taskEntered(UUID taskUuid, TaskState state) {
        if (state == TaskState.COMPLETE) {
            completed.increment();
            long now = System.nanoTime();
            longestGap.accumulate(now - lastNanos.getAndSet(now));
            inFlight.release();
        }
    }

    /** Tasks completed so far. */
    long completed() {
        return completed.sum();
    }

    /** The longest time, in milliseconds, in which no task completed since this was asked before. */
    double longestGapMillis() {
        return longestGap.getThenReset() / 1e6;
    }

    /** Tasks per second during the next {@code millis}. */
    double rateFor(long millis) throws InterruptedException {
        long first = completed();
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(millis);
        return (completed() - first) / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        creator.join();
        inFlight.tryAcquire(concurrency, 1, TimeUnit.MINUTES); // what runs ends, so that nothing is given back
        worker.close();
        engine.close();
    }
}
