package dev.tasker.worker.remote;

import dev.tasker.template.TaskTemplate;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Work from a server, over one gRPC stream for each session. */
public final class GrpcWorkSource extends RemoteWorkSource {
    private static final int MESSAGE_BYTES_MAX = 9 << 20;

    private final GrpcWorkSourceConfig config;

    /**
     * @param target {@code host:port} of the server's gRPC listener, or any gRPC target name
     * @throws IllegalArgumentException when files of TLS cannot be used
     */
    public GrpcWorkSource(String target, GrpcWorkSourceConfig config) {
        super(target, config.reconnection());
        this.config = config;
        try {
            channelCredentials();
        } catch (IOException e) {
            throw new IllegalArgumentException("tls: " + e + " (expected: readable PEM files)", e);
        }
    }

    @Override
    public List<String> register(Collection<TaskTemplate> templates) throws TemplatesRefusedException {
        return new GrpcTemplates(this).register(templates);
    }

    @Override
    Connection connection(RemoteWorkSession session) throws IOException {
        return new GrpcConnection(session, this);
    }

    GrpcWorkSourceConfig config() {
        return config;
    }

    ManagedChannel newChannel() throws IOException {
        return NettyChannelBuilder.forTarget(target(), channelCredentials())
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
