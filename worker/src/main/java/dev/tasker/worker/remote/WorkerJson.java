package dev.tasker.worker.remote;

import com.google.protobuf.ByteString;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Assignments;
import dev.tasker.protocol.worker.v1.Cancel;
import dev.tasker.protocol.worker.v1.Checkpoint;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.DeclaredEvent;
import dev.tasker.protocol.worker.v1.Event;
import dev.tasker.protocol.worker.v1.EventPayload;
import dev.tasker.protocol.worker.v1.EventsPublished;
import dev.tasker.protocol.worker.v1.Handler;
import dev.tasker.protocol.worker.v1.HeartbeatAck;
import dev.tasker.protocol.worker.v1.Lease;
import dev.tasker.protocol.worker.v1.Limits;
import dev.tasker.protocol.worker.v1.NewEvent;
import dev.tasker.protocol.worker.v1.PublishEvents;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.StepPart;
import dev.tasker.protocol.worker.v1.Subscription;
import dev.tasker.protocol.worker.v1.TaskPart;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** The messages of the protocol as the long-poll profile writes them (04 §9.6). Values are passed on as the text they are. */
final class WorkerJson {
    private static final long TIMEOUT_OF_WORKER = -1;
    private static final int MESSAGE_CHARS_MAX = 500;

    private WorkerJson() {}

    // --- what the worker says

