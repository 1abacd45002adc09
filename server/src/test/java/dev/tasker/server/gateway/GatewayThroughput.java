package dev.tasker.server.gateway;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.Session;
import dev.tasker.engine.StepResult;
import dev.tasker.server.security.Authenticator;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the protocol costs: a worker process with trivial handlers against a gateway whose engine is a queue in memory. Run by hand;
 * argument: slots of the worker, 500 if absent. Prints steps per second and CPU time per step.
 */
final class GatewayThroughput {
    private static final int WARM_UP_SECONDS = 8;
    private static final int SECONDS = 10;

    private GatewayThroughput() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2) {
            work(arguments[0], Integer.parseInt(arguments[1]));
            return;
        }
        int slots = arguments.length == 0 ? 500 : Integer.parseInt(arguments[0]);
        var lane = new Lane();
        var gateway = new WorkerGateway(
                (request, listener) -> new LaneSession(lane, listener),
                template -> {},
                _ -> Optional.empty(),
                GatewayConfig.DEFAULT);
        try (GatewayServer server = GatewayServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Authenticator.DISABLED,
                null,
                gateway,
                List.of())) {
            Process worker = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            GatewayThroughput.class.getName(),
                            "127.0.0.1:" + server.port(),
                            String.valueOf(slots))
                    .inheritIO()
                    .start();
            try {
                requireRunning(worker, WARM_UP_SECONDS);
                long cpuBefore = cpuNanos(worker);
                long stepsBefore = lane.steps.get();
                long start = System.nanoTime();
                requireRunning(worker, SECONDS);
                long steps = lane.steps.get() - stepsBefore;
                double seconds = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "%d slots: %.0f steps/s, %.1f us CPU per step (both processes)%n",
                        slots, steps / seconds, (cpuNanos(worker) - cpuBefore) / 1e3 / steps);
            } finally {
                worker.destroyForcibly().waitFor();
            }
        }
        System.exit(0);
    }

    private static void requireRunning(Process worker, int seconds) throws InterruptedException {
        if (worker.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the worker ended with " + worker.exitValue());
        }
    }

    private static long cpuNanos(Process worker) {
        var own = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return own.getProcessCpuTime()
                + worker.info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void work(String target, int slots) throws InterruptedException {
        HandlerRegistry handlers = HandlerRegistry.builder()
                .handler("pay.handler", context -> dev.tasker.worker.StepResult.success(Map.of("ok", true)))
                .build();
        WorkerRuntime.start(
                new GrpcWorkSource(target, GrpcWorkSourceConfig.DEFAULT),
                handlers,
                WorkerConfig.defaults().withSlots(slots));
        Thread.currentThread().join();
    }

    /** Takes commands in batches, as a commit lane does: answers them, then assigns as many steps anew. */
    private static final class Lane {
        final AtomicLong steps = new AtomicLong();
        private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();

        record Command(LaneSession session, int slots, CompletableFuture<Completion> answer) {}

        Lane() {
            Thread.ofPlatform().daemon().start(() -> {
                while (true) {
                    runOnce();
                }
            });
        }

        private void runOnce() {
            List<Command> batch = new ArrayList<>();
            try {
                batch.add(commands.take());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            commands.drainTo(batch, 499);
            List<Assignment> next = new ArrayList<>();
            for (Command command : batch) {
                command.answer().complete(Completion.ACCEPTED);
                for (int i = 0; i < command.slots(); i++) {
                    next.add(assignment());
                }
            }
            steps.addAndGet(batch.size());
            batch.getFirst().session().listener.assigned(next);
        }

        private static Assignment assignment() {
            Assignment plain = Steps.step(UUID.randomUUID(), CONTEXT);
            return new Assignment(
                    plain.taskUuid(),
                    plain.stepUuid(),
                    1,
                    1,
                    3,
                    null,
                    plain.task(),
                    plain.step(),
                    Map.of("validate", DOCUMENT, "reserve", DOCUMENT));
        }
    }

    private static final String CONTEXT = "{\"order\":\"" + "x".repeat(388) + "\"}";
    private static final String DOCUMENT =
            "{\"success\":true,\"status\":\"completed\",\"result\":{\"ok\":true},\"metadata\":{\"worker_id\":\"worker\"}}";

    private static final class LaneSession implements Session {
        final AssignmentListener listener;
        private final Lane lane;
        private final UUID uuid = UUID.randomUUID();

        LaneSession(Lane lane, AssignmentListener listener) {
            this.lane = lane;
            this.listener = listener;
        }

        @Override
        public UUID uuid() {
            return uuid;
        }

        @Override
        public void withdraw(int slots) {
            throw new UnsupportedOperationException("only of polled sessions");
        }

        @Override
        public void grant(int slots) {
            lane.commands.add(new Lane.Command(this, slots, new CompletableFuture<>()));
        }

        @Override
        public CompletableFuture<Completion> complete(Assignment assignment, StepResult result) {
            var answer = new CompletableFuture<Completion>();
            lane.commands.add(new Lane.Command(this, 1, answer));
            return answer;
        }

        @Override
        public CompletableFuture<Completion> complete(UUID stepUuid, int leaseToken, StepResult result) {
            return CompletableFuture.completedFuture(Completion.STALE_LEASE);
        }

        @Override
        public CompletableFuture<Completion> checkpoint(UUID stepUuid, int leaseToken, Checkpoint checkpoint) {
            return CompletableFuture.completedFuture(Completion.ACCEPTED);
        }

        @Override
        public CompletableFuture<Completion> reject(UUID stepUuid, int leaseToken) {
            throw new IllegalStateException("rejected");
        }

        @Override
        public CompletableFuture<Completion> unhandled(UUID stepUuid, int leaseToken) {
            throw new IllegalStateException("rejected");
        }

        @Override
        public CompletableFuture<List<EventPublication>> publish(
                UUID stepUuid, int leaseToken, List<HandlerEvent> events) {
            throw new IllegalStateException("published");
        }

        @Override
        public void heartbeat() {}

        @Override
        public void drain() {}

        @Override
        public void close() {}
    }
}
