package dev.tasker.server.grpc;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;

/**
 * Refuses messages that cannot be read as {@code INVALID_ARGUMENT}: the library would tell their sender that the server failed. They are
 * read within the call for that, behind this interceptor.
 */
final class UnreadableMessages implements ServerInterceptor {
    private static final UnreadableMessages REFUSED = new UnreadableMessages();

    private UnreadableMessages() {}

    /** A service that answers for messages it cannot read itself. */
    static ServerServiceDefinition refusedBy(ServerServiceDefinition service) {
        return ServerInterceptors.intercept(ServerInterceptors.useInputStreamMessages(service), REFUSED);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                try {
                    super.onMessage(message);
                } catch (
                        StatusRuntimeException
                                e) { // of the marshaller: what a service throws it tells its caller itself
                    refused = true;
                    StatusRuntimeException refusal = Refusals.PLAIN.of(Fields.invalid("the message cannot be read"));
                    call.close(refusal.getStatus(), trailers(refusal));
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    private static Metadata trailers(StatusRuntimeException refusal) {
        Metadata trailers = refusal.getTrailers();
        return trailers == null ? new Metadata() : trailers;
    }
}
