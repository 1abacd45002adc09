package dev.tasker.workerprocess;

import dev.tasker.server.FreePort;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.TlsConfig;
import dev.tasker.server.config.WorkerGrpcConfig;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.server.config.WorkerWebConfig;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.ServerTls;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's REST and gRPC, each where the configuration has it; neither is needed (04 §1.2). Thread-safe. */
final class WorkerPorts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPorts.class);

    private final WorkerProcessConfig config;
    private final Authenticator authenticator;
    private final Deque<Runnable> closers = new ArrayDeque<>(); // guarded by this
    private volatile @Nullable WorkerApi api;
    private volatile @Nullable WorkerRpcs rpcs;

    private WorkerPorts(WorkerProcessConfig config, Authenticator authenticator) {
        this.config = config;
        this.authenticator = authenticator;
    }

    /**
     * Finds out whether the listeners can be had, before anything begins.
     *
     * @throws dev.tasker.server.StartupException when an address cannot
     * @throws dev.tasker.server.config.ConfigException when authentication cannot work as configured
     */
    static WorkerPorts prepare(WorkerProcessConfig config) {
        WorkerWebConfig web = config.web();
        WorkerGrpcConfig grpc = config.grpc();
        Authenticator authenticator = web.enabled() || grpc.enabled()
                ? Authenticator.open(config.auth(), InstantSource.system())
                : Authenticator.DISABLED;
        if (web.enabled()) {
            FreePort.require("The worker's REST", web.bindAddress());
        }
        if (grpc.enabled()) {
            FreePort.require("The worker's gRPC", grpc.bindAddress());
        }
        return new WorkerPorts(config, authenticator);
    }

    /** Listens and serves. What fails leaves nothing open that {@link #close} does not close. */
    synchronized void start(WorkerServices services) {
        WorkerWebConfig web = config.web();
        if (web.enabled()) {
            ServerTls tls = tls(web.tls(), web.bindAddress(), WorkerWebConfig.SECTION);
            var operations = services.operations(web.configEndpoint(), authenticator.apiKeyHeader());
            WorkerApi started = WorkerApi.start(web, authenticator, tls, operations, services.clock());
            closers.push(started::close);
            api = started;
        }
        WorkerGrpcConfig grpc = config.grpc();
        if (grpc.enabled()) {
            ServerTls tls = tls(grpc.tls(), grpc.bindAddress(), WorkerGrpcConfig.SECTION);
            WorkerRpcs started = WorkerRpcs.start(grpc, authenticator, tls, services.rpcs());
            closers.push(started::close);
            rpcs = started;
        }
    }

    private @Nullable ServerTls tls(@Nullable TlsConfig files, BindAddress address, String section) {
        if (files != null) {
            ServerTls tls = ServerTls.open(files, section);
            closers.push(tls::close);
            return tls;
        }
        if (authenticator.isEnabled() && !address.isLoopback()) {
            LOG.warn("{}: credentials cross the network in plain text, unless a proxy adds TLS", section);
        }
        return null;
    }

    /** Where REST is, empty when it is switched off or closed. */
    Optional<URI> restUrl() {
        WorkerApi started = api;
        WorkerWebConfig web = config.web();
        return started == null
                ? Optional.empty()
                : Optional.of(URI.create((web.tls() == null ? "http://" : "https://")
                        + new BindAddress(web.bindAddress().host(), started.port())));
    }

    /** The port of gRPC, empty when it is switched off or closed. */
    OptionalInt grpcPort() {
        WorkerRpcs started = rpcs;
        return started == null ? OptionalInt.empty() : OptionalInt.of(started.port());
    }

    /** Tells those who watch the health of gRPC's services that they end. */
    void stopServing() {
        WorkerRpcs started = rpcs;
        if (started != null) {
            started.stopServing();
        }
    }

    @Override
    public synchronized void close() {
        api = null;
        rpcs = null;
        while (!closers.isEmpty()) {
            closers.pop().run();
        }
    }
}
