package dev.tasker.template;

import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The meaning of unquoted scalars: the YAML 1.2 core schema, of which JSON's literals are a part (spec 06 §18). */
final class CoreSchema {
    private static final int DIGITS_MAX = 1000;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUES = Set.of("true", "True", "TRUE");
    private static final Set<String> FALSES = Set.of("false", "False", "FALSE");
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern FRACTION =
            Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");
    private static final Pattern NOT_FINITE = Pattern.compile("[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

    private CoreSchema() {}

    /** The value, or empty for a number that JSON cannot hold: not finite, or with more than a thousand digits. */
    static Optional<JsonNode> resolve(String text) {
        if (NULLS.contains(text)) {
            return Optional.of(NODES.nullNode());
        }
        if (TRUES.contains(text)) {
            return Optional.of(NODES.booleanNode(true));
        }
        if (FALSES.contains(text)) {
            return Optional.of(NODES.booleanNode(false));
        }
        return startsLikeNumber(text.charAt(0)) ? numberOrText(text) : Optional.of(NODES.stringNode(text));
    }

    private static boolean startsLikeNumber(char first) {
        return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
    }

    private static Optional<JsonNode> numberOrText(String text) {
        if (WHOLE.matcher(text).matches()) {
            return whole(text, 10);
        }
        if (OCTAL.matcher(text).matches()) {
            return whole(text.substring(2), 8);
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return whole(text.substring(2), 16);
        }
        if (FRACTION.matcher(text).matches()) {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? Optional.of(NODES.numberNode(value)) : Optional.empty();
        }
        return NOT_FINITE.matcher(text).matches() ? Optional.empty() : Optional.of(NODES.stringNode(text));
    }

    /** As the smallest of int, long and big integer that holds it, so that equal numbers are equal nodes. */
    private static Optional<JsonNode> whole(String digits, int radix) {
        if (digits.length() > DIGITS_MAX) {
            return Optional.empty();
        }
        BigInteger value = new BigInteger(digits, radix);
        if (value.bitLength() < Integer.SIZE) {
            return Optional.of(NODES.numberNode(value.intValue()));
        }
        return Optional.of(
                value.bitLength() < Long.SIZE ? NODES.numberNode(value.longValue()) : NODES.numberNode(value));
    }
}
