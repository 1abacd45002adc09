package dev.tasker.engine.internal.domainevent;

import static dev.tasker.engine.internal.domainevent.ReportedResult.MAPPER;

import dev.tasker.engine.EventPayload;
import dev.tasker.engine.internal.task.TaskUuids;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The DomainEvent document (04 §6.3) of one event and outcome. */
final class EventMessage {
    private static final String VERSION = "1.0";
    private static final String DEFAULT_PUBLISHER = "default";

    private final StepOutcome outcome;
    private final DeclaredEvent event;
    private final ReportedResult reported;
    private final @Nullable EventPayload own;
    private final JsonNode payload;

    /** @param own what the event's custom publisher made of it, null: nothing */
    EventMessage(StepOutcome outcome, DeclaredEvent event, ReportedResult reported, @Nullable EventPayload own) {
        this.outcome = outcome;
        this.event = event;
        this.reported = reported;
        this.own = own;
        this.payload = own == null || own.payload() == null ? defaultPayload() : MAPPER.readTree(own.payload());
    }

    /** The business payload, which the schema is about. */
    JsonNode payload() {
        return payload;
    }

    private JsonNode defaultPayload() {
        Map<String, String> pointers = event.definition().payload();
        if (pointers.isEmpty()) {
            return reported.payload();
        }
        ObjectNode picked = MAPPER.createObjectNode();
        pointers.forEach((key, pointer) -> {
            JsonNode value = reported.payload().at(pointer);
            if (!value.isMissingNode()) {
                picked.set(key, value);
            }
        });
        return picked;
    }

    String write(UUID id, Instant firedAt) {
        ObjectNode message = MAPPER.createObjectNode();
        message.put("event_id", id.toString());
        message.put("event_name", event.definition().name());
        message.put("event_version", VERSION);
        ObjectNode body = message.putObject("payload");
        body.set("execution_result", reported.summary());
        body.set("payload", payload);
        message.set("metadata", metadata(firedAt));
        return MAPPER.writeValueAsString(message);
    }

    private ObjectNode metadata(Instant firedAt) {
        ObjectNode metadata = MAPPER.createObjectNode();
        if (own != null && own.metadata() != null && MAPPER.readTree(own.metadata()) instanceof ObjectNode additional) {
            metadata.setAll(additional);
        }
        metadata.put("task_uuid", outcome.step().task().toString());
        metadata.put(
                "step_uuid",
                TaskUuids.stepUuid(outcome.step().task(), outcome.step().index())
                        .toString());
        metadata.put("step_name", outcome.name());
        metadata.put("namespace", outcome.template().plan().template().namespace());
        metadata.put("correlation_id", outcome.correlationId().toString());
        metadata.put("fired_at", firedAt.toString());
        metadata.put("fired_by", own == null ? DEFAULT_PUBLISHER : own.publisher());
        return metadata;
    }
}
