package dev.tasker.server.rest;

import dev.tasker.engine.StepAudit;
import dev.tasker.engine.StepView;
import dev.tasker.server.rest.JsonMembers.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The full StepExecutionResult (01 §1.13, 04 §3.5) of a step: workers store it compactly, without what is at its default or known from
 * the step's row; readers see every key. Values are embedded as stored, and keys nobody specified are kept, last.
 */
final class StepResultDocument {
    private static final Set<String> TOP =
            Set.of("step_uuid", "success", "result", "status", "metadata", "error", "orchestration_metadata");
    private static final Set<String> METADATA = Set.of(
            "execution_time_ms",
            "handler_version",
            "retryable",
            "completed_at",
            "worker_id",
            "worker_hostname",
            "started_at",
            "custom",
            "error_code",
            "error_type",
            "context");
    private static final Set<String> ERROR =
            Set.of("message", "error_type", "backtrace", "retryable", "status_code", "context");
    private static final Set<String> ORCHESTRATION = Set.of("headers", "error_context", "backoff_hint", "custom");
    private static final Set<String> BACKOFF = Set.of("backoff_type", "delay_seconds", "context");

    private final UUID stepUuid;
    private final Instant ended;
    private final JsonMembers document;
    private final @Nullable JsonMembers metadata;
    private final boolean success;

    private StepResultDocument(UUID stepUuid, Instant ended, JsonMembers document) {
        this.stepUuid = stepUuid;
        this.ended = ended;
        this.document = document;
        this.metadata = inner(document, "metadata");
        Value outcome = document.present("success");
        this.success = outcome != null && outcome.text().equals("true");
    }

    /** Writes the member {@code name}: the result of {@code step} in full, null when it has none. */
    static void write(JsonWriter json, String name, StepView step) {
        Instant ended = step.completedAt() == null ? step.lastFailureAt() : step.completedAt();
        write(json, name, step.stepUuid(), step.result(), ended == null ? step.updatedAt() : ended);
    }

    /** Writes the member {@code name}: the result that was reported. */
    static void write(JsonWriter json, String name, StepAudit report) {
        write(json, name, report.stepUuid(), report.result(), report.recordedAt());
    }

    /** @param ended when the attempt that left the document ended, as the row tells it */
    private static void write(JsonWriter json, String name, UUID stepUuid, @Nullable String stored, Instant ended) {
        if (stored == null) {
            json.raw(name, null);
            return;
        }
        JsonMembers document;
        try {
            document = JsonMembers.parse(stored);
        } catch (JsonMembers.NotAnObject e) { // older rows may hold anything; it is handed back as it is
            json.raw(name, stored);
            return;
        }
        json.openObject(name);
        new StepResultDocument(stepUuid, ended, document).writeMembers(json);
        json.closeObject();
    }

    private void writeMembers(JsonWriter json) {
        raw(json, document, "step_uuid", "\"" + stepUuid + "\"");
        json.flag("success", success);
        raw(json, document, "result", success ? "null" : "{}");
        String status = text(document, "status");
        String derived = success ? "\"completed\"" : "\"failed\"";
        json.raw("status", status == null || status.equals("\"\"") ? derived : status);
        json.openObject("metadata");
        writeMetadata(json);
        json.closeObject();
        writeError(json);
        writeOrchestrationMetadata(json);
        extras(json, document, TOP);
    }

    private void writeMetadata(JsonWriter json) {
        long executionMs = executionMs();
        raw(json, metadata, "execution_time_ms", "0");
        raw(json, metadata, "handler_version", null);
        raw(json, metadata, "retryable", "false");
        raw(json, metadata, "completed_at", quoted(ended));
        raw(json, metadata, "worker_id", null);
        raw(json, metadata, "worker_hostname", null);
        raw(json, metadata, "started_at", quoted(ended.minus(Duration.ofMillis(executionMs))));
        raw(json, metadata, "custom", "{}");
        raw(json, metadata, "error_code", null);
        raw(json, metadata, "error_type", null);
        raw(json, metadata, "context", "{}");
        extras(json, metadata, METADATA);
    }

    /** What {@code error} leaves out, {@code metadata} says: the two never differ. */
    private void writeError(JsonWriter json) {
        JsonMembers error = inner(document, "error");
        if (error == null) {
            json.raw("error", null);
            return;
        }
        json.openObject("error");
        raw(json, error, "message", "\"\"");
        raw(json, error, "error_type", text(metadata, "error_type"));
        raw(json, error, "backtrace", null);
        String retryable = text(metadata, "retryable");
        raw(json, error, "retryable", retryable == null ? "false" : retryable);
        Value statusCode = error.present("status_code");
        if (statusCode != null) {
            json.raw("status_code", statusCode.text());
        }
        String context = text(error, "context") == null ? text(metadata, "context") : text(error, "context");
        if (context != null && !isEmptyObject(context)) {
            json.raw("context", context);
        }
        extras(json, error, ERROR);
        json.closeObject();
    }

    private void writeOrchestrationMetadata(JsonWriter json) {
        JsonMembers orchestration = inner(document, "orchestration_metadata");
        if (orchestration == null) {
            json.raw("orchestration_metadata", null);
            return;
        }
        json.openObject("orchestration_metadata");
        raw(json, orchestration, "headers", "{}");
        raw(json, orchestration, "error_context", null);
        JsonMembers hint = inner(orchestration, "backoff_hint");
        if (hint == null) {
            json.raw("backoff_hint", null);
        } else {
            json.openObject("backoff_hint");
            raw(json, hint, "backoff_type", "\"Custom\"");
            raw(json, hint, "delay_seconds", "0");
            raw(json, hint, "context", null);
            extras(json, hint, BACKOFF);
            json.closeObject();
        }
        raw(json, orchestration, "custom", "{}");
        extras(json, orchestration, ORCHESTRATION);
        json.closeObject();
    }

    private long executionMs() {
        String text = text(metadata, "execution_time_ms");
        try {
            return text == null ? 0 : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return 0; // only used to tell the start from the end
        }
    }

    private static void raw(JsonWriter json, @Nullable JsonMembers members, String name, @Nullable String standard) {
        String text = text(members, name);
        json.raw(name, text == null ? standard : text);
    }

    private static void extras(JsonWriter json, @Nullable JsonMembers members, Set<String> specified) {
        if (members == null) {
            return;
        }
        for (Map.Entry<String, Value> member : members.all().entrySet()) {
            if (!specified.contains(member.getKey())) {
                json.raw(member.getKey(), member.getValue().text());
            }
        }
    }

    private static @Nullable JsonMembers inner(JsonMembers members, String name) {
        Value value = members.present(name);
        return value == null || !value.text().startsWith("{") ? null : JsonMembers.parse(value.text());
    }

    private static @Nullable String text(@Nullable JsonMembers members, String name) {
        Value value = members == null ? null : members.present(name);
        return value == null ? null : value.text();
    }

    private static boolean isEmptyObject(String text) {
        return text.startsWith("{") && text.substring(1, text.length() - 1).isBlank();
    }

    private static String quoted(Instant instant) {
        return "\"" + Timestamps.ZULU.format(instant) + "\"";
    }
}
