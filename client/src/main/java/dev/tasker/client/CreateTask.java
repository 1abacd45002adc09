package dev.tasker.client;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task to be created (03 §1.5).
 *
 * @param context a JSON object
 * @param priority −100 to 100, null for the template's
 * @param correlationId null for one of the server's making
 * @param idempotencyKey under which a second creation is answered with the first task; null leaves it to the template which tasks are the same
 */
public record CreateTask(
        String namespace,
        String name,
        String version,
        JsonNode context,
        String initiator,
        String sourceSystem,
        String reason,
        List<String> tags,
        @Nullable Integer priority,
        @Nullable UUID correlationId,
        @Nullable UUID parentCorrelationId,
        @Nullable String idempotencyKey) {

    public CreateTask {
        tags = List.copyOf(tags);
    }

    /**
     * With all else left to defaults.
     *
     * @param context a JSON tree, or anything that Jackson writes as a JSON object
     */
    public static CreateTask of(String namespace, String name, String version, Object context) {
        return new CreateTask(
                namespace,
                name,
                version,
                JsonMapper.shared().valueToTree(context),
                "tasker-client",
                "tasker-client",
                "Task requested",
                List.of(),
                null,
                null,
                null,
                null);
    }

    /** Who wants it, through which system, and why; each 1 to 128 characters. */
    public CreateTask withOrigin(String changedInitiator, String changedSourceSystem, String changedReason) {
        return new CreateTask(
                namespace,
                name,
                version,
                context,
                changedInitiator,
                changedSourceSystem,
                changedReason,
                tags,
                priority,
                correlationId,
                parentCorrelationId,
                idempotencyKey);
    }

    public CreateTask withTags(List<String> changed) {
        return new CreateTask(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                changed,
                priority,
                correlationId,
                parentCorrelationId,
                idempotencyKey);
    }

    public CreateTask withPriority(@Nullable Integer changed) {
        return new CreateTask(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                changed,
                correlationId,
                parentCorrelationId,
                idempotencyKey);
    }

    /** Under which log lines and messages of the task, and of the one that caused it, are found. */
    public CreateTask withCorrelation(@Nullable UUID changed, @Nullable UUID changedParent) {
        return new CreateTask(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                priority,
                changed,
                changedParent,
                idempotencyKey);
    }

    /** Something that stands for the reason of this task and for no other, an order number for instance. Creation is then safely repeated. */
    public CreateTask withIdempotencyKey(@Nullable String changed) {
        return new CreateTask(
                namespace,
                name,
                version,
                context,
                initiator,
                sourceSystem,
                reason,
                tags,
                priority,
                correlationId,
                parentCorrelationId,
                changed);
    }

    /**
     * A key of the client's making: creation is safely repeated while this object is used, and every other request makes another task, even
     * where the template takes equal contexts for the same task.
     */
    public CreateTask withNewIdempotencyKey() {
        return withIdempotencyKey(UUID.randomUUID().toString());
    }

    /** The body; the key goes into a header, where it makes a repetition a success. */
    String toJson() {
        ObjectNode body = Json.MAPPER
                .createObjectNode()
                .put("namespace", namespace)
                .put("name", name)
                .put("version", version)
                .put("initiator", initiator)
                .put("source_system", sourceSystem)
                .put("reason", reason);
        body.set("context", context);
        body.set("tags", Json.MAPPER.valueToTree(tags));
        if (priority != null) {
            body.put("priority", priority);
        }
        if (correlationId != null) {
            body.put("correlation_id", correlationId.toString());
        }
        if (parentCorrelationId != null) {
            body.put("parent_correlation_id", parentCorrelationId.toString());
        }
        return body.toString();
    }
}
