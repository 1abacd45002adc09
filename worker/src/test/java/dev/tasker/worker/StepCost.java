package dev.tasker.worker;

import com.sun.management.OperatingSystemMXBean;
import dev.tasker.worker.event.HandlerEvent;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what the runtime costs per step, end to end with a handler that does nothing and a source that answers at
 * once: process CPU (garbage collection and compiler included) and wall time. Arguments: rounds, steps per round, slots.
 */
public final class StepCost {

    private StepCost() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8;
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500_000;
        int slots = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
        StepResult result = StepResult.success(Map.of("square", 36, "note", "nothing to do"));
        var registry =
                HandlerRegistry.builder().handler("noop", context -> result).build();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (int round = 1; round <= rounds; round++) {
            var source = new EndlessSource(steps);
            long cpu = system.getProcessCpuTime();
            long wall = System.nanoTime();
            try (var _ = WorkerRuntime.start(
                    source, registry, WorkerConfig.defaults().withName("cost").withSlots(slots))) {
                source.done.await();
            }
            cpu = system.getProcessCpuTime() - cpu;
            wall = System.nanoTime() - wall;
            System.out.printf(
                    "round %d: %.2f us CPU, %.2f us wall per step (%d steps, %d slots)%n",
                    round, cpu / 1e3 / steps, wall / 1e3 / steps, steps, slots);
        }
    }

    /** Assigns a successor in each completion, as the engine does for sticky steps. */
    private static final class EndlessSource implements WorkSource, WorkSession {
        private final AtomicLong left;
        private final AtomicLong open;
        final CountDownLatch done = new CountDownLatch(1);
        private volatile AssignmentListener listener = new AssignmentListener() {
            @Override
            public void assigned(List<Assignment> assignments) {}

            @Override
            public void lost(Assignment assignment) {}
        };

        EndlessSource(long steps) {
            left = new AtomicLong(steps);
            open = new AtomicLong(steps);
        }

        @Override
        public WorkSession open(Registration registration, AssignmentListener newListener) {
            listener = newListener;
            return this;
        }

        @Override
        public UUID sessionId() {
            return new UUID(0, 1);
        }

        @Override
        public void grant(int slots) {
            for (int i = 0; i < slots; i++) {
                assignNext();
            }
        }

        @Override
        public CompletableFuture<CompletionStatus> complete(Assignment assignment, StepReport report) {
            assignNext();
            if (open.decrementAndGet() == 0) {
                done.countDown();
            }
            return CompletableFuture.completedFuture(CompletionStatus.ACCEPTED);
        }

        private void assignNext() {
            long number = left.getAndDecrement();
            if (number > 0) {
                listener.assigned(List.of(Assignments.with()
                        .stepUuid(new UUID(1, number))
                        .callable("noop")
                        .build()));
            }
        }

        @Override
        public CompletableFuture<CompletionStatus> checkpoint(Assignment assignment, Checkpoint checkpoint) {
            throw new IllegalStateException("a checkpoint");
        }

        @Override
        public CompletableFuture<CompletionStatus> yieldAt(Assignment assignment, Checkpoint checkpoint) {
            throw new IllegalStateException("a checkpoint");
        }

        @Override
        public CompletableFuture<CompletionStatus> publish(Assignment assignment, HandlerEvent event) {
            throw new IllegalStateException("an event");
        }

        @Override
        public void reject(Assignment assignment, RejectReason reason) {}

        @Override
        public void drain() {}

        @Override
        public void close() {}
    }
}
