package dev.tasker.examples;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Members of JSON objects: writes them in order, and reads those that have to be there. */
public final class Members {

    private Members() {}

    /** Names and values in turn; a value may be null. */
    public static Map<String, @Nullable Object> of(@Nullable Object... namesAndValues) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return members;
    }

    /** The text of that name, null where there is none. */
    public static @Nullable String text(@Nullable JsonNode object, String name) {
        JsonNode value = object == null ? null : object.get(name);
        return value == null || !value.isString() ? null : value.stringValue();
    }

    /** The number of that name, zero where there is none. */
    public static BigDecimal number(@Nullable JsonNode object, String name) {
        JsonNode value = object == null ? null : object.get(name);
        return value == null || !value.isNumber() ? BigDecimal.ZERO : value.decimalValue();
    }

    /** Half up, to so many digits behind the point. */
    public static BigDecimal rounded(BigDecimal value, int digits) {
        return value.setScale(digits, RoundingMode.HALF_UP);
    }
}
