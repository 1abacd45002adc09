package dev.tasker.worker.grpc;

import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.Registration;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkSource;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work from a server, over one gRPC stream for each session. Opening does not wait for the server: a session looks for it
 * until it is closed, and comes back by itself when its stream breaks, with its leases and unanswered results.
 */
public final class GrpcWorkSource implements WorkSource {
    private static final int MESSAGE_BYTES_MAX = 9 << 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final String target;
    private final GrpcWorkSourceConfig config;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tasker-grpc-timer").daemon().factory());
    private final Executor executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("tasker-grpc-", 0).daemon().factory());
    private final Set<GrpcWorkSession> sessions = ConcurrentHashMap.newKeySet();

    /**
     * @param target {@code host:port} of the server's gRPC listener, or any gRPC target name
     * @throws IllegalArgumentException when files of TLS cannot be used
     */
    public GrpcWorkSource(String target, GrpcWorkSourceConfig config) {
        this.target = target;
        this.config = config;
        try {
            channelCredentials();
        } catch (IOException e) {
            throw new IllegalArgumentException("tls: " + e + " (expected: readable PEM files)", e);
        }
    }

    @Override
    public WorkSession open(Registration registration, AssignmentListener listener) {
        var session = new GrpcWorkSession(this, registration, listener);
        sessions.add(session);
        session.connect();
        return session;
    }

    @Override
    public void close() {
        sessions.forEach(GrpcWorkSession::close);
        try {
            for (GrpcWorkSession session : sessions) {
                session.ended().get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            sessions.forEach(GrpcWorkSession::abort);
        }
        timer.shutdownNow();
    }

    GrpcWorkSourceConfig config() {
        return config;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /**
     * Keeps everything of ours off the threads of the network. Platform threads: handlers that compute may take all carriers of virtual
     * ones for longer than a lease, and heartbeats have to go on. They end by themselves when there is nothing to do.
     */
    Executor executor() {
        return executor;
    }

    String target() {
        return target;
    }

    void ended(GrpcWorkSession session) {
        sessions.remove(session);
    }

    /**
     * A channel of its own for each stream, so that the pauses between attempts are ours and not those of a channel that
     * remembers failures, and names are resolved again.
     */
    ManagedChannel newChannel() throws IOException {
        return NettyChannelBuilder.forTarget(target, channelCredentials())
                .executor(executor())
                .keepAliveTime(config.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .disableRetry()
                .build();
    }

    private ChannelCredentials channelCredentials() throws IOException {
        WorkerTls tls = config.tls();
        return tls == null ? InsecureChannelCredentials.create() : tls.credentials();
    }
}
