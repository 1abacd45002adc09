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
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/** The linear scenario without end, so many tasks in flight, for what is measured beside it. */
final class LinearLoad implements EngineListener, AutoCloseable {
    private final LongAdder completed = new LongAdder();
    private final int concurrency;
    private final Semaphore inFlight;
    private final Engine engine;
    private final WorkerRuntime worker;
    private final Thread creator;
    private volatile boolean closed;

    LinearLoad(DataSource dataSource, int concurrency, int slots) {
        this.concurrency = concurrency;
        inFlight = new Semaphore(concurrency);
        engine = Engine.open(dataSource, dataSource, EngineConfig.DEFAULT, this);
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
        while (!closed) {
            inFlight.acquireUninterruptibly();
            engine.create(request).exceptionally(_ -> {
                inFlight.release();
                return null;
            });
        }
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void taskEntered(UUID taskUuid, TaskState state) {
        if (state == TaskState.COMPLETE) {
            completed.increment();
            inFlight.release();
        }
    }

    /** Tasks completed so far. */
    long completed() {
        return completed.sum();
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
