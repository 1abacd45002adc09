package dev.tasker.server.rest;

import dev.tasker.engine.TaskRequest;
import dev.tasker.server.rest.JsonMembers.Value;
import dev.tasker.server.rest.Problem.Detail;
import java.time.DateTimeException;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/** Reads the body of {@code POST /v1/tasks}: the shape is checked here, the meaning by the engine. Unknown fields are ignored. */
final class CreateTaskBody {
    private final JsonMembers members;
    private final List<Detail> faults = new ArrayList<>();

    private CreateTaskBody(JsonMembers members) {
        this.members = members;
    }

    /**
     * @param keyHeader the header {@code Idempotency-Key}, which means the same as the field
     * @throws RefusedException 400 for what is no JSON, 422 with every field of the wrong shape
     */
    static TaskRequest parse(String body, Optional<String> keyHeader) {
        JsonMembers members;
        try {
            members = JsonMembers.parse(body);
        } catch (JacksonException e) {
            throw new RefusedException(Problem.notJson(
                    e.getOriginalMessage() + " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr()));
        } catch (JsonMembers.NotAnObject e) {
            throw new RefusedException(Problem.wrongShape(List.of(new Detail("", String.valueOf(e.getMessage())))));
        }
        return new CreateTaskBody(members).toRequest(keyHeader);
    }

    private TaskRequest toRequest(Optional<String> keyHeader) {
        String name = requiredText("name");
        String namespace = requiredText("namespace");
        String version = requiredText("version");
        String context = context();
        String initiator = requiredText("initiator");
        String sourceSystem = requiredText("source_system");
        String reason = requiredText("reason");
        String tags = tags();
        int priority = priority();
        UUID correlationId = uuid("correlation_id");
        UUID parentCorrelationId = uuid("parent_correlation_id");
        String key = idempotencyKey(keyHeader);
        checkUnused();
        if (!faults.isEmpty()) {
            throw new RefusedException(Problem.wrongShape(faults));
        }
        return new TaskRequest(
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
                key);
    }

    private String requiredText(String field) {
        String text = optionalText(field);
        if (text == null && members.present(field) == null) {
            faults.add(new Detail(field, "missing (expected: a string)"));
        }
        return text == null ? "" : text;
    }

    private @Nullable String optionalText(String field) {
        Value value = members.present(field);
        if (value == null) {
            return null;
        }
        if (value.token() == JsonToken.VALUE_STRING) {
            return value.string();
        }
        wrong(field, value, "a string");
        return null;
    }

    /** Verbatim; that it is an object is for the engine to say, because {@code null} is a value here. */
    private String context() {
        Value value = members.all().get("context");
        if (value == null) {
            faults.add(new Detail("context", "missing (expected: an object)"));
            return "{}";
        }
        return value.text();
    }

    private String tags() {
        Value value = members.present("tags");
        if (value == null) {
            return "[]";
        }
        if (value.token() != JsonToken.START_ARRAY || !JsonMembers.isArrayOfStrings(value.text())) {
            wrong("tags", value, "an array of strings");
        }
        return value.text();
    }

    private int priority() {
        Value value = members.present("priority");
        if (value == null) {
            return 0;
        }
        if (value.token() == JsonToken.VALUE_NUMBER_INT) {
            try {
                return Integer.parseInt(value.text());
            } catch (NumberFormatException e) {
                faults.add(new Detail("priority", value.text() + " (expected: a 32-bit integer)"));
                return 0;
            }
        }
        wrong("priority", value, "a 32-bit integer");
        return 0;
    }

    private @Nullable UUID uuid(String field) {
        String text = optionalText(field);
        if (text == null) {
            return null;
        }
        Optional<UUID> uuid = Call.uuid(text);
        if (uuid.isEmpty()) {
            faults.add(new Detail(field, "\"" + text + "\" (expected: a UUID)"));
        }
        return uuid.orElse(null);
    }

    private @Nullable String idempotencyKey(Optional<String> header) {
        String field = optionalText("idempotency_key");
        if (header.isPresent() && field != null && !field.equals(header.get())) {
            faults.add(new Detail("idempotency_key", "differs from the header Idempotency-Key (expected: one key)"));
        }
        return field == null ? header.orElse(null) : field;
    }

    /** Fields without effect still have a type. */
    private void checkUnused() {
        String requestedAt = optionalText("requested_at");
        if (requestedAt != null) {
            try {
                DateTimeFormatter.ISO_DATE_TIME.parse(requestedAt);
            } catch (DateTimeException e) {
                faults.add(
                        new Detail("requested_at", "\"" + requestedAt + "\" (expected: 2025-10-01T12:34:56.123456)"));
            }
        }
        Value options = members.present("options");
        if (options != null && options.token() != JsonToken.START_OBJECT) {
            wrong("options", options, "an object");
        }
    }

    private void wrong(String field, Value value, String expected) {
        faults.add(new Detail(field, JsonMembers.describe(value.token()) + " (expected: " + expected + ")"));
    }
}
