package dev.tasker.server.transport;

import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.Registration;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.HandlerEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker driven by hand: what arrives is taken from queues. */
final class Peer implements AssignmentListener, AutoCloseable {
    static final String SUCCESS = "{\"success\":true,\"status\":\"completed\",\"result\":{\"n\":1}}";

    private final BlockingQueue<Assignment> assigned = new LinkedBlockingQueue<>();
    private final BlockingQueue<Assignment> lost = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CompletableFuture<Throwable> gone = new CompletableFuture<>();
    private final WorkSession session;

    private Peer(WorkSource source, int slots, List<String> eventPatterns, HandlerKey... handlers) {
        session = source.open(
                new Registration(
                        "peer",
                        UUID.randomUUID(),
                        List.of(handlers),
                        slots,
                        Duration.ofSeconds(30),
                        Map.of(),
                        eventPatterns),
                this);
    }

    /** A worker of one callable in every namespace, without credit, that hears events. */
    static Peer hearing(WorkSource source, String callable, String... eventPatterns) {
        return new Peer(source, 10, List.of(eventPatterns), new HandlerKey("*", callable));
    }

    /** A worker of one callable in every namespace, without credit. */
    static Peer of(WorkSource source, String callable) {
        return new Peer(source, 10, List.of(), new HandlerKey("*", callable));
    }

    static Peer of(WorkSource source, HandlerKey... handlers) {
        return new Peer(source, 10, List.of(), handlers);
    }

    WorkSession session() {
        return session;
    }

    Assignment next() throws InterruptedException {
        return take(assigned, "assignment");
    }

    Assignment nextLost() throws InterruptedException {
        return take(lost, "lost lease");
    }

    Throwable end() throws Exception {
        return gone.get(20, TimeUnit.SECONDS);
    }

    /** Whether nothing has arrived by now. */
    boolean hasNothing() {
        return assigned.isEmpty();
    }

    boolean lostNothing() {
        return lost.isEmpty();
    }

    CompletionStatus succeed(Assignment assignment) throws Exception {
        return report(assignment, SUCCESS);
    }

    CompletionStatus report(Assignment assignment, String document) throws Exception {
        return report(report(true, document), assignment);
    }

    CompletionStatus report(StepReport report, Assignment assignment) throws Exception {
        return session.complete(assignment, report).get(30, TimeUnit.SECONDS);
    }

    static StepReport report(boolean success, String document) {
        return new StepReport(
                success, false, Duration.ZERO, null, success ? null : "permanent_error", null, document, Map.of());
    }

    private static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
        @Nullable T taken = queue.poll(20, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("no " + what + " within 20 s");
        }
        return taken;
    }

    @Override
    public void assigned(List<Assignment> assignments) {
        assigned.addAll(assignments);
    }

    @Override
    public void lost(Assignment assignment) {
        lost.add(assignment);
    }

    /** The next event, by the number of the pattern that wanted it, a space, and its name. */
    String nextTold() throws InterruptedException {
        return take(told, "event");
    }

    boolean heardNothing() {
        return told.isEmpty();
    }

    /** Publishes an event of a handler. */
    CompletionStatus publish(Assignment assignment, String name, DeclaredEvent.@Nullable Mode mode) throws Exception {
        return publish(assignment, new HandlerEvent(UUID.randomUUID(), name, "{\"n\":1}", mode));
    }

    CompletionStatus publish(Assignment assignment, HandlerEvent event) throws Exception {
        return session.publish(assignment, event).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void told(int subscription, DomainEvent event) {
        told.add(subscription + " " + event.eventName());
    }

    @Override
    public void sessionLost(Throwable cause) {
        gone.complete(cause);
    }

    @Override
    public void close() {
        session.close();
    }
}
