package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Assignments;
import dev.tasker.protocol.worker.v1.Cancel;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Checkpointed;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Drain;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.HeartbeatAck;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session at a server's REST port, from its registration until a call fails. One thread polls while slots are free; every other
 * message is a call of its own, reports a bounded number of them at once.
 */
final class HttpConnection implements Connection {
    private static final int REPORTS_AT_ONCE_MAX = 64;

    /** Beyond what the server may keep a poll. */
    private static final Duration POLL_MARGIN = Duration.ofSeconds(15);

    /** How long a worker without a free slot waits before it looks for events. */
    private static final Duration EVENTS_PAUSE = Duration.ofMillis(500);

    private final RemoteWorkSession session;
    private final HttpWorkSource source;
    private final HttpClient client;
    private final AtomicInteger calls =
            new AtomicInteger(); // of flush since its thread last looked; not zero: one runs
    private final AtomicBoolean over = new AtomicBoolean();
    private final Object lock = new Object(); // guards what follows
    private final Queue<Report> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean draining;
    private boolean woken;
    private boolean left;
    private volatile boolean registered;
    private volatile String path = "/v1/workers/sessions";
    private volatile Duration pollWait;
    private volatile String @Nullable [] credential;

    /** A call whose answer somebody waits for. */
    private record Report(String path, String body, Consumer<HttpResponse<String>> answered) {}

    HttpConnection(RemoteWorkSession session, HttpWorkSource source, HttpClient client) {
        this.session = session;
        this.source = source;
        this.client = client;
        this.pollWait = source.config().pollWait();
    }

    @Override
    public void start(Register register) {
        WorkerCredential shown = source.config().credential();
        if (shown != null) {
            try {
                credential = new String[] {
                    shown.header(), shown.prefix() + shown.secret().get()
                };
            } catch (RuntimeException e) {
                end(Status.UNAVAILABLE.withDescription("no credential: " + e));
                return;
            }
        }
        call("POST", path, WorkerJson.register(register), source.config().callTimeout(), this::registered);
    }

    private void registered(HttpResponse<String> response) {
        if (response.statusCode() != 201) {
            boolean isLater = response.statusCode() == 429;
            end(status(response), isLater ? retryAfter(response) : Duration.ZERO);
            return;
        }
        Registered answer = WorkerJson.registered(response.body());
        UUID sessionId = LeaseKey.uuid(answer.getSessionId());
        path = path + "/" + sessionId;
        Duration most = WorkerJson.pollWaitMax(response.body());
        if (most.compareTo(pollWait) < 0) {
            pollWait = most;
        }
        session.received(this, ServerMessage.newBuilder().setRegistered(answer).build());
    }

    @Override
    public boolean isRegistered() {
        return registered;
    }

    @Override
    public void open() {
        registered = true;
        source.executor().execute(this::poll);
        flush();
    }

    @Override
    public void abort(String reason) {
        end(Status.CANCELLED.withDescription(reason));
    }

    // --- to the server

    @Override
    public void flush() {
        if (calls.getAndIncrement() == 0) {
            source.executor().execute(this::flushAll);
        }
    }

    private void flushAll() {
        int seen = calls.get();
        do {
            sayAll();
            seen = calls.addAndGet(-seen);
        } while (seen != 0);
    }

    private void sayAll() {
        if (!registered || over.get()) {
            return;
        }
        for (WorkerMessage message = session.nextMessage(this); message != null; message = session.nextMessage(this)) {
            say(message);
        }
        wake();
        boolean leaves;
        synchronized (lock) {
            leaves = session.isLeaving() && underWay == 0 && waiting.isEmpty() && !left;
            left |= leaves;
        }
        if (leaves) {
            call("DELETE", path, null, source.config().callTimeout(), _ -> end(Status.OK));
        }
    }

