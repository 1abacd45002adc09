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

/**
 * The DomainEvent document (04 §6.3) of one event.
 *
 * @param payload the business payload, which the schema is about
 * @param summary the compact result of the outcome, null: the handler tells of it while it runs
 * @param additional further metadata (JSON), null: none
 * @param firedBy who made the payload
 */
record EventMessage(
        StepOutcome outcome,
        String name,
        JsonNode payload,
        @Nullable ObjectNode summary,
        @Nullable String additional,
        String firedBy) {
    private static final String VERSION = "1.0";
    private static final String DEFAULT_PUBLISHER = "default";

    /** @param own what the event's custom publisher made of it, null: nothing */
    static EventMessage ofOutcome(
            StepOutcome outcome, DeclaredEvent event, ReportedResult reported, @Nullable EventPayload own) {
        JsonNode payload =
                own == null || own.payload() == null ? defaultPayload(event, reported) : MAPPER.readTree(own.payload());
        return new EventMessage(
                outcome,
                event.definition().name(),
                payload,
                reported.summary(),
                own == null ? null : own.metadata(),
                own == null ? DEFAULT_PUBLISHER : own.publisher());
    }

    /** What the handler of a running attempt tells of. */
    static EventMessage ofHandler(StepOutcome attempt, String name, String payload) {
        String handler = attempt.definition().planned().definition().handler().callable();
        return new EventMessage(attempt, name, MAPPER.readTree(payload), null, null, handler);
    }

    private static JsonNode defaultPayload(DeclaredEvent event, ReportedResult reported) {
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
        message.put("event_name", name);
        message.put("event_version", VERSION);
        ObjectNode body = message.putObject("payload");
        body.set("execution_result", summary);
        body.set("payload", payload);
        message.set("metadata", metadata(firedAt));
        return MAPPER.writeValueAsString(message);
    }

    private ObjectNode metadata(Instant firedAt) {
        ObjectNode metadata = MAPPER.createObjectNode();
        if (additional != null && MAPPER.readTree(additional) instanceof ObjectNode object) {
            metadata.setAll(object);
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
        metadata.put("fired_by", firedBy);
        return metadata;
    }
}
