package dev.tasker.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Map<String, Object> values;
    private final List<String> violations;
    private final Set<String> asked = new TreeSet<>();

    /**
     * @param values texts, {@link Long}, {@link Double}, {@link Boolean} and lists of them, as a TOML file holds them
     * @param violations what was found so far; more are added
     */
    Settings(Environment environment, Map<String, Object> values, List<String> violations) {
        this.environment = environment;
        this.values = values;
        this.violations = violations;
    }

    /** The keys that have an effect. */
    Set<String> asked() {
        return asked;
    }

    int integer(String key, Defaults<Integer> defaults, int min, int max) {
        return (int) whole(key, Defaults.of((long) defaults.in(environment)), min, max);
    }

    long whole(String key, Defaults<Long> defaults, long min, long max) {
        long standard = defaults.in(environment);
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

    boolean flag(String key, boolean standard) {
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
    <T> T parsed(String key, String standard, Function<String, T> parser, T fallback) {
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

    /** A text that is never shown, null when absent or empty. */
    <T> @Nullable T secret(String key, Function<String, T> parser) {
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

    /** A switch for something this server cannot do: silently leaving it off could hurt, so on is refused. */
    void refuse(String key, String reason) {
        if (flag(key, false)) {
            violation(key, true, "false or absent: " + reason);
        }
    }

    /** A choice of which this server knows one. */
    void insist(String key, String only) {
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
            violations.add(section + "." + e.getMessage());
            return fallback.get();
        }
    }

    void violation(String key, Object value, String expected) {
        violations.add(key + ": " + shown(value) + " (expected: " + expected + ")");
    }

    private @Nullable Object value(String key) {
        asked.add(key);
        return values.get(key);
    }

    private static String shown(Object value) {
        return value instanceof String text && !text.equals("***") ? "\"" + text + "\"" : value.toString();
    }
}
