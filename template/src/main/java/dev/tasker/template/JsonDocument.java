package dev.tasker.template;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads JSON text that holds exactly one value. */
final class JsonDocument {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonDocument() {}

    static Located read(String json, Findings findings) {
        LocatedBuilder builder = new LocatedBuilder(findings);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                Place spot = place(parser.currentTokenLocation());
                if (builder.root() != null) {
                    throw findings.fatal("JSON_SYNTAX", "a second value (expected: one)", spot);
                }
                accept(token, parser.getString(), builder, spot, findings);
            }
        } catch (JacksonException problem) {
            throw findings.fatal(
                    "JSON_SYNTAX", "not JSON: " + problem.getOriginalMessage(), place(problem.getLocation()));
        }
        Located root = builder.root();
        if (root == null) {
            throw findings.fatal("EMPTY_DOCUMENT", "nothing (expected: a JSON object)", Place.inText(1, 1));
        }
        return root;
    }

    private static void accept(
            JsonToken token, @Nullable String text, LocatedBuilder builder, Place spot, Findings findings) {
        String content = text == null ? "" : text;
        switch (token) {
            case START_OBJECT -> builder.startMapping(spot, null);
            case START_ARRAY -> builder.startSequence(spot, null);
            case END_OBJECT, END_ARRAY -> builder.end();
            case PROPERTY_NAME -> builder.key(content, spot, null);
            case VALUE_STRING ->
                builder.scalar(JsonNodeFactory.instance.stringNode(content), content.length(), spot, null);
            default -> builder.scalar(literal(content, spot, findings), content.length(), spot, null);
        }
    }

    private static JsonNode literal(String text, Place spot, Findings findings) {
        return CoreSchema.resolve(text)
                .orElseThrow(() -> findings.fatal(
                        "NUMBER_NOT_JSON", Quoted.of(text) + ": out of range (expected: a finite number)", spot));
    }

    private static Place place(@Nullable TokenStreamLocation location) {
        return location == null
                ? Place.inText(1, 1)
                : Place.inText(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }
}
