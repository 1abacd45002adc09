package dev.tasker.server.gateway;

import com.google.protobuf.ByteString;
import dev.tasker.engine.EngineException;
import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.RegisterTemplatesResponse;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc.WorkerGatewayImplBase;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.Principal;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC service that workers connect to; each stream is one session of the engine. It decides nothing: it checks what comes in, batches
 * what goes out, and keeps the session of a broken stream for the lease's time so that a returning worker finds its leases.
 */
public final class WorkerGateway extends WorkerGatewayImplBase implements AutoCloseable {
    private static final int TEMPLATES_MAX = 1_000;

    /** How often it is looked whether a stream's credential still counts, by the clock, which may be set anew. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final SessionFactory sessions;
    private final TemplateIntake templates;
    private final NamespaceFinder namespaces;
    private final GatewayConfig config;
    private final InstantSource clock;
    private final CallLimits limits;
    private final ResultReader results;
    private final ConcurrentHashMap<UUID, WorkerStream> streams = new ConcurrentHashMap<>();
    private final PolledSessions polled = new PolledSessions(this);
    private final ScheduledThreadPoolExecutor timer;
    private final Object drained = new Object();
    private long drainDeadlineNanos; // guarded by drained
    private volatile boolean draining;

    /** A gateway that limits nobody. */
    public WorkerGateway(
            SessionFactory sessions, TemplateRegistrar templates, NamespaceFinder namespaces, GatewayConfig config) {
        this(sessions, templates, namespaces, config, CallLimits.NONE, InstantSource.system());
    }

