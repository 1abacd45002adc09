package dev.tasker.worker;

import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads result documents as every reader must: what is absent has its default. */
final class Documents {

    private Documents() {}

    static JsonNode json(String text) {
        return Json.MAPPER.readTree(text.replace('\'', '"'));
    }

    /** The canonical document of 04 section 3.5, times excepted. */
    static JsonNode canonical(String document, UUID stepUuid) {
        ObjectNode canonical = (ObjectNode) json("""
            {'success': false, 'result': null, 'status': '',
             'metadata': {'execution_time_ms': 0, 'handler_version': null, 'retryable': false, 'worker_id': null,
                          'worker_hostname': null, 'custom': {}, 'error_code': null, 'error_type': null,
                          'context': {}},
             'error': null, 'orchestration_metadata': null}\
            """);
        canonical.put("step_uuid", stepUuid.toString());
        JsonNode stored = Json.MAPPER.readTree(document);
        overlay(canonical, stored);
        if (canonical.get("error") instanceof ObjectNode error) {
            ObjectNode filled =
                    (ObjectNode) json("{'message': '', 'error_type': null, 'backtrace': null, 'retryable': false}");
            overlay(filled, error);
            canonical.set("error", filled);
        }
        return canonical;
    }

    private static void overlay(ObjectNode target, JsonNode source) {
        source.properties().forEach(property -> {
            if (target.get(property.getKey()) instanceof ObjectNode inner
                    && property.getKey().equals("metadata")) {
                overlay(inner, property.getValue());
            } else {
                target.set(property.getKey(), property.getValue());
            }
        });
    }
}
