package dev.tasker.engine.internal.task;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON of requests within the limits of 01 §1.5 and writes its canonical form for identity (01 §6.1): keys sorted, no blanks, numbers
 * in shortest form. Thread-safe.
 */
final class JsonLimits {
    static final int BYTES_MAX = 1 << 20;
    static final int DEPTH_MAX = 10;
    static final int ENTRIES_MAX = 1_000;
    static final int STRING_MAX = 10_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(BYTES_MAX)
                            .maxNameLength(BYTES_MAX)
                            .maxNumberLength(STRING_MAX)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A surrogate by itself; pairs are one code point to a pattern. */
    private static final Pattern HALF_CHARACTER = Pattern.compile("\\p{Cs}");

    private JsonLimits() {}

    /** Parses {@code text}, the value of {@code field}, and checks its limits. */
    static JsonNode read(String field, String text) {
        requireUnicode(field, text);
        if (text.length() > BYTES_MAX || (text.length() > BYTES_MAX / 3 && utf8Length(text) > BYTES_MAX)) {
            throw invalid(field + ": " + utf8Length(text) + " bytes (expected: at most " + BYTES_MAX + ")");
        }
        JsonNode node;
        try (JsonParser parser = MAPPER.createParser(text)) {
            node = MAPPER.readTree(parser);
            if (parser.nextToken() != null) {
                throw invalid(field + ": more than one JSON value (expected: one)");
            }
        } catch (JacksonException e) {
            throw invalid(field + ": " + e.getOriginalMessage() + " (expected: JSON)");
        }
        if (node == null || node.isMissingNode()) {
            throw invalid(field + ": nothing (expected: JSON)");
        }
        check(field, node, 1);
        return node;
    }

    /** Refuses half a character, which cannot be stored; as an escape within JSON it can. */
    static void requireUnicode(String field, String text) {
        if (hasHalfCharacter(text)) {
            throw invalid(field + ": half of a surrogate pair (expected: Unicode text)");
        }
    }

    private static boolean hasHalfCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                i++;
                if (i == text.length() || !Character.isSurrogatePair(unit, text.charAt(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void check(String path, JsonNode node, int depth) {
        if (node.isString() && node.stringValue().length() > STRING_MAX) {
            throw invalid(
                    path + ": " + node.stringValue().length() + " characters (expected: at most " + STRING_MAX + ")");
        }
        if (!node.isContainer()) {
            return;
        }
        if (depth > DEPTH_MAX) {
            throw invalid(path + ": nested deeper than " + DEPTH_MAX + " levels (expected: at most " + DEPTH_MAX + ")");
        }
        if (node.size() > ENTRIES_MAX) {
            throw invalid(path + ": " + node.size() + " entries (expected: at most " + ENTRIES_MAX + ")");
        }
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                if (entry.getKey().length() > STRING_MAX) {
                    throw invalid(path + ": a key of " + entry.getKey().length() + " characters (expected: at most "
                            + STRING_MAX + ")");
                }
                check(path + "." + entry.getKey(), entry.getValue(), depth + 1);
            }
            return;
        }
        for (int i = 0; i < node.size(); i++) {
            check(path + "[" + i + "]", node.get(i), depth + 1);
        }
    }

    private static EngineException invalid(String message) {
        return new EngineException(ErrorCode.INVALID_REQUEST, message);
    }

    /** The canonical text of {@code node}. */
    static String canonical(JsonNode node) {
        StringBuilder text = new StringBuilder(256);
        write(node, text);
        return text.toString();
    }

    private static void write(JsonNode node, StringBuilder text) {
        if (node.isObject()) {
            Map<String, JsonNode> sorted = new TreeMap<>(JsonLimits::byBytes);
            node.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
            char separator = '{';
            for (Map.Entry<String, JsonNode> entry : sorted.entrySet()) {
                text.append(separator).append(written(entry.getKey())).append(':');
                write(entry.getValue(), text);
                separator = ',';
            }
            text.append(separator == '{' ? "{}" : "}");
        } else if (node.isArray()) {
            char separator = '[';
            for (JsonNode item : node) {
                text.append(separator);
                write(item, text);
                separator = ',';
            }
            text.append(separator == '[' ? "[]" : "]");
        } else if (node.isNumber()) {
            text.append(shortest(node));
        } else {
            text.append(written(node));
        }
    }

    /** JSON with halves of surrogate pairs escaped, so that no two texts have the same bytes. */
    private static String written(Object value) {
        String json = MAPPER.writeValueAsString(value);
        return hasHalfCharacter(json)
                ? HALF_CHARACTER
                        .matcher(json)
                        .replaceAll(match ->
                                "\\\\u%04x".formatted((int) match.group().charAt(0)))
                : json;
    }

    private static String shortest(JsonNode number) {
        if (number.isIntegralNumber() && number.canConvertToLong()) {
            return number.asString();
        }
        BigDecimal value = number.decimalValue().stripTrailingZeros();
        return value.scale() <= 0 && value.precision() - value.scale() <= 40
                ? value.toBigInteger().toString()
                : value.toString();
    }

    /** The order of UTF-8 bytes, which is that of code points. */
    private static int byBytes(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            if (one.charAt(i) != other.charAt(i)) {
                return Integer.compare(rank(one.charAt(i)), rank(other.charAt(i)));
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    /** Surrogates stand for code points behind all others. */
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + Character.MAX_VALUE : unit;
    }

    /** Merges {@code over} on {@code defaults}, key by key. */
    static String merged(JsonNode defaults, JsonNode over) {
        tools.jackson.databind.node.ObjectNode merged = MAPPER.createObjectNode();
        defaults.properties().forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
        over.properties().forEach(entry -> merged.set(entry.getKey(), entry.getValue()));
        return written(merged);
    }
}
