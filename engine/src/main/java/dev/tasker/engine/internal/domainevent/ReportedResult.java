package dev.tasker.engine.internal.domainevent;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A result document as events tell of it.
 *
 * @param payload what the default publisher publishes: the result of a success; of a failure its code, type, message, whether the worker
 *     would try again, attempt and step name, with the context it reported (04 §6.4)
 * @param summary the compact {@code execution_result} (04 §6.3)
 */
record ReportedResult(JsonNode payload, ObjectNode summary) {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final String TYPE_DEFAULT = "handler_error";

    static ReportedResult read(String document, StepOutcome outcome) {
        JsonNode root = MAPPER.readTree(document);
        boolean success = root.path("success").asBoolean(false);
        ObjectNode summary = MAPPER.createObjectNode().put("success", success);
        if (success) {
            summary.put("retryable", false).put("attempt", outcome.attempt());
            JsonNode result = root.path("result");
            return new ReportedResult(
                    result.isMissingNode() || result.isNull() ? MAPPER.createObjectNode() : result, summary);
        }
        JsonNode metadata = root.path("metadata");
        JsonNode error = root.path("error");
        String type = text(metadata.path("error_type"), text(error.path("error_type"), TYPE_DEFAULT));
        String code = text(metadata.path("error_code"), text(error.path("error_code"), type));
        boolean retryable = metadata.path("retryable").asBoolean(false);
        summary.put("error_type", type).put("error_code", code);
        summary.put("retryable", retryable).put("attempt", outcome.attempt());

        ObjectNode payload = MAPPER.createObjectNode();
        if (metadata.path("context") instanceof ObjectNode context) {
            payload.setAll(context);
        }
        payload.put("error_code", code);
        payload.put("error_type", type);
        payload.put("error_message", text(error.path("message"), ""));
        payload.put("retryable", retryable);
        payload.put("attempt", outcome.attempt());
        payload.put("step_name", outcome.name());
        return new ReportedResult(payload, summary);
    }

    private static String text(JsonNode node, String otherwise) {
        return node.isString() ? node.stringValue() : otherwise;
    }
}
