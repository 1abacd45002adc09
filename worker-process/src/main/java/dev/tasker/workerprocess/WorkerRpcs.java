package dev.tasker.workerprocess;

import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.WorkerGrpcConfig;
import dev.tasker.server.gateway.GrpcListener;
import dev.tasker.server.gateway.GuardedService;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.ServerTls;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The worker's gRPC listener. Every answer is made from memory, on a virtual thread of its own. Thread-safe. */
final class WorkerRpcs implements AutoCloseable {
    /** What gRPC takes by default; no request comes near it. */
    private static final int MESSAGE_BYTES_MAX = 4 << 20;

    private final ExecutorService threads;
    private final GrpcListener listener;

    private WorkerRpcs(ExecutorService threads, GrpcListener listener) {
        this.threads = threads;
        this.listener = listener;
    }

    /**
     * Listens and serves.
     *
     * @param tls null: plain HTTP/2
     */
    static WorkerRpcs start(
            WorkerGrpcConfig config,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            List<GuardedService> services) {
        BindAddress address = config.bindAddress();
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("worker-rpc-", 0).factory());
        try {
            GrpcListener listener = GrpcListener.start(
                    address.toSocketAddress(),
                    threads,
                    authenticator,
                    tls,
                    config.transport(),
                    MESSAGE_BYTES_MAX,
                    services);
            return new WorkerRpcs(threads, listener);
        } catch (RuntimeException e) {
            threads.close();
            throw e;
        }
    }

    /** The port in use. */
    int port() {
        return listener.port();
    }

    /** Tells whoever asks for the health of the services that they end. */
    void stopServing() {
        listener.stopServing();
    }

    /** Gives calls under way a second. */
    @Override
    public void close() {
        listener.close();
        threads.shutdownNow();
    }
}
