package dev.tasker.client;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.ClientCalls;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Calls over gRPC, on one connection, and what comes back. Thread-safe. */
final class GrpcCalls implements AutoCloseable {
    private static final int PORT = 9190;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
    private static final Duration PING_EVERY = Duration.ofSeconds(30);
    private static final Duration PING_MAX = Duration.ofSeconds(10);
    private static final int MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

    private static final CallOptions.Key<String> IDEMPOTENCY = CallOptions.Key.create("idempotency-key");

    private final ClientConfig config;
    private final Repetition repetition;
    private final ManagedChannel channel;

    GrpcCalls(ClientConfig config) {
        this.config = config;
        this.repetition = new Repetition(config);
        int port = config.server().getPort();
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                        config.server().getHost(), port < 0 ? PORT : port)
                .userAgent("tasker-client/" + TaskerClient.version())
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_MAX.toMillis())
                .keepAliveTime(PING_EVERY.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PING_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .disableRetry() // ours knows what may be repeated
                .intercept(new Headers());
        this.channel = (config.isSecure() ? builder.sslContext(tls(config)) : builder.usePlaintext()).build();
    }

    /** The answer to a call that succeeded, at the latest when the time is up. */
    <Q, A> A call(MethodDescriptor<Q, A> method, Q request, Manner manner) throws InterruptedException {
        return repetition.call(
                method.getFullMethodName(), manner, (number, limit) -> once(method, request, number, limit));
    }

    /** One attempt. */
    <Q, A> A once(MethodDescriptor<Q, A> method, Q request, int number, Duration limit) throws InterruptedException {
        return once(method, request, CallOptions.DEFAULT, number, limit);
    }

    private <Q, A> A once(MethodDescriptor<Q, A> method, Q request, CallOptions options, int number, Duration limit)
            throws InterruptedException {
        if (number > 1) {
            channel.resetConnectBackoff(); // an attempt is one to connect, too
        }
        CallOptions limited = options.withDeadlineAfter(Math.max(1, limit.toNanos()), TimeUnit.NANOSECONDS);
        ListenableFuture<A> answer = ClientCalls.futureUnaryCall(channel.newCall(method, limited), request);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StatusRuntimeException failure) {
                throw GrpcRefusal.of(failure, number, config.server());
            }
            throw new IllegalStateException("gRPC failed", e.getCause());
        }
    }

    /** The same under an idempotency key, null for none: then it is not to be made twice. */
    <Q, A> A create(MethodDescriptor<Q, A> method, Q request, @Nullable String key) throws InterruptedException {
        if (key != null
                && !key.matches(
                        "[ -~]*")) { // metadata would turn what is not into question marks, and keys into one another
            throw new IllegalArgumentException("idempotencyKey: " + key + " (expected: printable ASCII)");
        }
        return key == null
                ? call(method, request, Manner.CHANGE)
                : repetition.call(
                        method.getFullMethodName(),
                        Manner.READ,
                        (number, limit) ->
                                once(method, request, CallOptions.DEFAULT.withOption(IDEMPOTENCY, key), number, limit));
    }

    /** A call whose answers come one by one; not repeated. */
    <Q, A> ClientCall<Q, A> open(MethodDescriptor<Q, A> method) {
        channel.resetConnectBackoff();
        return channel.newCall(method, CallOptions.DEFAULT);
    }

    ClientConfig config() {
        return config;
    }

    Repetition repetition() {
        return repetition;
    }

    @Override
    public void close() {
        repetition.close();
        channel.shutdownNow();
    }

    /** The configured one, or the JDK's; HTTP/2 is asked for. */
    private static SslContext tls(ClientConfig config) {
        SSLContext configured = config.tls();
        try {
            return new JdkSslContext(
                    configured == null ? SSLContext.getDefault() : configured,
                    true,
                    null,
                    IdentityCipherSuiteFilter.INSTANCE,
                    new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            "h2"),
                    ClientAuth.NONE,
                    null,
                    false);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no TLS", e);
        }
    }

    /** Shows the credential, asked for with each call, and the key of a creation. */
    private final class Headers implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    Credential credential = config.credential();
                    if (credential != null) {
                        headers.put(
                                key(credential.header()),
                                credential.prefix() + credential.secret().get());
                    }
                    String idempotencyKey = options.getOption(IDEMPOTENCY);
                    if (idempotencyKey != null) {
                        headers.put(key("idempotency-key"), idempotencyKey);
                    }
                    CallerTrace.headers().forEach((name, value) -> headers.put(key(name), value));
                    super.start(listener, headers);
                }
            };
        }

        private static Metadata.Key<String> key(String name) {
            return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        }
    }
}
