package dev.tasker.server.gateway;

import dev.tasker.engine.meter.Instrument;
import dev.tasker.server.config.GrpcTransport;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.ServerTls;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gRPC listener: the worker gateway, other services of the server, health and reflection. */
public final class GatewayServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    /** The largest result with its envelope; what is larger than a result may be is still read, to be answered. */
    private static final int MESSAGE_BYTES_MAX = 9 << 20;

    private final WorkerGateway gateway;
    private final GrpcListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    private GatewayServer(WorkerGateway gateway, GrpcListener listener) {
        this.gateway = gateway;
        this.listener = listener;
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
        return start(address, authenticator, tls, gateway, others, GrpcTransport.DEFAULT);
    }

    /** As the other, with what is configured for connections. */
    public static GatewayServer start(
            InetSocketAddress address,
            Authenticator authenticator,
            @Nullable ServerTls tls,
            WorkerGateway gateway,
            List<GuardedService> others,
            GrpcTransport transport) {
        List<GuardedService> services =
                Stream.concat(Stream.of(gateway.guarded()), others.stream()).toList();
        GrpcListener listener = GrpcListener.start(
                address, gateway.executor(), authenticator, tls, transport, MESSAGE_BYTES_MAX, services);
        return new GatewayServer(gateway, listener);
    }

    /** What was measured since the start, under the names of 03 §4. */
    public List<Instrument> instruments() {
        return listener.instruments();
    }

    public int port() {
        return listener.port();
    }

    /** Tells whoever asks for the health of the services that they end. */
    public void stopServing() {
        listener.stopServing();
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gateway.close();
        listener.close();
    }
}
