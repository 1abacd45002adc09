package dev.tasker.server.config;

import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values of one configuration by full key path, read key by key. Asking for a key makes it known; a value that does not fit is
 * noted as a violation and answered with the default, so that one pass finds all of them. Confined to the loading thread.
 */
final class Settings {
    private final Environment environment;
    private final Map<String, Located> values;
    private final List<Violation> violations;
    private final boolean describing;
    private final Map<String, KeyFacts> facts = new TreeMap<>();
    private final List<Violation> warnings = new ArrayList<>();

    /**
     * @param values texts, {@link Long}, {@link Double}, {@link Boolean} and lists of them, as a TOML file holds them
     * @param violations what was found so far; more are added
     */
    Settings(Environment environment, Map<String, Located> values, List<Violation> violations) {
        this(environment, values, violations, false);
    }

    private Settings(
            Environment environment, Map<String, Located> values, List<Violation> violations, boolean describing) {
        this.environment = environment;
        this.values = values;
        this.violations = violations;
        this.describing = describing;
    }

    /** Settings without values, which only learn the keys: each list of tables has one entry. */
    static Settings describing(Environment environment) {
        return new Settings(environment, Map.of(), new ArrayList<>(), true);
    }

    /** The keys that have an effect, by {@link KeyFacts#general general} name. */
    Map<String, KeyFacts> facts() {
        return facts;
    }

    int integer(String key, Defaults<Integer> defaults, int min, int max) {
        return (int) whole(key, Defaults.of((long) defaults.in(environment)), min, max);
    }

    long whole(String key, Defaults<Long> defaults, long min, long max) {
        long standard = defaults.in(environment);
        learn(key, "integer", TomlText.of(standard), min + " to " + max);
        Object value = value(key);
        if (value == null) {
            return standard;
        }
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        violation(key, value, "an integer from " + min + " to " + max);
        return standard;
    }

    double decimal(String key, Defaults<Double> defaults, double min, double max) {
        double standard = defaults.in(environment);
        learn(key, "number", TomlText.of(standard), min + " to " + max);
        Object value = value(key);
        if (value == null) {
            return standard;
        }
        if (value instanceof Number number && number.doubleValue() >= min && number.doubleValue() <= max) {
            return number.doubleValue();
        }
        violation(key, value, "a number from " + min + " to " + max);
        return standard;
    }

    List<Integer> integers(String key, Defaults<List<Integer>> defaults, int itemsMax, int min, int max) {
        List<Integer> standard = defaults.in(environment);
        learn(
                key,
                "list of integers",
                TomlText.of(standard),
                "1 to " + itemsMax + " items, each " + min + " to " + max);
        Object value = value(key);
        if (value == null) {
            return standard;
        }
        if (value instanceof List<?> items && !items.isEmpty() && items.size() <= itemsMax) {
            List<Integer> numbers = new ArrayList<>();
            for (Object item : items) {
                if (item instanceof Long number && number >= min && number <= max) {
                    numbers.add(number.intValue());
                }
            }
            if (numbers.size() == items.size()) {
                return List.copyOf(numbers);
            }
        }
        violation(key, value, "1 to " + itemsMax + " integers from " + min + " to " + max);
        return standard;
    }

    boolean flag(String key, Defaults<Boolean> defaults) {
        return flag(key, defaults.in(environment));
    }