    private void say(WorkerMessage message) {
        switch (message.getMessageCase()) {
            case CREDIT -> {} // the next poll grants what is free then
            case RESULTS -> message.getResults().getResultsList().forEach(this::complete);
            case CHECKPOINT -> checkpoint(message.getCheckpoint());
            case REJECT -> reject(message.getReject());
            case PUBLISH_EVENTS -> publish(message.getPublishEvents());
            case HEARTBEAT ->
                call(
                        "POST",
                        path + "/heartbeat",
                        WorkerJson.leases(message.getHeartbeat().getLeasesList()),
                        source.config().callTimeout(),
                        this::renewed);
            case DRAINING -> {
                synchronized (lock) {
                    draining = true;
                }
                tell(path + "/drain", "{}");
            }
            case REGISTER, PING, MESSAGE_NOT_SET ->
                throw new IllegalStateException(message.getMessageCase().name());
        }
    }

    private void complete(Complete result) {
        Completed.Outcome.Builder outcome =
                Completed.Outcome.newBuilder().setStepUuid(result.getStepUuid()).setLeaseToken(result.getLeaseToken());
        var report = new Report[1];
        report[0] = new Report(
                assignment(LeaseKey.uuid(result.getStepUuid()), "complete"), WorkerJson.complete(result), response -> {
                    Completed.Status status = outcome(response, report[0]);
                    if (status != null) {
                        outcome.setStatus(status).setReason(WorkerJson.message(response.body()));
                        session.received(
                                this,
                                ServerMessage.newBuilder()
                                        .setCompleted(Completed.newBuilder().addOutcomes(outcome))
                                        .build());
                    }
                });
        send(report[0]);
    }

    private void checkpoint(Checkpoint checkpoint) {
        Checkpointed.Builder answer = Checkpointed.newBuilder()
                .setStepUuid(checkpoint.getStepUuid())
                .setLeaseToken(checkpoint.getLeaseToken())
                .setKeepRunning(checkpoint.getKeepRunning());
        var report = new Report[1];
        report[0] = new Report(
                assignment(LeaseKey.uuid(checkpoint.getStepUuid()), "checkpoint"),
                WorkerJson.checkpoint(checkpoint),
                response -> {
                    Completed.Status status = outcome(response, report[0]);
                    if (status != null) {
                        answer.setStatus(status).setReason(WorkerJson.message(response.body()));
                        session.received(
                                this,
                                ServerMessage.newBuilder()
                                        .setCheckpointed(answer)
                                        .build());
                    }
                });
        send(report[0]);
    }

    private void publish(PublishEvents published) {
        var report = new Report[1];
        report[0] = new Report(path + "/events", WorkerJson.publish(published), response -> {
            switch (response.statusCode()) {
                case 200 -> heard(WorkerJson.published(response.body()));
                case 400, 413, 422 -> heard(refused(published, WorkerJson.message(response.body())));
                case 408, 429, 503 -> session.later(retryAfter(response), () -> send(report[0]));
                default -> end(status(response));
            }
        });
        send(report[0]);
    }

    private void heard(EventsPublished answer) {
        session.received(
                this, ServerMessage.newBuilder().setEventsPublished(answer).build());
    }

    private static EventsPublished refused(PublishEvents published, String reason) {
        EventsPublished.Builder answer = EventsPublished.newBuilder();
        published
                .getEventsList()
                .forEach(event -> answer.addOutcomes(EventsPublished.Outcome.newBuilder()
                        .setEventId(event.getEventId())
                        .setStatus(Completed.Status.INVALID)
                        .setReason(reason)));
        return answer.build();
    }

    private void reject(Reject reject) {
        tell(assignment(LeaseKey.uuid(reject.getStepUuid()), "reject"), WorkerJson.reject(reject));
    }

    /** Says something that nobody waits for, again when the server cannot hear it now. */
    private void tell(String at, String body) {
        call("POST", at, body, source.config().callTimeout(), response -> {
            if (isPassing(response)) {
                session.later(retryAfter(response), () -> tell(at, body));
            } else if (response.statusCode() >= 300) {
                end(status(response));
            }
        });
    }

