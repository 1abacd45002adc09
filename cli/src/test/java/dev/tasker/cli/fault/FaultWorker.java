package dev.tasker.cli.fault;

import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A worker process whose handlers log what they do to a file, and wait where the test wants them to. */
final class FaultWorker {
    /** A chain around a pair of steps side by side; each takes 50 ms. */
    static final String FLOW = """
        name: flow
        namespace_name: fault
        version: 1.0.0
        steps:
          - name: first
            handler: {callable: fault.work}
            retry: {retryable: true, max_attempts: 5, backoff_base_ms: 100}
          - name: left
            dependencies: [first]
            handler: {callable: fault.work}
            retry: {retryable: true, max_attempts: 5, backoff_base_ms: 100}
          - name: right
            dependencies: [first]
            handler: {callable: fault.work}
            retry: {retryable: true, max_attempts: 5, backoff_base_ms: 100}
          - name: last
            dependencies: [left, right]
            handler: {callable: fault.work}
            retry: {retryable: true, max_attempts: 5, backoff_base_ms: 100}
            publishes_events:
              - {name: order.done, description: d, delivery_mode: durable, schema: {type: object}}
        """;

    /** A step that ends once there is a file {@link #GATE} in the {@code folder} of the context, and one behind it. */
    static final String GATED = """
        name: gated
        namespace_name: fault
        version: 1.0.0
        steps:
          - name: hold
            handler: {callable: fault.hold}
            retry: {retryable: true, max_attempts: 3, backoff_base_ms: 100}
            timeout_seconds: 60
            publishes_events:
              - {name: parcel.released, description: d, delivery_mode: durable, schema: {type: object}}
          - name: after
            dependencies: [hold]
            handler: {callable: fault.work}
        """;

    /** A step that computes without ever waiting, for longer than a lease and its grace. */
    static final String BUSY = """
        name: busy
        namespace_name: fault
        version: 1.0.0
        steps:
          - name: compute
            handler: {callable: fault.compute}
            timeout_seconds: 60
        """;

    /** A step of the handlers of {@code tasker worker --packages}. */
    static final String HELD = """
        name: held
        namespace_name: held
        version: 1.0.0
        steps:
          - name: hold
            handler: {callable: Hold}
            retry: {retryable: true, max_attempts: 3, backoff_base_ms: 60000}
            publishes_events:
              - {name: parcel.held, description: d, schema: {type: object}, publisher: stamp}
              - {name: parcel.kept, description: d, schema: {type: object}, publisher: nobody}
            timeout_seconds: 60
        """;

    /** A step that saves a checkpoint, yields, saves another one in the same attempt, and waits for {@link #GATE} then; its next attempt does not. */
    static final String WALK = """
        name: walk
        namespace_name: fault
        version: 1.0.0
        steps:
          - name: walk
            handler: {callable: fault.walk}
            retry: {retryable: true, max_attempts: 3, backoff_base_ms: 100}
            timeout_seconds: 60
        """;

    static final String GATE = "gate";

    /** How many steps a worker takes at once, in its environment. */
    static final String SLOTS = "FAULT_WORKER_SLOTS";

    private static final long WORK_MS = 50;
    private static final long LOOK_MS = 20;
    private static final Duration COMPUTE = Duration.ofSeconds(8);

    private final Path effects;
    private final ConcurrentHashMap<Path, CompletableFuture<Path>> gates = new ConcurrentHashMap<>();

    private FaultWorker(Path effects) {
        this.effects = effects;
    }

    /** Arguments: the server's gRPC address or the URL of its REST port, the file of effects. Runs until it is ended. */
    public static void main(String[] arguments) throws InterruptedException {
        FaultWorker handlers = new FaultWorker(Path.of(arguments[1]));
        try (WorkSource source = source(arguments[0]);
                WorkerRuntime worker = WorkerRuntime.start(source, handlers.registry(), config())) {
            new CountDownLatch(1).await(); // for ever: SIGTERM ends the process, coverage is written then
        }
    }

    private static WorkerConfig config() {
        WorkerConfig defaults = WorkerConfig.defaults();
        return defaults.withSlots(
                Integer.parseInt(System.getenv().getOrDefault(SLOTS, String.valueOf(defaults.slots()))));
    }

    private static WorkSource source(String server) {
        return HttpWorkSource.isHttp(server)
                ? new HttpWorkSource(URI.create(server), HttpWorkSourceConfig.DEFAULT)
                : new GrpcWorkSource(server, GrpcWorkSourceConfig.DEFAULT);
    }

    private HandlerRegistry registry() {
        return HandlerRegistry.builder()
                .handler("fault.work", this::work)
                .handler("fault.hold", this::hold)
                .handler("fault.compute", this::compute)
                .handler("fault.walk", this::walk)
                .build();
    }

    private StepResult work(StepContext context) throws IOException, InterruptedException {
        log(Effect.Kind.START, context);
        pass(WORK_MS);
        return end(context);
    }

    private StepResult hold(StepContext context) throws Exception {
        log(Effect.Kind.START, context);
        awaitGate(context);
        return end(context);
    }

    private void awaitGate(StepContext context) throws Exception {
        Path gate = Path.of(context.input("folder", String.class)).resolve(GATE);
        gates.computeIfAbsent(gate, FaultWorker::opened).get();
    }

    /** One looks for all that wait. */
    private static CompletableFuture<Path> opened(Path gate) {
        var opened = new CompletableFuture<Path>();
        Thread.ofVirtual().start(() -> {
            try {
                while (!Files.exists(gate)) {
                    pass(LOOK_MS);
                }
                opened.complete(gate);
            } catch (InterruptedException e) {
                opened.completeExceptionally(e);
            }
        });
        return opened;
    }

    private StepResult walk(StepContext context) throws Exception {
        log(Effect.Kind.START, context);
        JsonNode cursor = context.checkpointCursor();
        int from = cursor == null ? 0 : cursor.asInt();
        if (from == 0) {
            context.saveCheckpoint(1, 1, null);
            context.saveCheckpoint(2, 2, null);
            return StepResult.checkpointYield(3, 3, Map.of("sum", 6));
        }
        if (context.attempt() == 1) {
            context.saveCheckpoint(5, 5, Map.of("sum", 15));
            awaitGate(context);
        }
        log(Effect.Kind.END, context);
        return StepResult.success(Map.of("from", from, "attempt", context.attempt()));
    }

    private StepResult compute(StepContext context) throws IOException {
        log(Effect.Kind.START, context);
        long deadline = System.nanoTime() + COMPUTE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Thread.onSpinWait();
        }
        return end(context);
    }

    /** Stands for something that takes time without computing, such as a call to somebody else's server. */
    private static void pass(long ms) throws InterruptedException {
        new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
    }

    private StepResult end(StepContext context) throws IOException {
        log(Effect.Kind.END, context);
        return StepResult.success(Map.of(
                "attempt", context.attempt(), "pid", ProcessHandle.current().pid()));
    }

    private void log(Effect.Kind kind, StepContext context) throws IOException {
        new Effect(
                        kind,
                        context.taskUuid(),
                        context.stepUuid(),
                        context.step().name(),
                        context.attempt(),
                        ProcessHandle.current().pid())
                .appendTo(effects);
    }
}
