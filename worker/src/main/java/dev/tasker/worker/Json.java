package dev.tasker.worker;

import dev.tasker.worker.internal.TypedJson;
import org.jspecify.annotations.Nullable;
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
    @SuppressWarnings("unchecked") // read as that type
    static <T> T as(@Nullable JsonNode node, Class<T> type, String origin, String field) {
        return (T) TypedJson.read(node, TypedJson.type(type), origin, field);
    }
}