    private String assignment(UUID stepUuid, String verb) {
        return path + "/assignments/" + stepUuid + "/" + verb;
    }

    /** What became of a report; null: nothing yet, and it is sent again unless the connection is over. */
    private Completed.@Nullable Status outcome(HttpResponse<String> response, Report report) {
        return switch (response.statusCode()) {
            case 200 -> WorkerJson.outcome(response.body());
            case 409 -> Completed.Status.STALE_LEASE;
            case 400, 413, 422 -> Completed.Status.INVALID;
            case 408, 429, 503 -> {
                session.later(retryAfter(response), () -> send(report));
                yield null;
            }
            default -> {
                end(status(response));
                yield null;
            }
        };
    }

    /** Sends now, or when fewer are under way. */
    private void send(Report report) {
        synchronized (lock) {
            if (underWay >= REPORTS_AT_ONCE_MAX) {
                waiting.add(report);
                return;
            }
            underWay++;
        }
        sendNow(report);
    }

    private void sendNow(Report report) {
        call("POST", report.path(), report.body(), source.config().callTimeout(), response -> {
            report.answered().accept(response);
            Report next;
            synchronized (lock) {
                next = waiting.poll();
                if (next == null) {
                    underWay--;
                }
            }
            if (next != null) {
                sendNow(next);
            }
            flush(); // for the good-bye, which waits for answers
        });
    }

    private void renewed(HttpResponse<String> response) {
        if (response.statusCode() == 429) {
            return; // the next heartbeat is as good
        }
        if (response.statusCode() != 200) {
            end(status(response));
            return;
        }
        HeartbeatAck lost = WorkerJson.lost(response.body()); // an answer, whether it names any or none
        session.received(this, ServerMessage.newBuilder().setHeartbeatAck(lost).build());
        cancelled(response.body());
    }

    private void ended(String body) {
        HeartbeatAck lost = WorkerJson.lost(body);
        if (lost.getLostCount() > 0) {
            session.received(
                    this, ServerMessage.newBuilder().setHeartbeatAck(lost).build());
        }
        cancelled(body);
    }

    private void cancelled(String body) {
        Cancel cancelled = WorkerJson.cancelled(body);
        if (cancelled.getLeasesCount() > 0) {
            session.received(
                    this, ServerMessage.newBuilder().setCancel(cancelled).build());
        }
    }

    // --- polls

    private void poll() {
        try {
            while (!over.get()) {
                int free = awaitSlots();
                Duration wait = free > 0 ? pollWait : Duration.ZERO; // a slot that gets free must not wait for the poll
                HttpResponse<String> response = client.send(
                        request("POST", path + "/poll", WorkerJson.poll(free, wait), wait.plus(POLL_MARGIN))
                                .build(),
                        BodyHandlers.ofString());
                polled(response);
            }
        } catch (IOException | RuntimeException e) {
            end(Status.UNAVAILABLE.withDescription("poll: " + e).withCause(e));
        } catch (InterruptedException e) {
            end(Status.CANCELLED.withCause(e));
        }
    }

    /** Returns how many slots are free, once some are; 0 when it is time to look for events. */
    private int awaitSlots() throws InterruptedException {
        synchronized (lock) {
            long deadline = System.nanoTime() + EVENTS_PAUSE.toNanos();
            while (true) {
                woken = false;
                int free = draining || over.get() ? 0 : session.freeSlots();
                if (free > 0) {
                    return free;
                }
                if (over.get()) {
                    throw new InterruptedException("over");
                }
                boolean hears = session.hearsEvents() && !draining;
                long left = hears ? deadline - System.nanoTime() : Long.MAX_VALUE;
                if (left <= 0) {
                    return 0;
                }
                if (!woken) {
                    TimeUnit.NANOSECONDS.timedWait(lock, left); // whatever ends it, all is looked at again
                }
            }
        }
    }

