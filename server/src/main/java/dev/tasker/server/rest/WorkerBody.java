package dev.tasker.server.rest;

import dev.tasker.server.gateway.LeaseKey;
import dev.tasker.server.rest.JsonMembers.Value;
import dev.tasker.server.rest.Problem.Detail;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A JSON object that a worker sent, read member by member; what is wrong with one ends the request with 422. */
final class WorkerBody {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final String path;
    private final JsonMembers members;

    private WorkerBody(String path, JsonMembers members) {
        this.path = path;
        this.members = members;
    }

    /** The whole body. */
    static WorkerBody parse(String text) {
        try {
            return new WorkerBody("", JsonMembers.parse(text));
        } catch (JacksonException e) {
            throw new RefusedException(Problem.notJson(String.valueOf(e.getOriginalMessage())));
        } catch (JsonMembers.NotAnObject e) {
            throw new RefusedException(Problem.wrongShape(List.of(new Detail("", String.valueOf(e.getMessage())))));
        }
    }

    /** The body of a call that needs none. */
    static WorkerBody parseOptional(String text) {
        return parse(text.isBlank() ? "{}" : text);
    }

    @Nullable
    String text(String name) {
        Value value = members.present(name);
        if (value == null) {
            return null;
        }
        if (value.token() != JsonToken.VALUE_STRING) {
            throw wrong(name, value, "a string");
        }
        return value.string();
    }

    String text(String name, String standard) {
        String text = text(name);
        return text == null ? standard : text;
    }

    long number(String name, long standard, long min, long max) {
        Value value = members.present(name);
        return value == null ? standard : number(name, value, min, max);
    }

    long requiredNumber(String name, long min, long max) {
        return number(name, required(name, "a number"), min, max);
    }

    private long number(String name, Value value, long min, long max) {
        String expected = "a whole number from " + min + " to " + max;
        try {
            long number = Long.parseLong(value.text());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, value.text(), expected);
        }
        throw wrong(name, value.text(), expected);
    }

    boolean flag(String name) {
        Value value = members.present(name);
        if (value == null || value.token() == JsonToken.VALUE_FALSE) {
            return false;
        }
        if (value.token() != JsonToken.VALUE_TRUE) {
            throw wrong(name, value, "true or false");
        }
        return true;
    }

    @Nullable
    UUID uuid(String name) {
        String text = text(name);
        return text == null ? null : Call.uuid(text).orElseThrow(() -> wrong(name, '"' + text + '"', "a UUID"));
    }

    UUID requiredUuid(String name) {
        required(name, "a UUID");
        UUID uuid = uuid(name);
        if (uuid == null) {
            throw new IllegalStateException(name);
        }
        return uuid;
    }

    /** The member as it was written; null when there is none. */
    @Nullable
    String json(String name) {
        Value value = members.present(name);
        return value == null ? null : value.text();
    }

    /** A member that may be any JSON, {@code null} included, but must be there. */
    String requiredJson(String name) {
        Value value = members.all().get(name);
        if (value == null) {
            throw wrong(name, "missing", "a value");
        }
        return value.text();
    }

    @Nullable
    WorkerBody object(String name) {
        Value value = members.present(name);
        return value == null ? null : inner(name, value);
    }

    WorkerBody requiredObject(String name) {
        return inner(name, required(name, "an object"));
    }

    private WorkerBody inner(String name, Value value) {
        if (value.token() != JsonToken.START_OBJECT) {
            throw wrong(name, value, "an object");
        }
        return new WorkerBody(path + name + ".", JsonMembers.parse(value.text()));
    }

    /** The objects under each name. */
    List<String> names() {
        return List.copyOf(members.all().keySet());
    }

    boolean has(String name) {
        return members.present(name) != null;
    }

    List<String> texts(String name) {
        return elements(name, "an array of strings", element -> {
            if (element.token() != JsonToken.VALUE_STRING) {
                throw wrong(name, element, "strings");
            }
            return element.string();
        });
    }

    List<WorkerBody> objects(String name) {
        return elements(name, "an array of objects", element -> inner(name, element));
    }

    /** Members {@code assignment_id} and {@code lease_token} of each. */
    List<LeaseKey> leases(String name) {
        return objects(name).stream().map(WorkerBody::lease).toList();
    }

    private LeaseKey lease() {
        return new LeaseKey(requiredUuid("assignment_id"), leaseToken());
    }

    int leaseToken() {
        return (int) requiredNumber("lease_token", 0, Integer.MAX_VALUE);
    }

    private <T> List<T> elements(String name, String expected, Function<Value, T> read) {
        Value value = members.present(name);
        if (value == null) {
            return List.of();
        }
        if (value.token() != JsonToken.START_ARRAY) {
            throw wrong(name, value, expected);
        }
        List<T> elements = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), value.text())) {
            parser.nextToken();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                int begin = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int end = (int) parser.currentLocation().getCharOffset();
                elements.add(read.apply(new Value(token, value.text().substring(begin, end))));
            }
        }
        return elements;
    }

    private Value required(String name, String expected) {
        Value value = members.present(name);
        if (value == null) {
            throw wrong(name, "missing", expected);
        }
        return value;
    }

    private RefusedException wrong(String name, Value value, String expected) {
        return wrong(name, JsonMembers.describe(value.token()), expected);
    }

    RefusedException wrong(String name, String found, String expected) {
        Detail detail = new Detail(path + name, found + " (expected: " + expected + ")");
        return new RefusedException(Problem.wrongShape(List.of(detail)));
    }
}
