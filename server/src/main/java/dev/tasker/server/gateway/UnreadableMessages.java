package dev.tasker.server.gateway;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Supplier;

/**
 * Refuses messages that cannot be read (03 §2.5): the library would tell their sender that the server failed. They are read within the call
 * for that, behind this interceptor. To the service the call is cancelled then; what it still sends goes nowhere.
 */
public final class UnreadableMessages implements ServerInterceptor {
    /** What clients are told of such a message. */
    public static final String TEXT = "the message cannot be read";

    private final Supplier<StatusRuntimeException> refusal;

    private UnreadableMessages(Supplier<StatusRuntimeException> refusal) {
        this.refusal = refusal;
    }

    /**
     * A service that answers for messages it cannot read itself.
     *
     * @param refusal made within the call, with its trailers
     */
    public static ServerServiceDefinition refusedBy(
            ServerServiceDefinition service, Supplier<StatusRuntimeException> refusal) {
        return ServerInterceptors.intercept(
                ServerInterceptors.useInputStreamMessages(service), new UnreadableMessages(refusal));
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var endable = new EndableCall<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(endable, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                if (refused) {
                    return;
                }
                try {
                    super.onMessage(message);
                } catch (
                        StatusRuntimeException
                                e) { // of the marshaller: what a service throws it tells its caller itself
                    refused = true;
                    StatusRuntimeException told = refusal.get();
                    Metadata trailers = told.getTrailers();
                    endable.close(told.getStatus(), trailers == null ? new Metadata() : trailers);
                    super.onCancel();
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                if (!refused) {
                    super.onCancel();
                }
            }
        };
    }

    /** A call that ends once, whoever ends it, while others may be sending; nothing can be sent after that. */
    private static final class EndableCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private boolean over; // guarded by this

        EndableCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!over) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!over) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!over) {
                over = true;
                super.close(status, trailers);
            }
        }
    }
}
