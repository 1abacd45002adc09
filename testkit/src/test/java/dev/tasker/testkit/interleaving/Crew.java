package dev.tasker.testkit.interleaving;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.BackoffRequest;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Workers on any number of engines that answer what they are given with successes and failures drawn from a seed, report again when a report
 * was not taken, and keep a common record of deliveries and answers.
 */
final class Crew implements AutoCloseable {
    private static final long REPORT_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final long seed;
    private final ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Delivery, Integer> deliveries = new ConcurrentHashMap<>();
    private final Map<Delivery, Completion> accepted = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Delivery> acceptedTwice = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile boolean closed;

    Crew(long seed) {
        this.seed = seed;
    }

    /** One attempt as it was handed out. */
    record Delivery(UUID step, int token) {}

    /** A worker of this crew on {@code engine} for everything in the namespace {@code proof}. */
    Session join(Engine engine, int slots) {
        CompletableFuture<Session> own = new CompletableFuture<>();
        Session session = engine.openSession(
                new SessionRequest("crew", List.of(new HandlerKey("proof", HandlerKey.ANY)), true),
                new AssignmentListener() {
                    @Override
                    public void assigned(List<Assignment> assignments) {
                        for (Assignment assignment : assignments) {
                            deliveries.merge(
                                    new Delivery(assignment.stepUuid(), assignment.leaseToken()), 1, Integer::sum);
                            hands.execute(() -> work(own.join(), assignment));
                        }
                    }

                    @Override
                    public void lost(Assignment assignment) {}
                });
        own.complete(session);
        session.grant(slots);
        return session;
    }

    private void work(Session session, Assignment assignment) {
        StepResult result = result(assignment);
        while (!closed) {
            try {
                record(assignment, session.complete(assignment, result).join());
                return;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof EngineException failure)
                        || failure.code().kind() != ErrorCode.Kind.UNAVAILABLE
                        || failure.code() == ErrorCode.CLOSED) {
                    throw e;
                }
                LockSupport.parkNanos(REPORT_AGAIN_NANOS);
            }
        }
    }

    private void record(Assignment assignment, Completion completion) {
        answers.incrementAndGet();
        Delivery delivery = new Delivery(assignment.stepUuid(), assignment.leaseToken());
        if (completion == Completion.ACCEPTED && accepted.putIfAbsent(delivery, completion) != null) {
            acceptedTwice.add(delivery);
        }
    }

    /** Every tenth attempt fails for now, unless it is the last. */
    private StepResult result(Assignment assignment) {
        Random random = new Random(seed ^ assignment.stepUuid().hashCode() ^ ((long) assignment.attempt() << 40));
        if (assignment.attempt() < assignment.maxAttempts() && random.nextInt(10) == 0) {
            return new StepResult(
                    false,
                    true,
                    1,
                    new BackoffRequest(BackoffRequest.Kind.CUSTOM, Duration.ofMillis(random.nextInt(20))),
                    "{\"success\":false,\"result\":{},\"status\":\"error\",\"metadata\":{\"retryable\":true}}");
        }
        return StepResult.success("\"" + assignment.step().name() + "\"");
    }

    /** Reports answered so far. */
    int answers() {
        return answers.get();
    }

    /** Attempts that were handed out more than once. */
    List<Delivery> deliveredTwice() {
        return deliveries.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    List<Delivery> acceptedTwice() {
        return List.copyOf(acceptedTwice);
    }

    @Override
    public void close() {
        closed = true;
        hands.shutdownNow();
    }
}
