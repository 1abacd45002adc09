package dev.tasker.worker.remote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** A JSON object whose members stay the text they were received in, so that values pass through unchanged. */
final class RawJson {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Map<String, String> members;

    private RawJson(Map<String, String> members) {
        this.members = members;
    }

    /** @throws tools.jackson.core.JacksonException when this is no JSON object */
    static RawJson parse(String text) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(
                        "not a JSON object: " + text.substring(0, Math.min(80, text.length())));
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser, text));
            }
        }
        return new RawJson(members);
    }

    private static String value(JsonParser parser, String text) {
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.finishToken();
        return text.substring(begin, (int) parser.currentLocation().getCharOffset());
    }

    Map<String, String> members() {
        return members;
    }

    /** The member as it was written; null when there is none or it is JSON's null. */
    @Nullable
    String json(String name) {
        String value = members.get(name);
        return value == null || value.equals("null") ? null : value;
    }

    String json(String name, String standard) {
        String value = json(name);
        return value == null ? standard : value;
    }

    @Nullable
    String text(String name) {
        String value = json(name);
        if (value == null) {
            return null;
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), value)) {
            parser.nextToken();
            return parser.getString();
        }
    }

    String text(String name, String standard) {
        String text = text(name);
        return text == null ? standard : text;
    }

    long number(String name, long standard) {
        String value = json(name);
        return value == null ? standard : Long.parseLong(value);
    }

    UUID uuid(String name) {
        String text = text(name);
        if (text == null) {
            throw new IllegalArgumentException(name + ": missing (expected: a UUID)");
        }
        return UUID.fromString(text);
    }

    /** An empty object when there is none. */
    RawJson object(String name) {
        return parse(json(name, "{}"));
    }

    List<RawJson> objects(String name) {
        return elements(name).stream().map(RawJson::parse).toList();
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json(name, "[]"))) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                texts.add(parser.getString());
            }
        }
        return texts;
    }

    private List<String> elements(String name) {
        String array = json(name, "[]");
        List<String> elements = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), array)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(value(parser, array));
            }
        }
        return elements;
    }
}
