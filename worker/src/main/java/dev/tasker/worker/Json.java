package dev.tasker.worker;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON texts of assignments. Fractions are kept exact, since amounts of money are among them. */
final class Json {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    /** The value of {@code name} when {@code object} is an object that has it and it is not null. */
    static @Nullable JsonNode field(@Nullable JsonNode object, String name) {
        if (object == null) {
            return null;
        }
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** The value of a top-level key, parsing no more of the text than needed; null when absent or null. */
    static @Nullable JsonNode topLevel(String document, String key) {
        try (JsonParser parser = MAPPER.createParser(document)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean found = key.equals(parser.currentName());
                JsonToken value = parser.nextToken();
                if (found) {
                    return value == JsonToken.VALUE_NULL ? null : parser.readValueAsTree();
                }
                parser.skipChildren();
            }
            return null;
        }
    }

    /**
     * The node as a value of {@code type}: never guesses, so a text is no number and a fraction no integer.
     *
     * @param origin names the value in messages, as in {@code input 'amount'}
     */
    static <T> T as(@Nullable JsonNode node, Class<T> type, String origin, String field) {
        if (node == null) {
            throw invalid(origin + " is missing (expected: " + type.getSimpleName() + ")", field, null);
        }
        if (!matches(node, type)) {
            throw invalid(
                    origin + ": " + node.getNodeType() + " (expected: " + type.getSimpleName() + ")", field, null);
        }
        try {
            return MAPPER.treeToValue(node, type);
        } catch (JacksonException e) {
            throw invalid(
                    origin + ": " + e.getOriginalMessage() + " (expected: " + type.getSimpleName() + ")", field, e);
        }
    }

    private static boolean matches(JsonNode node, Class<?> type) {
        if (type == String.class) {
            return node.isString();
        }
        if (type == Boolean.class) {
            return node.isBoolean();
        }
        if (type == Integer.class) {
            return node.isIntegralNumber() && node.canConvertToInt();
        }
        if (type == Long.class) {
            return node.isIntegralNumber() && node.canConvertToLong();
        }
        if (type == Double.class || type == BigDecimal.class) {
            return node.isNumber();
        }
        return true;
    }

    private static StepException invalid(String message, String field, @Nullable Throwable cause) {
        return new ValidationStepException(message, ValidationStepException.CODE, cause).with("field", field);
    }
}
