package dev.tasker.server.grpc;

import com.tasker.v1.CreateTaskRequest;
import dev.tasker.engine.TaskRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code CreateTaskRequest} (03 §2.4); what it leaves out has the defaults of gRPC. */
final class CreateTaskMessage {
    private CreateTaskMessage() {}

    /** @param keyFromMetadata which means the same as the field, null: none */
    static TaskRequest read(CreateTaskRequest message, @Nullable String keyFromMetadata) {
        UUID correlationId = message.hasCorrelationId() ? Fields.uuid(message.getCorrelationId()) : null;
        UUID parent = message.hasParentCorrelationId() ? Fields.uuid(message.getParentCorrelationId()) : null;
        return new TaskRequest(
                message.getNamespace(),
                message.getName(),
                message.getVersion(),
                Structs.json("context", message.getContext()),
                message.hasInitiator() ? message.getInitiator() : "grpc",
                message.hasSourceSystem() ? message.getSourceSystem() : "tasker-core",
                message.hasReason() ? message.getReason() : "Task created via gRPC",
                JsonMapper.shared().writeValueAsString(message.getTagsList()),
                message.getPriority(),
                correlationId,
                parent,
                key(message, keyFromMetadata));
    }

    private static @Nullable String key(CreateTaskRequest message, @Nullable String keyFromMetadata) {
        if (!message.hasIdempotencyKey()) {
            return keyFromMetadata;
        }
        if (keyFromMetadata != null && !keyFromMetadata.equals(message.getIdempotencyKey())) {
            throw Fields.invalid("idempotency_key: differs from the metadata idempotency-key (expected: one key)");
        }
        return message.getIdempotencyKey();
    }
}
