package dev.tasker.server.grpc;

import dev.tasker.server.api.RequestIds;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** What metadata says about a call, and what the answer's metadata will say: the request's id, the idempotency key. */
final class RequestScope {
    static final Metadata.Key<String> REQUEST_ID = Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> IDEMPOTENCY_KEY =
            Metadata.Key.of("idempotency-key", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> REPLAYED =
            Metadata.Key.of("idempotent-replayed", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<RequestScope> SCOPE = Context.key("tasker-request");

    private final String requestId;
    private final @Nullable String idempotencyKey;
    private volatile boolean replayed;

    private RequestScope(Metadata headers) {
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

    /** Gives each call its scope. */
    static final class Opener implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            RequestScope scope = new RequestScope(headers);
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
                    super.close(status, trailers);
                }
            };
            return Contexts.interceptCall(Context.current().withValue(SCOPE, scope), described, headers, next);
        }
    }
}
