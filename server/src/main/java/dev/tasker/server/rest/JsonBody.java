package dev.tasker.server.rest;

import dev.tasker.server.json.JsonMembers;
import dev.tasker.server.json.JsonMembers.Value;
import dev.tasker.server.rest.Problem.Detail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/** A JSON object as it was sent: its shape is checked here, its meaning elsewhere. Unknown members are ignored, faults are gathered. */
final class JsonBody {
    private final String prefix;
    private final JsonMembers members;
    private final List<Detail> faults;

    private JsonBody(String prefix, JsonMembers members, List<Detail> faults) {
        this.prefix = prefix;
        this.members = members;
        this.faults = faults;
    }

    /** Throws {@link RefusedException}: 400 for what is no JSON, 422 for JSON that is no object. */
    static JsonBody parse(String body) {
        try {
            return new JsonBody("", JsonMembers.parse(body), new ArrayList<>());
        } catch (JacksonException e) {
            TokenStreamLocation place = e.getLocation(); // null when a limit was reached
            throw new RefusedException(Problem.notJson(
                    place == null
                            ? e.getOriginalMessage()
                            : e.getOriginalMessage() + " at line " + place.getLineNr() + ", column "
                                    + place.getColumnNr()));
        } catch (JsonMembers.NotAnObject e) {
            throw new RefusedException(Problem.wrongShape(List.of(new Detail("", String.valueOf(e.getMessage())))));
        }
    }

    /** Throws {@link RefusedException}, 422 with every fault, when there was one. */
    void requireNoFaults() {
        if (!faults.isEmpty()) {
            throw new RefusedException(Problem.wrongShape(faults));
        }
    }

    /** A string; empty, with a fault, when there is none. */
    String requiredText(String field) {
        String text = optionalText(field);
        if (text == null && members.present(field) == null) {
            missing(field, "a string");
        }
        return text == null ? "" : text;
    }

    @Nullable
    String optionalText(String field) {
        Value value = members.present(field);
        if (value == null) {
            return null;
        }
        if (value.token() == JsonToken.VALUE_STRING) {
            return value.string();
        }
        wrong(field, value, "a string");
        return null;
    }

    /** Any JSON, verbatim; {@code null} is a value. */
    String requiredJson(String field, String expected) {
        Value value = members.all().get(field);
        if (value == null) {
            missing(field, expected);
            return "null";
        }
        return value.text();
    }

    /** Any JSON, verbatim; null when it is not there or is JSON's null. */
    @Nullable
    String optionalJson(String field) {
        Value value = members.present(field);
        return value == null ? null : value.text();
    }

    int optionalInt(String field, int standard) {
        Value value = members.present(field);
        if (value == null) {
            return standard;
        }
        if (value.token() == JsonToken.VALUE_NUMBER_INT) {
            try {
                return Integer.parseInt(value.text());
            } catch (NumberFormatException e) {
                fault(field, value.text() + " (expected: a 32-bit integer)");
                return standard;
            }
        }
        wrong(field, value, "a 32-bit integer");
        return standard;
    }

    boolean optionalFlag(String field) {
        Value value = members.present(field);
        if (value == null || value.token() == JsonToken.VALUE_FALSE) {
            return false;
        }
        if (value.token() == JsonToken.VALUE_TRUE) {
            return true;
        }
        wrong(field, value, "true or false");
        return false;
    }

    @Nullable
    UUID optionalUuid(String field) {
        String text = optionalText(field);
        if (text == null) {
            return null;
        }
        Optional<UUID> uuid = Call.uuid(text);
        if (uuid.isEmpty()) {
            fault(field, "\"" + text + "\" (expected: a UUID)");
        }
        return uuid.orElse(null);
    }

    /** An array of strings as it was sent, null when there is none. */
    @Nullable
    String optionalTexts(String field) {
        Value value = members.present(field);
        if (value == null) {
            return null;
        }
        if (value.token() != JsonToken.START_ARRAY || !JsonMembers.isArrayOfStrings(value.text())) {
            wrong(field, value, "an array of strings");
            return null;
        }
        return value.text();
    }

    /** The strings of an array, null when there is none. */
    @Nullable
    List<String> optionalList(String field) {
        String array = optionalTexts(field);
        return array == null ? null : JsonMembers.strings(array);
    }

    /** An object within this one, whose faults are this one's; null when there is none. */
    @Nullable
    JsonBody optionalObject(String field) {
        Value value = members.present(field);
        if (value == null) {
            return null;
        }
        if (value.token() != JsonToken.START_OBJECT) {
            wrong(field, value, "an object");
            return null;
        }
        return new JsonBody(prefix + field + ".", JsonMembers.parse(value.text()), faults);
    }

    /** The strings, numbers, booleans and nulls whose names begin so, as text, by what follows in the name. */
    Map<String, String> scalarsBelow(String nameBegins) {
        Map<String, String> scalars = new LinkedHashMap<>();
        members.all().forEach((name, value) -> {
            if (!name.startsWith(nameBegins)) {
                return;
            }
            if (value.token().isScalarValue()) {
                scalars.put(
                        name.substring(nameBegins.length()),
                        value.token() == JsonToken.VALUE_STRING ? value.string() : value.text());
            } else {
                wrong(name, value, "a string, a number, true, false or null");
            }
        });
        return scalars;
    }

    /** A fault of each member whose name is not expected. */
    void requireOnly(Predicate<String> expected) {
        members.all().keySet().stream()
                .filter(name -> !expected.test(name))
                .forEach(name -> fault(name, "unknown (expected: a condition of the list of tasks)"));
    }

    boolean has(String field) {
        return members.present(field) != null;
    }

    void missing(String field, String expected) {
        fault(field, "missing (expected: " + expected + ")");
    }

    void fault(String field, String message) {
        faults.add(new Detail(prefix + field, message));
    }

    private void wrong(String field, Value value, String expected) {
        fault(field, JsonMembers.describe(value.token()) + " (expected: " + expected + ")");
    }
}
