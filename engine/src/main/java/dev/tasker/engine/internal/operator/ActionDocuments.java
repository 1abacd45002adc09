package dev.tasker.engine.internal.operator;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepAction.CompleteManually;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON that actions leave behind: why and by whom, and the result an operator supplies. Refuses what cannot be stored. */
final class ActionDocuments {
    static final int RESULT_BYTES_MAX = 4 << 20;
    static final int REASON_MAX = 2_000;
    static final int NAME_MAX = 255;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private ActionDocuments() {}

    /** What history keeps of an action. */
    static String detail(StepAction action) {
        return detail(
                action.text(),
                text("reason", action.reason(), REASON_MAX),
                action.operator().name(),
                action.operator().subject());
    }

    /** What history keeps of a cancellation. */
    static String detail(Cancellation cancellation) {
        Operator operator = cancellation.operator();
        return detail(
                "cancel",
                cancellation.reason() == null ? null : text("reason", cancellation.reason(), REASON_MAX),
                operator == null ? null : operator.name(),
                operator == null ? null : operator.subject());
    }

    /** What history keeps when a task is put back to work. */
    static String reopening(String reason, Operator operator) {
        return detail("reopen", text("reason", reason, REASON_MAX), operator.name(), operator.subject());
    }

    private static String detail(
            String action, @Nullable String reason, @Nullable String actor, @Nullable String subject) {
        return JSON.createObjectNode()
                .put("action", action)
                .put("reason", reason)
                .put("actor", actor == null ? null : text("operator", actor, NAME_MAX))
                .put("subject", subject == null ? null : text("subject", subject, NAME_MAX))
                .toString();
    }

    /** The step's result document (01 §2.7): a success whose custom metadata tell that it was supplied by hand. */
    static String result(UUID stepUuid, CompleteManually action) {
        read("result", action.result());
        ObjectNode custom = JSON.createObjectNode();
        if (action.metadata() != null) {
            JsonNode metadata = read("metadata", action.metadata());
            if (metadata instanceof ObjectNode object) {
                custom.setAll(object);
            } else {
                custom.set("operator_metadata", metadata);
            }
        }
        custom.put("manually_completed", true)
                .put("completed_by", action.operator().name())
                .put("completion_reason", action.reason());
        return "{\"step_uuid\":\"" + stepUuid + "\",\"success\":true,\"result\":" + action.result()
                + ",\"metadata\":{\"execution_time_ms\":0,\"retryable\":false,\"custom\":" + custom
                + "},\"status\":\"completed\",\"error\":null}";
    }

    private static JsonNode read(String field, String json) {
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > RESULT_BYTES_MAX) {
            throw invalid(field + ": " + bytes + " bytes (expected: at most " + RESULT_BYTES_MAX + ")");
        }
        try (JsonParser parser = JSON.createParser(json)) {
            JsonNode node = JSON.readTree(parser);
            if (node == null || node.isMissingNode()) {
                throw invalid(field + ": nothing (expected: JSON)");
            }
            if (parser.nextToken() != null) {
                throw invalid(field + ": more than one JSON value (expected: one)");
            }
            return node;
        } catch (JacksonException e) {
            throw invalid(field + ": " + e.getOriginalMessage() + " (expected: JSON)");
        }
    }

    private static String text(String field, String value, int max) {
        if (value.length() > max) {
            throw invalid(field + ": " + value.length() + " characters (expected: at most " + max + ")");
        }
        if (value.indexOf('\0') >= 0) {
            throw invalid(field + ": a NUL character (expected: text)");
        }
        return value;
    }

    private static EngineException invalid(String message) {
        return new EngineException(ErrorCode.INVALID_REQUEST, message);
    }
}
