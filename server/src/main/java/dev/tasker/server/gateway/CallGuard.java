package dev.tasker.server.gateway;

import dev.tasker.server.security.Access;
import dev.tasker.server.security.Admission.Granted;
import dev.tasker.server.security.Admission.Reason;
import dev.tasker.server.security.Admission.Refused;
import dev.tasker.server.security.Authenticator;
import dev.tasker.server.security.Credential;
import dev.tasker.server.security.Principal;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.Locale;
import java.util.Map;

/** Lets calls in, or ends them with the status of 03 §2.5, before any message is read. */
public final class CallGuard {
    private static final Context.Key<Principal> PRINCIPAL = Context.key("tasker-principal");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Authenticator authenticator;
    private final Metadata.Key<String> apiKey;

    CallGuard(Authenticator authenticator) {
        this.authenticator = authenticator;
        this.apiKey = Metadata.Key.of(
                authenticator.apiKeyHeader().toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Who makes the call under way; only during one that was let in. */
    public static Principal principal() {
        return PRINCIPAL.get();
    }

    /** The service with this guard in front. */
    ServerServiceDefinition guard(GuardedService guarded) {
        return ServerInterceptors.intercept(guarded.service(), new Interceptor(guarded.access()));
    }

    private final class Interceptor implements ServerInterceptor {
        private final Map<String, Access> accessByMethod;

        Interceptor(Map<String, Access> accessByMethod) {
            this.accessByMethod = accessByMethod;
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
            Access access = accessByMethod.get(method);
            if (access == null) {
                throw new IllegalStateException(method + ": no access stated");
            }
            Credential credential = Credential.of(headers.get(AUTHORIZATION), headers.get(apiKey));
            String operation = call.getMethodDescriptor().getFullMethodName();
            return switch (authenticator.admit(credential, access, operation)) {
                case Granted(Principal principal) ->
                    Contexts.interceptCall(Context.current().withValue(PRINCIPAL, principal), call, headers, next);
                case Refused refused -> {
                    call.close(status(refused.reason()), new Metadata());
                    yield new ServerCall.Listener<>() {};
                }
            };
        }
    }

    private static Status status(Reason reason) {
        return switch (reason) {
            case MISSING ->
                Status.UNAUTHENTICATED.withDescription("Authentication required. Provide Bearer token or API key.");
            case INVALID, MALFORMED -> EXPIRED;
            case FORBIDDEN -> Status.PERMISSION_DENIED.withDescription("Insufficient permissions for this operation");
        };
    }

    /** Of calls whose credential is worth nothing, or nothing any more. */
    public static final Status EXPIRED = Status.UNAUTHENTICATED.withDescription("Invalid or expired credentials");
}