    boolean flag(String key, boolean standard) {
        learn(key, "boolean", TomlText.of(standard), "");
        Object value = value(key);
        if (value == null) {
            return standard;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        violation(key, value, "true or false");
        return standard;
    }

    /** A text in some notation. The parser's complaint is the expectation shown. */
    <T extends @Nullable Object> T parsed(String key, String standard, Function<String, T> parser, T fallback) {
        return parsed(key, standard, "", parser, fallback);
    }

    private <T extends @Nullable Object> T parsed(
            String key, String standard, String expected, Function<String, T> parser, T fallback) {
        learn(key, "text", standard.isEmpty() ? "" : TomlText.of(standard), expected);
        Object value = value(key);
        try {
            if (value == null || value instanceof String) {
                return parser.apply(value == null ? standard : (String) value);
            }
            violation(key, value, "a text");
        } catch (IllegalArgumentException e) {
            violation(key, value == null ? standard : value, String.valueOf(e.getMessage()));
        }
        return fallback;
    }

    /** A text of at least one character. */
    String text(String key, String standard) {
        learn(key, "text", TomlText.of(standard), "");
        Object value = value(key);
        if (value == null) {
            return standard;
        }
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        violation(key, value, "a text that is not empty");
        return standard;
    }

    /** One of several words. */
    String choice(String key, String standard, List<String> others) {
        String expected = standard + " or " + String.join(", ", others);
        return parsed(
                key,
                standard,
                expected,
                text -> {
                    if (text.equals(standard) || others.contains(text)) {
                        return text;
                    }
                    throw new IllegalArgumentException(expected);
                },
                standard);
    }

    /** A list of texts, each one of {@code allowed} where that is not empty; then the list is not empty either. */
    List<String> texts(String key, List<String> standard, Set<String> allowed) {
        learn(key, "list of texts", TomlText.of(standard), String.join(", ", new TreeSet<>(allowed)));
        Object value = value(key);
        if (value == null) {
            return standard;
        }
        if (value instanceof List<?> items && (allowed.isEmpty() || !items.isEmpty())) {
            List<String> texts = new ArrayList<>();
            for (Object item : items) {
                if (item instanceof String text && (allowed.isEmpty() || allowed.contains(text))) {
                    texts.add(text);
                }
            }
            if (texts.size() == items.size()) {
                return List.copyOf(texts);
            }
        }
        violation(key, value, "a list of " + (allowed.isEmpty() ? "texts" : new TreeSet<>(allowed)));
        return standard;
    }

    /** A path, null when absent or empty. */
    @Nullable
    Path path(String key) {
        return this.<@Nullable Path>parsed(key, "", text -> text.isEmpty() ? null : Path.of(text), null);
    }

    /** A moment, null when absent; as TOML has them or as a text. */
    @Nullable
    Instant instant(String key) {
        learn(key, "time", "", "");
        Object value = value(key);
        if (value instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        if (value == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(value.toString()).toInstant();
        } catch (DateTimeParseException e) {
            violation(key, value, "a time with its zone, such as 2027-01-31T00:00:00Z");
            return null;
        }
    }

    /** How many tables a list has; the keys of each are {@code key[index].name}. */
    int tables(String key) {
        learn(key, "list of tables", "", "");
        if (describing) {
            return 1;
        }
        Object value = value(key);
        if (value instanceof ConfigFile.Tables tables) {
            return tables.size();
        }
        if (value != null && !value.equals(List.of())) {
            violation(key, "***", "tables, each headed [[" + key + "]]");
        }
        return 0;
    }

    /** A text that is never shown, null when absent or empty. */
    <T> @Nullable T secret(String key, Function<String, T> parser) {
        facts.put(KeyFacts.general(key), new KeyFacts(KeyFacts.general(key), "text", "", "", true));
        Object value = value(key);
        if (value == null || value.equals("")) {
            return null;
        }
        try {
            if (value instanceof String text) {
                return parser.apply(text);
            }
            violation(key, "***", "a text");
        } catch (IllegalArgumentException e) {
            violation(key, "***", String.valueOf(e.getMessage()));
        }
        return null;
    }

    /** A choice of which this server knows one. */
    void insist(String key, String only) {
        learn(key, "text", TomlText.of(only), only);
        Object value = value(key);
        if (value != null && !value.equals(only)) {
            violation(key, value, only);
        }
    }

    /** Whether the key is there with this value, as opposed to by default. */
    boolean states(String key, Object expected) {
        return expected.equals(value(key));
    }

    /** A record whose own rules span several keys; its complaint begins with the key. */
    <T> T checked(String section, Supplier<T> record, Supplier<T> fallback) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.indexOf(": "); // the records begin their complaints with the key's last name
            add(section + "." + message.substring(0, Math.max(end, 0)), message.substring(end < 0 ? 0 : end + 2));
            return fallback.get();
        }
    }

    /** Notes what is allowed but hardly meant. */
    void warning(String key, Object value, String expected) {
        Located located = values.get(key);
        warnings.add(new Violation(
                located == null ? null : located.origin(), key, shown(value) + " (expected: " + expected + ")"));
    }

    /** What was noted. */
    List<Violation> warnings() {
        return warnings;
    }

    void violation(String key, Object value, String expected) {
        add(key, shown(value) + " (expected: " + expected + ")");
    }

    private void add(String key, String reason) {
        Located located = values.get(key);
        violations.add(new Violation(located == null ? null : located.origin(), key, reason));
    }

    private void learn(String key, String type, String standard, String expected) {
        String general = KeyFacts.general(key);
        facts.put(general, new KeyFacts(general, type, standard, expected, false));
    }

    private @Nullable Object value(String key) {
        Located located = values.get(key);
        return located == null ? null : located.value();
    }

    private static String shown(Object value) {
        return value instanceof String text && !text.equals("***") ? "\"" + text + "\"" : value.toString();
    }
}
