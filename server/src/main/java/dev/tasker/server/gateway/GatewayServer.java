package dev.tasker.server.gateway;

import dev.tasker.server.config.GrpcLimits;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.ServerTls;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC listener: the worker gateway, other services of the server, health and reflection. */
public final class GatewayServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    /** The largest result with its envelope; what is larger than a result may be is still read, to be answered. */
    private static final int MESSAGE_BYTES_MAX = 9 << 20;

    private static final int METADATA_BYTES_MAX = 64 << 10;

    private final WorkerGateway gateway;
    private final HealthStatusManager health;
    private final Server server;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    private GatewayServer(WorkerGateway gateway, HealthStatusManager health, Server server) {
        this.gateway = gateway;
        this.health = health;
        this.server = server;
    }

    /**
     * Listens at {@code address}, port 0 for any free one, and owns {@code gateway} from then on.
     *
     * @param tls null: plain HTTP/2
     * @param others services beside the gateway
     */
    public static GatewayServer start(
            InetSocketAddress address,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            WorkerGateway gateway,
            List<GuardedService> others) {
        return start(address, authenticator, tls, gateway, others, GrpcLimits.DEFAULT);
    }

    /** As the other, with limits of its own. */
    public static GatewayServer start(
            InetSocketAddress address,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            WorkerGateway gateway,
            List<GuardedService> others,
            GrpcLimits limits) {
        var health = new HealthStatusManager();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .executor(gateway.executor())
                .permitKeepAliveTime(10, TimeUnit.SECONDS) // workers ping every 30 s
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(limits.keepAliveInterval().toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(limits.keepAliveTimeout().toSeconds(), TimeUnit.SECONDS)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .maxInboundMetadataSize(METADATA_BYTES_MAX)
                .maxConcurrentCallsPerConnection(limits.streamsMax());
        if (tls != null) {
            builder.sslContext(sslContext(tls));
        }
        var guard = new CallGuard(authenticator);
        List<GuardedService> services = new ArrayList<>(others);
        services.addFirst(gateway.guarded());
        if (limits.healthService()) {
            services.add(GuardedService.open(health.getHealthService()));
        }
        if (limits.reflection()) {
            services.add(GuardedService.open(ProtoReflectionServiceV1.newInstance()));
            services.add(GuardedService.open(reflectionForOldClients()));
        }
        services.stream().map(guard::guard).forEach(builder::addService);
        Server server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "gRPC cannot listen at " + address.getHostString() + ":" + address.getPort()
                            + " (expected: an address of this machine and a port that no other process uses)",
                    e);
        }
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        server.getServices()
                .forEach(service ->
                        health.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING));
        return new GatewayServer(gateway, health, server);
    }

    private static SslContext sslContext(ServerTls tls) {
        SslContextBuilder context = GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keyManager()))
                .protocols(ServerTls.PROTOCOLS);
        if (tls.trustManager() != null) {
            context.trustManager(tls.trustManager()).clientAuth(ClientAuth.REQUIRE);
        }
        try {
            return context.build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS for gRPC", e);
        }
    }

    @SuppressWarnings("deprecation") // v1alpha is all that older clients ask for
    private static BindableService reflectionForOldClients() {
        return ProtoReflectionService.newInstance();
    }

    public int port() {
        return server.getPort();
    }

    /** Tells whoever asks for the health of the services that they end. */
    public void stopServing() {
        if (stopping.compareAndSet(false, true)) {
            health.enterTerminalState();
        }
    }

    /** Asks the workers to finish, waits for them within {@link GatewayConfig#drain}, then ends all calls. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopServing();
        try {
            if (!gateway.drain()) {
                LOG.warn("workers still hold steps; their results go to the next server they reach");
            }
            gateway.close();
            server.shutdown();
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            gateway.close();
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
