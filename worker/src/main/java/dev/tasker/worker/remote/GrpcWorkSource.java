package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.RegisterTemplatesRequest;
import dev.tasker.protocol.worker.v1.RegisterTemplatesResponse;
import dev.tasker.protocol.worker.v1.WorkerGatewayGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Work from a server, over one gRPC stream for each session. */
public final class GrpcWorkSource extends RemoteWorkSource {
    private static final int MESSAGE_BYTES_MAX = 9 << 20;
    private static final long REGISTRATION_SECONDS = 30;

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
    public List<TemplateOutcome> registerTemplates(List<String> documents) throws IOException {
        ManagedChannel channel = newChannel();
        try {
            WorkerGatewayGrpc.WorkerGatewayBlockingStub server = WorkerGatewayGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentialHeaders()))
                    .withDeadlineAfter(REGISTRATION_SECONDS, TimeUnit.SECONDS);
            List<TemplateOutcome> outcomes = new ArrayList<>();
            for (String document : documents) { // one by one, so that no message is too large
                RegisterTemplatesResponse answer = server.registerTemplates(RegisterTemplatesRequest.newBuilder()
                        .addTemplatesYaml(document)
                        .build());
                outcomes.add(outcome(answer.getOutcomes(0)));
            }
            return outcomes;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.PERMISSION_DENIED) {
                throw new IOException(e.getStatus().toString(), e);
            }
            var denied = new TemplateOutcome(
                    TemplateOutcome.Status.DENIED, String.valueOf(e.getStatus().getDescription()));
            return Collections.nCopies(documents.size(), denied);
        } finally {
            channel.shutdownNow();
        }
    }

    private static TemplateOutcome outcome(dev.tasker.protocol.worker.v1.TemplateOutcome answer) {
        return switch (answer.getStatus()) {
            case REGISTERED -> TemplateOutcome.registered();
            case CONFLICT -> new TemplateOutcome(TemplateOutcome.Status.CONFLICT, answer.getMessage());
            default -> new TemplateOutcome(TemplateOutcome.Status.INVALID, answer.getMessage());
        };
    }

    /** What a call shows of the worker. Fails with what the secret fails with. */
    Metadata credentialHeaders() {
        Metadata headers = new Metadata();
        WorkerCredential credential = config.credential();
        if (credential != null) {
            headers.put(
                    Metadata.Key.of(credential.header(), Metadata.ASCII_STRING_MARSHALLER),
                    credential.prefix() + credential.secret().get());
        }
        return headers;
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
