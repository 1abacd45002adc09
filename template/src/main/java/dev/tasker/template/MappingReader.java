package dev.tasker.template;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads the keys of one mapping, reports what does not fit and, at {@link #finish}, which keys nobody asked for. A
 * key with nothing behind it counts as absent. After a reported error the value returned is a stand-in, and the
 * template as a whole is refused.
 */
final class MappingReader {
    private final Located.Mapping mapping;
    private final Findings findings;
    private final boolean strict;
    private final @Nullable String step;
    private final Severity mistake;
    private final Set<String> known;

    private MappingReader(
            Located.Mapping mapping,
            Findings findings,
            boolean strict,
            @Nullable String step,
            Severity mistake,
            Set<String> known) {
        this.mapping = mapping;
        this.findings = findings;
        this.strict = strict;
        this.step = step;
        this.mistake = mistake;
        this.known = known;
    }

    MappingReader(Located.Mapping mapping, Findings findings, boolean strict) {
        this(mapping, findings, strict, null, Severity.ERROR, new LinkedHashSet<>());
    }

    /** A view for keys the earlier system never read: outside strict files a bad value is only a warning. */
    MappingReader forNewKeys() {
        return new MappingReader(mapping, findings, strict, step, strict ? Severity.ERROR : Severity.WARNING, known);
    }

    /** A view whose findings name a step. */
    MappingReader forStep(String name) {
        return new MappingReader(mapping, findings, strict, name, mistake, known);
    }

    Place place() {
        return mapping.place();
    }

    /** Whether the key is there with something behind it. */
    boolean has(String key) {
        return take(key) != null;
    }

    /** The value of the key or of its other spelling; giving both is an error. Null when absent. */
    @Nullable
    Located take(String key, String otherSpelling) {
        Located value = take(key);
        Located other = take(otherSpelling);
        if (value != null && other != null) {
            report(
                    "DUPLICATE_KEY",
                    Severity.ERROR,
                    otherSpelling + ": the same as " + key + " (expected: one of them)",
                    other.place());
        }
        return value != null ? value : other;
    }

    /** The value of the key, null when absent. */
    @Nullable
    Located take(String key) {
        known.add(key);
        Located.Member member = mapping.members().get(key);
        if (member == null
                || (member.value() instanceof Located.Scalar scalar
                        && scalar.value().isNull())) {
            return null;
        }
        return member.value();
    }

    /** Whether an old name is given and the current one is not, so that the old one is to be read; warns about it. */
    boolean usesOldName(String old, String current) {
        Located value = take(old);
        if (value == null) {
            return false;
        }
        boolean ignored = has(current);
        String message = old + ": an old name" + (ignored ? ", ignored beside " : " (expected: ") + current
                + (ignored ? "" : ")");
        deprecated(old, message, Severity.WARNING);
        return !ignored;
    }

    /** Notes that a key of former times is given and does nothing. */
    void ignoresOldKey(String key, String reason, Severity severity) {
        known.add(key);
        deprecated(key, key + ": has no effect (" + reason + ")", severity);
    }

    String requiredText(String key) {
        Located value = take(key);
        if (value == null) {
            missing(key, "text");
            return "";
        }
        String text = text(key, value);
        return text == null ? "" : text;
    }

    @Nullable
    String text(String key) {
        Located value = take(key);
        return value == null ? null : text(key, value);
    }

    boolean flag(String key, boolean otherwise) {
        Boolean value = flag(key);
        return value == null ? otherwise : value;
    }

    @Nullable
    Boolean flag(String key) {
        Located value = take(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Located.Scalar scalar && scalar.value().isBoolean()) {
            return scalar.value().booleanValue();
        }
        mismatch(key, value, "true or false");
        return null;
    }

    int whole(String key, int otherwise) {
        Integer value = whole(key);
        return value == null ? otherwise : value;
    }

    @Nullable
    Integer whole(String key) {
        Long value = whole(key, 0, Integer.MAX_VALUE);
        return value == null ? null : value.intValue();
    }

    /** A whole number that may be negative. */
    @Nullable
    Integer signed(String key) {
        Long value = whole(key, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return value == null ? null : value.intValue();
    }

    @Nullable
    Duration milliseconds(String key) {
        Long value = whole(key, 0, Long.MAX_VALUE);
        return value == null ? null : Duration.ofMillis(value);
    }

    /** A number of seconds, with or without fraction. */
    @Nullable
    Duration seconds(String key) {
        Located value = take(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Located.Scalar scalar && scalar.value().isNumber()) {
            double seconds = scalar.value().doubleValue();
            if (seconds >= 0 && seconds <= Integer.MAX_VALUE) {
                return Duration.ofMillis(Math.round(seconds * 1000));
            }
        }
        mismatch(key, value, "a number of seconds from 0 to " + Integer.MAX_VALUE);
        return null;
    }

    @Nullable
    Instant instant(String key) {
        Located value = take(key);
        if (value == null) {
            return null;
        }
        String text = text(key, value);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
        } catch (DateTimeParseException _) {
            mismatch(key, value, "a timestamp such as 2025-01-31T12:00:00Z");
            return null;
        }
    }

    <E extends Enum<E> & Keyword> @Nullable E keyword(String key, Class<E> type) {
        Located value = take(key);
        return value == null ? null : keyword(key, value, type, Map.of());
    }

    <E extends Enum<E> & Keyword> E keyword(String key, Class<E> type, E otherwise) {
        E value = keyword(key, type);
        return value == null ? otherwise : value;
    }

    /** A keyword that also has old spellings, which are reported. */
    <E extends Enum<E> & Keyword> @Nullable E keyword(
            String key, Located value, Class<E> type, Map<String, E> oldSpellings) {
        String text = text(key, value);
        if (text == null) {
            return null;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.text().equals(text)) {
                return constant;
            }
        }
        E renamed = oldSpellings.get(text);
        if (renamed != null) {
            String message = key + ": '" + text + "' is an old spelling (expected: '" + renamed.text() + "')";
            report("DEPRECATED_KEY", Severity.WARNING, message, value.place());
            return renamed;
        }
        List<String> words =
                Arrays.stream(type.getEnumConstants()).map(Keyword::text).toList();
        mismatch(key, value, "one of " + String.join(", ", words) + KeySuggestion.hint(text, words));
        return null;
    }

    List<String> texts(String key) {
        return texts(key, take(key));
    }

    List<String> texts(String key, @Nullable Located value) {
        List<String> texts = new ArrayList<>();
        for (Located item : items(key, value)) {
            String text = text(key, item);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The mappings of a list. */
    List<MappingReader> mappings(String key) {
        List<MappingReader> readers = new ArrayList<>();
        for (Located item : items(key, take(key))) {
            MappingReader reader = mapping(key, item);
            if (reader != null) {
                readers.add(reader);
            }
        }
        return readers;
    }

    @Nullable
    MappingReader mapping(String key) {
        Located value = take(key);
        return value == null ? null : mapping(key, value);
    }

    /** The readers of all members, each of which must be a mapping. */
    Map<String, MappingReader> members() {
        Map<String, MappingReader> readers = new LinkedHashMap<>();
        mapping.members().keySet().forEach(key -> {
            MappingReader reader = mapping(key);
            if (reader != null) {
                readers.put(key, reader);
            }
        });
        return readers;
    }

    @Nullable
    JsonNode json(String key) {
        Located value = take(key);
        return value == null ? null : value.toJson();
    }

    @Nullable
    JsonNode jsonObject(String key) {
        Located value = take(key);
        if (value == null || value instanceof Located.Mapping) {
            return value == null ? null : value.toJson();
        }
        mismatch(key, value, "a mapping");
        return null;
    }

    JsonNode jsonObjectOrEmpty(String key) {
        JsonNode value = jsonObject(key);
        return value == null ? JsonNodeFactory.instance.objectNode() : value;
    }

    /** All keys, in the order of the text. */
    List<String> keys() {
        return List.copyOf(mapping.members().keySet());
    }

    /** The keys nobody asked for, which are taken as known from now on. */
    Map<String, JsonNode> others() {
        Map<String, JsonNode> others = new LinkedHashMap<>();
        mapping.members().forEach((key, member) -> {
            if (known.add(key)) {
                others.put(key, member.value().toJson());
            }
        });
        return others;
    }

    /** Reports the keys nobody asked for. */
    void finish() {
        mapping.members().forEach((key, member) -> {
            if (!known.contains(key)) {
                String message = Quoted.of(key) + ": unknown key, ignored (expected: one of " + String.join(", ", known)
                        + KeySuggestion.hint(key, known) + ")";
                report("UNKNOWN_KEY", strict ? Severity.ERROR : Severity.WARNING, message, member.key());
            }
        });
    }

    void mismatch(String key, Located value, String expected) {
        report("WRONG_TYPE", mistake, key + ": " + described(value) + " (expected: " + expected + ")", value.place());
    }

    void missing(String key, String expected) {
        known.add(key);
        String message = key + ": missing (expected: " + expected + ")";
        report("MISSING_KEY", mistake, message, mapping.place().member(key));
    }

    /** Reports what is an error in strict files and a warning in others. */
    void violation(String code, String message, Place where) {
        report(code, strict ? Severity.ERROR : Severity.WARNING, message, where);
    }

    private void report(String code, Severity severity, String message, Place where) {
        findings.add(code, severity, message, step, where);
    }

    private void deprecated(String key, String message, Severity severity) {
        Located.Member member = mapping.members().get(key);
        if (member != null) {
            report("DEPRECATED_KEY", severity, message, member.key());
        }
    }

    private @Nullable String text(String key, Located value) {
        if (value instanceof Located.Scalar scalar && scalar.value().isString()) {
            return scalar.value().stringValue();
        }
        mismatch(key, value, value instanceof Located.Scalar ? "text; put it into quotes" : "text");
        return null;
    }

    private @Nullable Long whole(String key, long min, long max) {
        Located value = take(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Located.Scalar scalar
                && scalar.value().isIntegralNumber()
                && scalar.value().canConvertToLong()
                && scalar.value().longValue() >= min
                && scalar.value().longValue() <= max) {
            return scalar.value().longValue();
        }
        mismatch(key, value, "a whole number from " + min + " to " + max);
        return null;
    }

    private List<Located> items(String key, @Nullable Located value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof Located.Sequence sequence) {
            return sequence.items();
        }
        mismatch(key, value, "a list");
        return List.of();
    }

    private @Nullable MappingReader mapping(String key, Located value) {
        if (value instanceof Located.Mapping child) {
            return new MappingReader(child, findings, strict, step, mistake, new LinkedHashSet<>());
        }
        mismatch(key, value, "a mapping");
        return null;
    }

    private static String described(Located value) {
        return switch (value) {
            case Located.Mapping _ -> "a mapping";
            case Located.Sequence _ -> "a list";
            case Located.Scalar scalar -> Quoted.of(scalar.value());
        };
    }
}
