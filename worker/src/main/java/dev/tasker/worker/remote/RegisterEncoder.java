package dev.tasker.worker.remote;

import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.Subscription;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerTraits;
import dev.tasker.worker.Registration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes the first message of a stream. */
final class RegisterEncoder {
    static final int PROTOCOL_VERSION = 1;

    private RegisterEncoder() {}

    /** @param resumed the session of the stream before, null for the first one */
    static Register encode(Registration registration, @Nullable UUID resumed, List<Lease> leases) {
        Register.Builder register = Register.newBuilder()
                .setWorkerName(registration.workerName())
                .setInstanceId(LeaseKey.bytes(registration.instanceId()))
                .setSdkLanguage("java")
                .setSdkVersion(sdkVersion())
                .setProtocolVersion(PROTOCOL_VERSION)
                .setMaxInflight(registration.maxInFlight())
                .setHandlerTimeoutMs(registration.handlerTimeout().toMillis());
        for (HandlerKey handler : registration.handlers()) {
            HandlerTraits traits = registration.traits().getOrDefault(handler, HandlerTraits.UNKNOWN);
            register.addHandlers(Handler.newBuilder()
                    .setNamespace(handler.namespace())
                    .setCallable(handler.callable())
                    .addAllMethods(traits.methods())
                    .setVersion(traits.version()));
        }
        for (int i = 0; i < registration.eventPatterns().size(); i++) {
            register.addSubscriptions(Subscription.newBuilder()
                    .setId(i)
                    .setPattern(registration.eventPatterns().get(i)));
        }
        if (resumed != null) {
            register.setResume(
                    Resume.newBuilder().setSessionId(LeaseKey.bytes(resumed)).addAllActiveLeases(leases));
        }
        return register.build();
    }

    private static String sdkVersion() {
        String version = RegisterEncoder.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
