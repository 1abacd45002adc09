package dev.tasker.server.rest;

import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.TaskChange;
import dev.tasker.engine.TaskChangeBatch;
import dev.tasker.engine.TaskMoment;
import dev.tasker.server.json.JsonWriter;
import dev.tasker.server.json.Timestamps;
import java.util.List;
import java.util.UUID;

/** Changes of tasks, and domain events, as followers read them. */
final class ChangeJson {
    private ChangeJson() {}

    /** A task as a stream finds it. */
    static byte[] moment(UUID taskUuid, TaskMoment moment) {
        return new JsonWriter()
                .openObject()
                .uuid("task_uuid", taskUuid)
                .text("state", moment.state().text())
                .time("at", Timestamps.ZULU, moment.since())
                .closeObject()
                .toBytes();
    }

    /** TaskChange. */
    static byte[] change(TaskChange change) {
        JsonWriter json = new JsonWriter();
        write(json, change);
        return json.toBytes();
    }

    /** TaskChange, with the template of the task. */
    static byte[] change(TaskChangeBatch.Entry entry) {
        JsonWriter json = new JsonWriter();
        open(json, entry.change());
        return json.text("task_name", entry.name())
                .text("task_version", entry.version())
                .closeObject()
                .toBytes();
    }

    /** TaskTimeline. */
    static byte[] timeline(UUID taskUuid, List<TaskChange> changes) {
        JsonWriter json =
                new JsonWriter().openObject().uuid("task_uuid", taskUuid).openArray("changes");
        changes.forEach(change -> write(json, change));
        return json.closeArray().closeObject().toBytes();
    }

    /** A durable domain event. */
    static byte[] event(DomainEventBatch.Entry entry) {
        return new JsonWriter()
                .openObject()
                .uuid("event_id", entry.event().eventId())
                .text("event_name", entry.event().eventName())
                .text("namespace", entry.event().namespace())
                .uuid("task_uuid", entry.event().taskUuid())
                .uuid("step_uuid", entry.event().stepUuid())
                .text("step_state", entry.stepState().text())
                .time("published_at", Timestamps.ZULU, entry.publishedAt())
                .raw("message", entry.event().message())
                .closeObject()
                .toBytes();
    }

    private static void write(JsonWriter json, TaskChange change) {
        open(json, change);
        json.closeObject();
    }

    private static void open(JsonWriter json, TaskChange change) {
        json.openObject().uuid("task_uuid", change.taskUuid());
        TaskChange.Step step = change.step();
        if (step != null) {
            json.uuid("step_uuid", step.stepUuid()).text("name", step.name());
        }
        json.number("version", change.version())
                .text("from_state", change.fromState())
                .text("state", change.toState())
                .openArray("via");
        change.via().forEach(json::item);
        json.closeArray().time("at", Timestamps.ZULU, change.at());
        json.textIfPresent("action", change.action())
                .textIfPresent("actor", change.actor())
                .textIfPresent("subject", change.subject())
                .textIfPresent("reason", change.reason());
    }
}