    static String register(Register register) {
        return object(json -> {
            json.writeStringProperty("worker_name", register.getWorkerName());
            json.writeStringProperty("instance_id", uuid(register.getInstanceId()));
            json.writeStringProperty("sdk_language", register.getSdkLanguage());
            json.writeStringProperty("sdk_version", register.getSdkVersion());
            json.writeNumberProperty("protocol_version", register.getProtocolVersion());
            json.writeNumberProperty("max_inflight", register.getMaxInflight());
            json.writeNumberProperty("handler_timeout_ms", register.getHandlerTimeoutMs());
            json.writeName("handlers");
            json.writeStartArray();
            for (Handler handler : register.getHandlersList()) {
                json.writeStartObject();
                json.writeStringProperty("namespace", handler.getNamespace());
                json.writeStringProperty("callable", handler.getCallable());
                json.writeName("methods");
                json.writeStartArray();
                handler.getMethodsList().forEach(json::writeString);
                json.writeEndArray();
                json.writeStringProperty("version", handler.getVersion());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeName("subscriptions");
            json.writeStartArray();
            for (Subscription subscription : register.getSubscriptionsList()) {
                json.writeStartObject();
                json.writeNumberProperty("id", subscription.getId());
                json.writeStringProperty("pattern", subscription.getPattern());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (register.hasResume()) {
                json.writeName("resume");
                json.writeStartObject();
                json.writeStringProperty("session_id", uuid(register.getResume().getSessionId()));
                writeLeases(json, "active_leases", register.getResume().getActiveLeasesList());
                json.writeEndObject();
            }
        });
    }

    static String poll(int max, Duration wait) {
        return object(json -> {
            json.writeNumberProperty("max", max);
            json.writeNumberProperty("wait_ms", wait.toMillis());
        });
    }

    static String leases(List<Lease> leases) {
        return object(json -> writeLeases(json, "leases", leases));
    }

    static String complete(Complete result) {
        return object(json -> {
            json.writeNumberProperty("lease_token", result.getLeaseToken());
            json.writeName("result");
            json.writeRawValue(result.getDocument().toStringUtf8());
            if (result.hasRetryAfterMs()) {
                json.writeNumberProperty("retry_after_ms", result.getRetryAfterMs());
            }
            if (result.getEventPayloadsCount() > 0) {
                json.writeName("event_payloads");
                json.writeStartObject();
                for (Map.Entry<String, EventPayload> event :
                        result.getEventPayloadsMap().entrySet()) {
                    json.writeName(event.getKey());
                    write(json, event.getValue());
                }
                json.writeEndObject();
            }
        });
    }

    private static void write(JsonGenerator json, EventPayload payload) {
        json.writeStartObject();
        json.writeStringProperty("publisher", payload.getPublisher());
        if (payload.hasPayloadJson()) {
            json.writeName("payload");
            json.writeRawValue(payload.getPayloadJson());
        }
        if (payload.hasMetadataJson()) {
            json.writeName("metadata");
            json.writeRawValue(payload.getMetadataJson());
        }
        json.writeBooleanProperty("declined", payload.getDeclined());
        json.writeEndObject();
    }

    static String checkpoint(Checkpoint checkpoint) {
        return object(json -> {
            json.writeNumberProperty("lease_token", checkpoint.getLeaseToken());
            json.writeBooleanProperty("continue", checkpoint.getKeepRunning());
            json.writeName("data");
            json.writeStartObject();
            json.writeName("cursor");
            json.writeRawValue(checkpoint.getCursorJson());
            json.writeNumberProperty("items_processed", checkpoint.getItemsProcessed());
            if (checkpoint.hasAccumulatedResultsJson()) {
                json.writeName("accumulated_results");
                json.writeRawValue(checkpoint.getAccumulatedResultsJson());
            }
            json.writeEndObject();
        });
    }

    static String publish(PublishEvents published) {
        return object(json -> {
            json.writeStringProperty("assignment_id", uuid(published.getStepUuid()));
            json.writeNumberProperty("lease_token", published.getLeaseToken());
            json.writeName("events");
            json.writeStartArray();
            for (NewEvent event : published.getEventsList()) {
                json.writeStartObject();
                json.writeStringProperty("event_id", uuid(event.getEventId()));
                json.writeStringProperty("name", event.getName());
                json.writeName("payload");
                json.writeRawValue(event.getPayloadJson());
                if (event.hasDeliveryMode()) {
                    json.writeStringProperty("delivery_mode", event.getDeliveryMode());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static String reject(Reject reject) {
        String reason = reject.getReason() == Reject.Reason.HANDLER_NOT_FOUND ? "handler_not_found" : "worker_shutdown";
        return object(json -> {
            json.writeNumberProperty("lease_token", reject.getLeaseToken());
            json.writeStringProperty("reason", reason);
        });
    }

    private static void writeLeases(JsonGenerator json, String name, List<Lease> leases) {
        json.writeName(name);
        json.writeStartArray();
        for (Lease lease : leases) {
            json.writeStartObject();
            json.writeStringProperty("assignment_id", uuid(lease.getStepUuid()));
            json.writeNumberProperty("lease_token", lease.getLeaseToken());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String object(Consumer<JsonGenerator> members) {
        var text = new StringWriter();
        try (JsonGenerator json = RawJson.FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static String uuid(ByteString bytes) {
        return LeaseKey.uuid(bytes).toString();
    }

    // --- what the server says

    static Registered registered(String body) {
        RawJson json = RawJson.parse(body);
        RawJson limits = json.object("limits");
        return Registered.newBuilder()
                .setSessionId(LeaseKey.bytes(json.uuid("session_id")))
                .setLeaseDurationMs(json.number("lease_duration_ms", 0))
                .setHeartbeatIntervalMs(json.number("heartbeat_interval_ms", 0))
                .setMaxInflight((int) json.number("max_inflight", 0))
                .setLimits(Limits.newBuilder()
                        .setResultBytesMax((int) limits.number("result_bytes_max", 0))
                        .setAssignmentBytesMax((int) limits.number("assignment_bytes_max", 0)))
                .addAllAcceptedNamespaces(json.texts("accepted_namespaces"))
                .addAllRejectedNamespaces(json.texts("rejected_namespaces"))
                .addAllLost(readLeases(json, "lost"))
                .build();
    }

    /** How long the server keeps a poll at most. */
    static Duration pollWaitMax(String body) {
        return Duration.ofMillis(RawJson.parse(body).number("poll_wait_ms_max", Long.MAX_VALUE));
    }

    static Completed.Status outcome(String body) {
        return Completed.Status.valueOf(RawJson.parse(body).text("status", ""));
    }

    static EventsPublished published(String body) {
        return EventsPublished.newBuilder()
                .addAllOutcomes(RawJson.parse(body).objects("events").stream()
                        .map(event -> EventsPublished.Outcome.newBuilder()
                                .setEventId(LeaseKey.bytes(event.uuid("event_id")))
                                .setStatus(Completed.Status.valueOf(event.text("status", "")))
                                .setReason(event.text("reason", ""))
                                .build())
                        .toList())
                .build();
    }

    /** Events of others that a poll brought. */
    static List<Event> events(String body) {
        return RawJson.parse(body).objects("events").stream()
                .map(event -> Event.newBuilder()
                        .setSubscriptionId((int) event.number("subscription_id", 0))
                        .setEventJson(event.json("event", "{}"))
                        .build())
                .toList();
    }

    static HeartbeatAck lost(String body) {
        RawJson json = RawJson.parse(body);
        return HeartbeatAck.newBuilder().addAllLost(readLeases(json, "lost")).build();
    }

    static Cancel cancelled(String body) {
        RawJson json = RawJson.parse(body);
        return Cancel.newBuilder().addAllLeases(readLeases(json, "cancel")).build();
    }

    /** How long a server that stops still takes results, null when it does not stop. */
    static @Nullable Duration drain(String body) {
        long drainMs = RawJson.parse(body).number("drain_ms", -1);
        return drainMs < 0 ? null : Duration.ofMillis(drainMs);
    }

    private static List<Lease> readLeases(RawJson json, String name) {
        return json.objects(name).stream()
                .map(lease -> Lease.newBuilder()
                        .setStepUuid(LeaseKey.bytes(lease.uuid("assignment_id")))
                        .setLeaseToken(lease.number("lease_token", 0))
                        .build())
                .toList();
    }

    static Assignments assignments(String body) {
        return Assignments.newBuilder()
                .addAllAssignments(RawJson.parse(body).objects("assignments").stream()
                        .map(WorkerJson::assign)
                        .toList())
                .build();
    }

    private static Assign assign(RawJson json) {
        RawJson event = json.object("event");
        RawJson sequenceStep = event.object("task_sequence_step");
        RawJson task = sequenceStep.object("task");
        return Assign.newBuilder()
                .setStepUuid(LeaseKey.bytes(json.uuid("assignment_id")))
                .setLeaseToken(json.number("lease_token", 0))
                .setTaskUuid(LeaseKey.bytes(event.uuid("task_uuid")))
                .setAttempt((int) json.number("attempt", 1))
                .setMaxAttempts((int) json.number("max_attempts", 1))
                .setTimeoutMs(json.number("timeout_ms", TIMEOUT_OF_WORKER))
                .setLeaseExpiresInMs(json.number("lease_expires_in_ms", 0))
                .setTraceparent(json.text("traceparent", ""))
                .setTask(task(task, task.object("task")))
                .setStep(step(sequenceStep))
                .putAllDependencyResults(
                        sequenceStep.object("dependency_results").members())
                .build();
    }

    private static TaskPart task(RawJson json, RawJson inner) {
        String parent = inner.text("parent_correlation_id");
        TaskPart.Builder task = TaskPart.newBuilder()
                .setNamespace(json.text("namespace_name", ""))
                .setName(json.text("task_name", ""))
                .setVersion(json.text("task_version", ""))
                .setContextJson(inner.members().getOrDefault("context", "null"))
                .setPriority((int) inner.number("priority", 0))
                .setCorrelationId(LeaseKey.bytes(inner.uuid("correlation_id")))
                .setInitiator(inner.text("initiator", ""))
                .setSourceSystem(inner.text("source_system", ""))
                .setReason(inner.text("reason", ""));
        if (parent != null) {
            task.setParentCorrelationId(LeaseKey.bytes(UUID.fromString(parent)));
        }
        String tags = inner.json("tags");
        if (tags != null) {
            task.setTagsJson(tags);
        }
        return task.build();
    }

    private static StepPart step(RawJson sequenceStep) {
        RawJson json = sequenceStep.object("workflow_step");
        RawJson definition = sequenceStep.object("step_definition");
        RawJson handler = definition.object("handler");
        StepPart.Builder step = StepPart.newBuilder()
                .setName(json.text("name", ""))
                .setTemplateStepName(json.text("template_step_name", ""))
                .setCallable(handler.text("callable", ""))
                .setInitializationJson(handler.json("initialization", "{}"));
        set(handler.text("method"), step::setMethod);
        set(handler.text("resolver"), step::setResolver);
        set(json.json("inputs"), step::setInputsJson);
        set(json.json("results"), step::setPreviousResultJson);
        set(json.json("checkpoint"), step::setCheckpointJson);
        for (RawJson event : definition.objects("publishes_events")) {
            DeclaredEvent.Builder declared = DeclaredEvent.newBuilder()
                    .setName(event.text("name", ""))
                    .setCondition(event.text("condition", ""))
                    .setDeliveryMode(event.text("delivery_mode", ""));
            set(event.text("publisher"), declared::setPublisher);
            step.addPublishedEvents(declared);
        }
        return step.build();
    }

    private static void set(@Nullable String value, Consumer<String> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    /** What an error says; of an answer that is no such thing, its beginning. */
    static String message(String body) {
        try {
            return RawJson.parse(body).object("error").text("message", "");
        } catch (RuntimeException e) {
            return body.substring(0, Math.min(MESSAGE_CHARS_MAX, body.length()));
        }
    }
}