    private void wake() {
        synchronized (lock) {
            woken = true;
            lock.notifyAll();
        }
    }

    private void polled(HttpResponse<String> response) throws InterruptedException {
        switch (response.statusCode()) {
            case 200 -> {
                Assignments assignments = WorkerJson.assignments(response.body());
                if (assignments.getAssignmentsCount() > 0) {
                    session.received(
                            this,
                            ServerMessage.newBuilder()
                                    .setAssignments(assignments)
                                    .build());
                }
                ended(response.body());
                WorkerJson.events(response.body())
                        .forEach(event -> session.received(
                                this, ServerMessage.newBuilder().setEvent(event).build()));
                Duration drain = WorkerJson.drain(response.body());
                if (drain != null) {
                    synchronized (lock) {
                        draining = true; // polls would bring nothing any more
                    }
                    session.received(
                            this,
                            ServerMessage.newBuilder()
                                    .setDrain(Drain.newBuilder().setDeadlineMs(drain.toMillis()))
                                    .build());
                }
            }
            case 408, 429, 503 -> {
                synchronized (lock) {
                    if (!over.get()) {
                        TimeUnit.NANOSECONDS.timedWait(
                                lock, retryAfter(response).toNanos());
                    }
                }
            }
            default -> end(status(response));
        }
    }

    // --- calls

    private void call(
            String method,
            String at,
            @Nullable String body,
            Duration timeout,
            Consumer<HttpResponse<String>> answered) {
        HttpRequest request = request(method, at, body, timeout).build();
        var _ = client.sendAsync(request, BodyHandlers.ofString())
                .whenCompleteAsync(
                        (response, failure) -> {
                            if (over.get()) {
                                return;
                            }
                            if (failure != null) {
                                end(Status.UNAVAILABLE.withDescription(method + " " + at + ": " + failure));
                                return;
                            }
                            try {
                                answered.accept(response);
                            } catch (RuntimeException e) {
                                end(Status.UNAVAILABLE.withDescription(method + " " + at + ": " + e));
                            }
                        },
                        source.executor());
    }

    private HttpRequest.Builder request(String method, String at, @Nullable String body, Duration timeout) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(source.server() + at)).timeout(timeout);
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.method(method, BodyPublishers.ofString(body)).header("Content-Type", "application/json");
        }
        String[] shown = credential;
        if (shown != null) {
            request.header(shown[0], shown[1]);
        }
        return request;
    }

    /** Whether the same call may succeed later at this server. */
    private static boolean isPassing(HttpResponse<String> response) {
        return response.statusCode() == 408 || response.statusCode() == 429 || response.statusCode() == 503;
    }

    private static Duration retryAfter(HttpResponse<String> response) {
        return Reconnection.retryAfter(
                response.headers().firstValue("Retry-After").orElse(""));
    }

    /** What an answer that ends the connection means, in the words of the other transport. */
    private static Status status(HttpResponse<String> response) {
        Status status = switch (response.statusCode()) {
            case 400, 404, 405, 413, 415, 422 -> Status.INVALID_ARGUMENT;
            case 401 -> Status.UNAUTHENTICATED;
            case 403 -> Status.PERMISSION_DENIED;
            case 409 -> Status.FAILED_PRECONDITION;
            case 429 -> Status.RESOURCE_EXHAUSTED;
            default -> Status.UNAVAILABLE;
        };
        return status.withDescription(response.statusCode() + " " + WorkerJson.message(response.body()));
    }

    private void end(Status status) {
        end(status, Duration.ZERO);
    }

    private void end(Status status, Duration notBefore) {
        if (over.compareAndSet(false, true)) {
            wake();
            client.shutdownNow();
            session.disconnected(this, status, notBefore);
        }
    }
}
