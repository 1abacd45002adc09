package dev.tasker.server.grpc;

import dev.tasker.server.api.RequestIds;
import dev.tasker.server.telemetry.Tracing;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What metadata says about a call, and what the answer's metadata will say: the request's id, the idempotency key. With it the call's span,
 * in the trace of the caller (03 §4.7).
 */
final class RequestScope {
    static final Metadata.Key<String> REQUEST_ID = Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> IDEMPOTENCY_KEY =
            Metadata.Key.of("idempotency-key", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> REPLAYED =
            Metadata.Key.of("idempotent-replayed", Metadata.ASCII_STRING_MARSHALLER);

    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private static final Set<Status.Code> SERVER_FAULTS = Set.of(
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNIMPLEMENTED,
            Status.Code.INTERNAL,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);

    private static final Context.Key<RequestScope> SCOPE = Context.key("tasker-request");

    private final String requestId;
    private final @Nullable String idempotencyKey;
    private final Span span;
    private volatile boolean replayed;

    private RequestScope(Metadata headers, Span span) {
        this.span = span;
        this.requestId = RequestIds.of(headers.get(REQUEST_ID));
        String key = headers.get(IDEMPOTENCY_KEY);
        this.idempotencyKey = key == null || key.isBlank() ? null : key;
    }

    /** That of the call under way. */
    static RequestScope current() {
        return SCOPE.get();
    }

    String requestId() {
        return requestId;
    }

    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }

    /** That of the call; whoever works for it makes it current. */
    Span span() {
        return span;
    }

    /** What is answered was there before. */
    void replayed() {
        replayed = true;
    }

    private void describe(Metadata answer) {
        answer.put(REQUEST_ID, requestId);
        if (replayed) {
            answer.put(REPLAYED, "true");
        }
    }

    private void ended(MethodDescriptor<?, ?> method, Status status) {
        if (span.isRecording()) {
            span.setAttribute("rpc.system", "grpc")
                    .setAttribute("rpc.service", String.valueOf(method.getServiceName()))
                    .setAttribute("rpc.method", String.valueOf(method.getBareMethodName()))
                    .setAttribute("rpc.grpc.status_code", status.getCode().value())
                    .setStatus(SERVER_FAULTS.contains(status.getCode()) ? StatusCode.ERROR : StatusCode.UNSET);
        }
        span.end();
    }

    /** Gives each call its scope. */
    static final class Opener implements ServerInterceptor {
        private final Tracing tracing;

        Opener(Tracing tracing) {
            this.tracing = tracing;
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            MethodDescriptor<Q, A> method = call.getMethodDescriptor();
            Span span = tracing.start(method.getFullMethodName(), SpanKind.SERVER, headers.get(TRACEPARENT));
            RequestScope scope = new RequestScope(headers, span);
            ServerCall<Q, A> described = new SimpleForwardingServerCall<>(call) {
                private boolean begun;

                @Override
                public void sendHeaders(Metadata answer) {
                    begun = true;
                    scope.describe(answer);
                    super.sendHeaders(answer);
                }

                @Override
                public void close(Status status, Metadata trailers) {
                    if (!begun) {
                        scope.describe(trailers);
                    }
                    scope.ended(method, status);
                    super.close(status, trailers);
                }
            };
            ServerCall.Listener<Q> listener =
                    Contexts.interceptCall(Context.current().withValue(SCOPE, scope), described, headers, next);
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    scope.ended(method, Status.CANCELLED); // again after the end: nothing
                    super.onCancel();
                }
            };
        }
    }
}
