package dev.tasker.server.rest;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Resume;
import dev.tasker.protocol.worker.v1.Subscription;
import dev.tasker.server.gateway.LeaseKey;
import dev.tasker.server.json.JsonWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Opening a session in JSON and in the gateway's words (04 §9.6). */
final class WorkerRegistration {
    private static final int SLOTS = 100;
    private static final String ANY = "*";

    private WorkerRegistration() {}

    static Register read(WorkerBody body) {
        UUID instance = body.uuid("instance_id");
        Register.Builder register = Register.newBuilder()
                .setWorkerName(body.text("worker_name", ""))
                .setInstanceId(bytes(instance == null ? UUID.randomUUID() : instance))
                .setSdkLanguage(body.text("sdk_language", ""))
                .setSdkVersion(body.text("sdk_version", ""))
                .setProtocolVersion((int) body.number("protocol_version", 1, 0, Integer.MAX_VALUE))
                .setMaxInflight((int) body.number("max_inflight", SLOTS, 0, Integer.MAX_VALUE))
                .setHandlerTimeoutMs(body.number("handler_timeout_ms", 0, 0, Integer.MAX_VALUE));
        List<String> namespaces = body.texts("namespaces");
        for (WorkerBody handler : body.objects("handlers")) {
            String own = handler.text("namespace");
            for (String namespace : own != null ? List.of(own) : namespaces.isEmpty() ? List.of(ANY) : namespaces) {
                register.addHandlers(Handler.newBuilder()
                        .setNamespace(namespace)
                        .setCallable(handler.text("callable", ""))
                        .addAllMethods(handler.texts("methods"))
                        .setVersion(handler.text("version", "")));
            }
        }
        for (WorkerBody subscription : body.objects("subscriptions")) {
            register.addSubscriptions(Subscription.newBuilder()
                    .setId((int) subscription.number("id", 0, 0, Integer.MAX_VALUE))
                    .setPattern(subscription.text("pattern", "")));
        }
        WorkerBody labels = body.object("labels");
        if (labels != null) {
            labels.names().forEach(name -> register.putLabels(name, labels.text(name, "")));
        }
        WorkerBody resume = body.object("resume");
        if (resume != null) {
            register.setResume(Resume.newBuilder()
                    .setSessionId(bytes(resume.requiredUuid("session_id")))
                    .addAllActiveLeases(resume.leases("active_leases").stream()
                            .map(WorkerRegistration::lease)
                            .toList()));
        }
        return register.build();
    }

    private static Lease lease(LeaseKey lease) {
        return Lease.newBuilder()
                .setStepUuid(bytes(lease.stepUuid()))
                .setLeaseToken(lease.token())
                .build();
    }

    static byte[] write(Registered registered, Duration pollWaitMax) {
        JsonWriter json = new JsonWriter()
                .openObject()
                .uuid("session_id", uuid(registered.getSessionId()))
                .number("lease_duration_ms", registered.getLeaseDurationMs())
                .number("heartbeat_interval_ms", registered.getHeartbeatIntervalMs())
                .number("max_inflight", registered.getMaxInflight())
                .number("poll_wait_ms_max", pollWaitMax.toMillis())
                .openObject("limits")
                .number("result_bytes_max", registered.getLimits().getResultBytesMax())
                .number("assignment_bytes_max", registered.getLimits().getAssignmentBytesMax())
                .closeObject();
        texts(json, "accepted_namespaces", registered.getAcceptedNamespacesList());
        texts(json, "rejected_namespaces", registered.getRejectedNamespacesList());
        json.openArray("lost");
        for (Lease lease : registered.getLostList()) {
            lease(json, uuid(lease.getStepUuid()), lease.getLeaseToken());
        }
        return json.closeArray().closeObject().toBytes();
    }

    private static void texts(JsonWriter json, String name, List<String> texts) {
        json.openArray(name);
        texts.forEach(json::item);
        json.closeArray();
    }

    static void lease(JsonWriter json, UUID stepUuid, long token) {
        json.openObject()
                .uuid("assignment_id", stepUuid)
                .number("lease_token", token)
                .closeObject();
    }

    static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static ByteString bytes(UUID uuid) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * Long.BYTES);
        buffer.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return ByteString.copyFrom(buffer.flip());
    }
}
