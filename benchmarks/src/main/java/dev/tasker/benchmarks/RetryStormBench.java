package dev.tasker.benchmarks;

import dev.tasker.engine.Engine;
import dev.tasker.engine.Migrations;
import dev.tasker.engine.TaskRequest;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.BackoffHint;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Many retries fall due at one moment while the engine runs at half of what it can: how long until the last of them runs again, and what the
 * other tasks notice. Half is measured first, on the same database.
 */
public final class RetryStormBench {
    private static final String STORM = "bench.storm";
    private static final String TEMPLATE = """
        name: storm
        namespace_name: bench
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - name: one
            handler: {callable: bench.storm}
        """;
    private static final int CONCURRENCY = 500;
    private static final long PATIENCE_SECONDS = 120;
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final int steps;
    private final int slots;
    private final Phases phases;

    private final ConcurrentHistogram claimed = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);
    private final CountDownLatch allClaimed;
    private volatile long dueNanos;

    /**
     * How long the parts take.
     *
     * @param saturated to find out what the engine can do
     * @param creation at most, of the tasks whose retries fall due together
     * @param calm at half of that, before they do
     * @param after and from then on
     */
    record Phases(Duration saturated, Duration creation, Duration calm, Duration after) {
        private static final Phases USUAL =
                new Phases(Duration.ofSeconds(6), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    /** So many retries at once, on a worker with so many slots. */
    public RetryStormBench(int steps, int slots) {
        this(steps, slots, Phases.USUAL);
    }

    RetryStormBench(int steps, int slots, Phases phases) {
        this.steps = steps;
        this.slots = slots;
        this.phases = phases;
        this.allClaimed = new CountDownLatch(steps);
    }

    /**
     * Milliseconds from the moment the retries fell due to the start of their handlers, and of other tasks from creation to completion.
     *
     * @param background other tasks per second, of four steps each
     */
    public record Report(int steps, double background, Latency retries, Latency tasksBefore, Latency tasksDuring) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"retry-storm\",\"steps\":%d,\"background_tasks_per_second\":%.0f,\"claimed_after_ms\":%s,"
                        + "\"background_before_ms\":%s,\"background_during_ms\":%s}",
                    steps,
                    background,
                    retries.json(),
                    tasksBefore.json(),
                    tasksDuring.json());
        }
    }

    public Report run() throws Exception {
        TaskTracker tracker = new TaskTracker();
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("storm");
            new Migrations(postgres.dataSource("storm")).migrate();
            HandlerRegistry handlers = HandlerRegistry.builder()
                    .handler(Scenario.SQUARE, Scenario::square)
                    .handler(STORM, this::failOnce)
                    .build();
            try (TaskerServer server = BenchStack.server(postgres, "storm", tracker, null);
                    WorkerRuntime ignored = WorkerRuntime.start(
                            new InProcessWorkSource(server.engine()),
                            handlers,
                            WorkerConfig.defaults().withName("bench").withSlots(slots))) {
                return measure(server.engine(), tracker);
            }
        }
    }

    private Report measure(Engine engine, TaskTracker tracker) throws Exception {
        TaskTemplate linear = Scenario.LINEAR.template(1);
        TaskTemplate storm = TemplateParser.parse("storm.yaml", TEMPLATE).template();
        engine.register(linear);
        engine.register(storm);
        TaskRequest other = TaskRequest.of(linear.namespace(), linear.name(), linear.version(), Scenario.context());
        TaskRequest failing = TaskRequest.of(storm.namespace(), storm.name(), storm.version(), Scenario.context());
        double half = saturate(engine, tracker, other) / 2;

        Semaphore inFlight = new Semaphore(CONCURRENCY);
        dueNanos = System.nanoTime() + phases.calm().plus(phases.creation()).toNanos();
        for (int i = 0; i < steps; i++) {
            inFlight.acquire();
            var ignored = engine.create(failing).whenComplete((_, _) -> inFlight.release());
        }
        if (dueNanos - System.nanoTime() < phases.calm().toNanos()) {
            throw new IllegalStateException("creating " + steps + " tasks took too long");
        }
        LockSupport.parkNanos(dueNanos - phases.calm().toNanos() - System.nanoTime());
        ConcurrentHistogram before = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);
        ConcurrentHistogram during = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(10), 3);
        double made = pace(engine, tracker, other, half, before, during);
        if (!allClaimed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(allClaimed.getCount() + " retries did not run again: " + engine.metrics());
        }
        return new Report(steps, made, Latency.of(claimed), Latency.of(before), Latency.of(during));
    }

    private StepResult failOnce(StepContext context) {
        long now = System.nanoTime();
        if (context.attempt() == 1) {
            Duration left = Duration.ofNanos(Math.max(0, dueNanos - now));
            return StepResult.failure("not yet").backoffHint(new BackoffHint(BackoffHint.Kind.CUSTOM, left));
        }
        claimed.recordValue(Math.max(0, now - dueNanos));
        allClaimed.countDown();
        return StepResult.success();
    }

    /** Tasks per second with as many in flight as are good for it. */
    private double saturate(Engine engine, TaskTracker tracker, TaskRequest request) throws InterruptedException {
        Semaphore inFlight = new Semaphore(CONCURRENCY);
        AtomicLong ended = new AtomicLong();
        long start = System.nanoTime();
        long warm = start + phases.saturated().toNanos() / 3;
        long end = start + phases.saturated().toNanos();
        for (long now = start; now < end; now = System.nanoTime()) {
            inFlight.acquire();
            var ignored = engine.create(request)
                    .thenCompose(creation -> tracker.ended(creation.taskUuid()))
                    .whenComplete((_, _) -> {
                        if (System.nanoTime() > warm) {
                            ended.incrementAndGet();
                        }
                        inFlight.release();
                    });
        }
        inFlight.acquire(CONCURRENCY);
        return ended.get() / ((System.nanoTime() - warm) / 1e9);
    }

    /** Creates tasks at this rate until a while after the retries fell due; returns the rate that came about. */
    private double pace(
            Engine engine, TaskTracker tracker, TaskRequest request, double rate, Histogram before, Histogram during)
            throws InterruptedException {
        long start = System.nanoTime();
        long end = dueNanos + phases.after().toNanos();
        Semaphore ended = new Semaphore(0);
        int created = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            long wanted = (long) ((now - start) / 1e9 * rate);
            for (; created < wanted; created++) {
                long from = System.nanoTime();
                var ignored = engine.create(request)
                        .thenCompose(creation -> tracker.ended(creation.taskUuid()))
                        .whenComplete((_, _) -> {
                            long to = System.nanoTime();
                            (from < dueNanos ? before : during).recordValue(to - from);
                            ended.release();
                        });
            }
            LockSupport.parkNanos(PACE_NANOS);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!ended.tryAcquire(created, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("tasks did not end: " + engine.metrics());
        }
        return created / seconds;
    }
}
