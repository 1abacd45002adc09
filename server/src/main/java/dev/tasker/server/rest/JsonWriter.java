package dev.tasker.server.rest;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes one JSON document to memory, name by name, in the order of the calls. */
final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int USUAL_SIZE = 2_048;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_SIZE);
    private final JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes);

    byte[] toBytes() {
        json.close();
        return bytes.toByteArray();
    }

    JsonWriter openObject() {
        json.writeStartObject();
        return this;
    }

    JsonWriter openObject(String name) {
        json.writeName(name);
        json.writeStartObject();
        return this;
    }

    JsonWriter closeObject() {
        json.writeEndObject();
        return this;
    }

    JsonWriter openArray() {
        json.writeStartArray();
        return this;
    }

    JsonWriter openArray(String name) {
        json.writeName(name);
        json.writeStartArray();
        return this;
    }

    JsonWriter closeArray() {
        json.writeEndArray();
        return this;
    }

    JsonWriter text(String name, @Nullable String value) {
        json.writeName(name);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeString(value);
        }
        return this;
    }

    JsonWriter texts(String name, List<String> values) {
        openArray(name);
        values.forEach(json::writeString);
        return closeArray();
    }

    JsonWriter uuid(String name, @Nullable UUID value) {
        return text(name, value == null ? null : value.toString());
    }

    JsonWriter time(String name, Timestamps format, @Nullable Instant value) {
        return text(name, format.formatNullable(value));
    }

    JsonWriter number(String name, long value) {
        json.writeName(name);
        json.writeNumber(value);
        return this;
    }

    JsonWriter numberOrNull(String name, @Nullable Integer value) {
        json.writeName(name);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeNumber(value);
        }
        return this;
    }

    /** A number with a fraction, also when that is zero. */
    JsonWriter fraction(String name, double value) {
        json.writeName(name);
        json.writeNumber(value);
        return this;
    }

    JsonWriter flag(String name, boolean value) {
        json.writeName(name);
        json.writeBoolean(value);
        return this;
    }

    /** Nothing at all for null. */
    JsonWriter textIfPresent(String name, @Nullable String value) {
        return value == null ? this : text(name, value);
    }

    /** As {@link #fraction}, or {@code null}. */
    JsonWriter fractionOrNull(String name, @Nullable Double value) {
        if (value == null) {
            return raw(name, null);
        }
        return fraction(name, value);
    }

    /** An element of an array. */
    JsonWriter item(String value) {
        json.writeString(value);
        return this;
    }

    /** JSON text that is embedded as it stands, null for {@code null}. */
    JsonWriter raw(String name, @Nullable String value) {
        json.writeName(name);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeRawValue(value);
        }
        return this;
    }
}
