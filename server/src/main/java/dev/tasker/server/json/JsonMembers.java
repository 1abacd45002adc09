package dev.tasker.server.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** The members of a JSON object, each value as the text it was received in: whoever stores or forwards it changes nothing. */
public final class JsonMembers {
    /** Depth and length are bounded by whoever receives the text. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Map<String, Value> members;

    /**
     * A value.
     *
     * @param token its first token
     * @param text the source text
     */
    public record Value(JsonToken token, String text) {
        public boolean isNull() {
            return token == JsonToken.VALUE_NULL;
        }

        /** The text of a JSON string without quotes and escapes. */
        public String string() {
            try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
                parser.nextToken();
                return parser.getString();
            }
        }
    }

    /** The source is JSON but no object. */
    public static final class NotAnObject extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotAnObject(JsonToken found) {
            super(describe(found) + " (expected: an object)");
        }
    }

    private JsonMembers(Map<String, Value> members) {
        this.members = members;
    }

    /**
     * Reads a whole document; of a name that appears twice, the last counts.
     *
     * @throws JacksonException when the text is not JSON
     * @throws NotAnObject when it is, but no object
     */
    public static JsonMembers parse(String source) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), source)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new StreamReadException(parser, "nothing (expected: JSON)");
            }
            if (first != JsonToken.START_OBJECT) {
                parser.skipChildren();
                if (parser.nextToken() != null) { // what is no JSON at all is to be reported as that
                    throw moreThanOne(parser);
                }
                throw new NotAnObject(first);
            }
            Map<String, Value> members = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                int begin = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int end = (int) parser.currentLocation().getCharOffset();
                members.put(name, new Value(token, source.substring(begin, end)));
            }
            parser.nextToken(); // refuses whatever follows the object
            if (parser.currentToken() != null) {
                throw moreThanOne(parser);
            }
            return new JsonMembers(members);
        }
    }

    private static StreamReadException moreThanOne(JsonParser parser) {
        return new StreamReadException(parser, "more than one JSON value (expected: one)");
    }

    /** The members in the order of the source. */
    public Map<String, Value> all() {
        return members;
    }

    /** The value under this name, null when there is none or it is JSON's null. */
    public @Nullable Value present(String name) {
        Value value = members.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** Whether this JSON text is an array with nothing but strings in it. */
    public static boolean isArrayOfStrings(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            JsonToken token = parser.nextToken();
            while (token == JsonToken.VALUE_STRING) {
                token = parser.nextToken();
            }
            return token == JsonToken.END_ARRAY;
        }
    }

    /** The strings of an array that has nothing else in it. */
    public static List<String> strings(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            List<String> strings = new ArrayList<>();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.VALUE_STRING) {
                strings.add(parser.getString());
            }
            return strings;
        }
    }

    /** The words for a kind of value. */
    public static String describe(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> "nothing";
        };
    }
}
