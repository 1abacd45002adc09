package dev.tasker.server.gateway;

import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.config.GrpcTransport;
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
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A gRPC listener (03 §2.1): services behind the guard, with health and reflection. Listens from {@link #start} on. Thread-safe. */
public final class GrpcListener implements AutoCloseable {
    private static final int METADATA_BYTES_MAX = 64 << 10;

    /** Pings that come more often end the connection; clients ping every 30 s. */
    private static final int PING_SECONDS_MIN = 10;

    private final HealthStatusManager health;
    private final Server server;
    private final CallMeter meter;
    private final AtomicBoolean stopping = new AtomicBoolean();

    private GrpcListener(HealthStatusManager health, Server server, CallMeter meter) {
        this.health = health;
        this.server = server;
        this.meter = meter;
    }

    /**
     * Listens at {@code address}, port 0 for any free one.
     *
     * @param executor runs the calls; stays the caller's to close
     * @param authenticator judges who calls what
     * @param tls null: plain HTTP/2
     * @param messageBytesMax the largest message that is read
     * @throws UncheckedIOException when the address cannot be had
     */
    public static GrpcListener start(
            InetSocketAddress address,
            Executor executor,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            GrpcTransport transport,
            int messageBytesMax,
            List<GuardedService> services) {
        var meter = new CallMeter();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .executor(executor)
                .addStreamTracerFactory(meter)
                .permitKeepAliveTime(PING_SECONDS_MIN, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(transport.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(transport.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(messageBytesMax)
                .maxInboundMetadataSize(METADATA_BYTES_MAX)
                .maxConcurrentCallsPerConnection(transport.callsPerConnectionMax());
        if (tls != null) {
            builder.sslContext(sslContext(tls));
        }
        var health = new HealthStatusManager();
        var guard = new CallGuard(authenticator);
        List<GuardedService> all = new ArrayList<>(services);
        if (transport.healthService()) {
            all.add(GuardedService.open(health.getHealthService()));
        }
        if (transport.reflection()) {
            all.add(GuardedService.open(ProtoReflectionServiceV1.newInstance()));
            all.add(GuardedService.open(reflectionForOldClients()));
        }
        all.stream().map(guard::guard).forEach(builder::addService);
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
        return new GrpcListener(health, server, meter);
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

    /** What was measured since the start, under the names of 03 §4. */
    public List<Instrument> instruments() {
        return meter.instruments();
    }

    /** The port in use. */
    public int port() {
        return server.getPort();
    }

    /** Tells whoever asks for the health of the services that they end. */
    public void stopServing() {
        if (stopping.compareAndSet(false, true)) {
            health.enterTerminalState();
        }
    }

    /** Takes no more calls, gives those under way a second, then ends them. A second call does nothing. */
    @Override
    public void close() {
        stopServing();
        server.shutdown();
        try {
            if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
