package dev.tasker.template;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as programs write it: a tree, a JSON text, or anything Jackson can write. */
final class JsonValues {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private JsonValues() {}

    static JsonNode of(Object value) {
        return switch (value) {
            case JsonNode tree -> tree;
            case String text -> JSON.readTree(text);
            default -> JSON.valueToTree(value);
        };
    }

    static JsonNode object(Map<String, ?> values) {
        return JSON.valueToTree(values);
    }
}