    /** @param clock by which credentials expire */
    public WorkerGateway(
            SessionFactory sessions,
            TemplateRegistrar templates,
            NamespaceFinder namespaces,
            GatewayConfig config,
            CallLimits limits,
            InstantSource clock) {
        this.sessions = sessions;
        this.templates = new TemplateIntake(templates);
        this.namespaces = namespaces;
        this.config = config;
        this.limits = limits;
        this.clock = clock;
        this.results = new ResultReader(clock);
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("tasker-gateway-timer").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** This service and the permissions it takes. */
    GuardedService guarded() {
        return new GuardedService(
                UnreadableMessages.refusedBy(bindService(), this::unreadable),
                Map.of(
                        "Session", Access.needs(Permission.WORKER_CONNECT),
                        "RegisterTemplates", Access.needs(Permission.TEMPLATES_WRITE)));
    }

    private StatusRuntimeException unreadable() {
        RateLimitedException limited = allowance(CallGuard.principal()).take(WorkerCall.REFUSED);
        return limited == null
                ? Status.INVALID_ARGUMENT
                        .withDescription(UnreadableMessages.TEXT)
                        .asRuntimeException()
                : RateLimitedException.told(limited.status());
    }

    @Override
    public StreamObserver<WorkerMessage> session(StreamObserver<ServerMessage> responses) {
        Principal principal = CallGuard.principal();
        RateLimitedException limited = allowance(principal).take(WorkerCall.OPEN);
        if (limited != null) {
            responses.onError(RateLimitedException.told(limited.status()));
            return new Refused();
        }
        var observer = (ServerCallStreamObserver<ServerMessage>) responses;
        var stream = new WorkerStream(this, new GrpcLine(observer), principal, true, allowance(principal));
        observer.setOnReadyHandler(stream::ready);
        observer.setOnCancelHandler(stream::detach);
        if (principal.expiresAt() != null) {
            watch(stream, principal);
        }
        return new Inbound(stream);
    }

    /** What a worker says before it hears that it is refused. */
    private record Refused() implements StreamObserver<WorkerMessage> {
        @Override
        public void onNext(WorkerMessage message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    /** What gRPC has from the worker. */
    private record Inbound(WorkerStream stream) implements StreamObserver<WorkerMessage> {
        @Override
        public void onNext(WorkerMessage message) {
            stream.received(message);
        }

        @Override
        public void onError(Throwable failure) {
            stream.detach();
        }

        @Override
        public void onCompleted() {
            stream.leave();
        }
    }

    /** Ends the stream when its credential has not counted for {@link Principal#GRACE}. */
    private void watch(WorkerStream stream, Principal principal) {
        Runnable look = () -> {
            if (!principal.mayGoOn(clock.instant())) {
                executor().execute(stream::credentialExpired);
            }
        };
        long everyMs = LOOK_EVERY.toMillis();
        Future<?> looking = timer.scheduleWithFixedDelay(look, everyMs, everyMs, TimeUnit.MILLISECONDS);
        Context.current().addListener(_ -> looking.cancel(false), Runnable::run); // when the call is over
    }

    @Override
    public void registerTemplates(
            RegisterTemplatesRequest request, StreamObserver<RegisterTemplatesResponse> responses) {
        RateLimitedException limited = allowance(CallGuard.principal()).take(WorkerCall.TEMPLATES);
        if (limited != null) {
            responses.onError(RateLimitedException.told(limited.status()));
            return;
        }
        if (request.getTemplatesYamlCount() > TEMPLATES_MAX) {
            responses.onError(Status.INVALID_ARGUMENT
                    .withDescription("templates_yaml: " + request.getTemplatesYamlCount() + " (expected: <= "
                            + TEMPLATES_MAX + ")")
                    .asRuntimeException());
            return;
        }
        try {
            responses.onNext(templates.register(request));
            responses.onCompleted();
        } catch (EngineException e) {
            responses.onError(Statuses.of(e).asRuntimeException());
        }
    }

    /** Sessions of workers that poll, beside those with a stream. */
    public PolledSessions polled() {
        return polled;
    }

    /** Sessions of connected workers and of those expected back. */
    public int sessionCount() {
        return streams.size();
    }

    /**
     * Asks all workers to finish, takes no more of them, and waits until they hold nothing, {@link GatewayConfig#drain} at most from
     * the first call on.
     *
     * @return whether all finished
     */
    public boolean drain() throws InterruptedException {
        long deadline;
        synchronized (drained) {
            if (!draining) {
                drainDeadlineNanos = System.nanoTime() + config.drain().toNanos();
                draining = true;
                streams.values().forEach(stream -> stream.drain(config.drain()));
            }
            deadline = drainDeadlineNanos;
            long left = deadline - System.nanoTime();
            while (!isIdle() && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(drained, left);
                left = deadline - System.nanoTime();
            }
        }
        return isIdle();
    }

    /** Ends all streams; leases still held run out, or their results come through another server. */
    @Override
    public void close() {
        draining = true;
        streams.values().forEach(stream -> stream.stop(Status.UNAVAILABLE.withDescription("the server is stopping")));
        timer.shutdownNow();
    }

    private boolean isIdle() {
        return streams.values().stream().allMatch(WorkerStream::isIdle);
    }

    // --- for streams

    GatewayConfig config() {
        return config;
    }

    SessionFactory sessions() {
        return sessions;
    }

    Allowance allowance(Principal caller) {
        return new Allowance(limits, caller);
    }

    CallLimits limits() {
        return limits;
    }

    InstantSource clock() {
        return clock;
    }

    NamespaceFinder namespaces() {
        return namespaces;
    }

    ResultReader results() {
        return results;
    }

    /** Runs what is short and what may block alike, off the threads of the engine and of the network. */
    Executor executor() {
        return Thread::startVirtualThread;
    }

    /** Notes a stream that has its session; answers why not. */
    @Nullable
    Status enter(WorkerStream stream) {
        if (draining) {
            return Status.UNAVAILABLE.withDescription("the server is stopping");
        }
        if (streams.size() >= config.sessionsMax()) {
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "sessions: " + streams.size() + " already (expected: <= " + config.sessionsMax() + ")");
        }
        streams.put(stream.sessionId(), stream);
        if (draining && streams.remove(stream.sessionId()) != null) {
            return Status.UNAVAILABLE.withDescription("the server is stopping");
        }
        return null;
    }

    void leave(WorkerStream stream) {
        streams.remove(stream.sessionId());
        settled();
    }

    /** The stream that had this session, if it was the same process's; null: this server knows nothing of it. */
    @Nullable
    WorkerStream earlier(UUID sessionId, ByteString instanceId) {
        WorkerStream stream = streams.get(sessionId);
        return stream != null && stream.instanceId().equals(instanceId) ? stream : null;
    }

    /** Whether a worker of this server has this session, connected or expected back. */
    boolean has(UUID sessionId) {
        return streams.containsKey(sessionId);
    }

    void settled() {
        if (draining) {
            synchronized (drained) {
                drained.notifyAll();
            }
        }
    }

    void after(long pauseMs, Runnable call) {
        if (!timer.isShutdown()) {
            var _ = timer.schedule(() -> executor().execute(call), pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    /** Runs when leases that nobody renews have run out. */
    void afterLease(Runnable call) {
        Duration wait = config.leases().duration().plus(config.leases().grace());
        after(wait.toMillis(), call);
    }
}
