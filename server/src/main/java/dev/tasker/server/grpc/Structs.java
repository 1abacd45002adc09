package dev.tasker.server.grpc;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.tasker.server.api.Fault;
import dev.tasker.server.api.RefusedOperationException;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON texts as {@code google.protobuf.Struct} and back (03 §2.4). A Struct has doubles only: integers beyond 2^53 lose digits on the way out,
 * and on the way in what is whole becomes an integer again.
 */
final class Structs {
    /** Texts from the database were bounded when they were received. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** From here on a double is no longer one of the integers that JSON readers keep. */
    private static final double WHOLE_MAX = 0x1p63;

    private Structs() {}

    /** A JSON text; one that is no object is wrapped as {@code {"value": …}}. */
    static Struct struct(String json) {
        Value value = value(json);
        return value.hasStructValue()
                ? value.getStructValue()
                : Struct.newBuilder().putFields("value", value).build();
    }

    /** JSON texts by name. */
    static Struct struct(Map<String, String> members) {
        Struct.Builder struct = Struct.newBuilder();
        members.forEach((name, json) -> struct.putFields(name, value(json)));
        return struct.build();
    }

    private static Value value(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            return value(parser, parser.nextToken());
        }
    }

    private static Value value(JsonParser parser, @Nullable JsonToken token) {
        Value.Builder value = Value.newBuilder();
        if (token == null) {
            return value.setNullValue(NullValue.NULL_VALUE).build();
        }
        return switch (token) {
            case START_OBJECT -> {
                Struct.Builder struct = Struct.newBuilder();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    struct.putFields(name, value(parser, parser.nextToken()));
                }
                yield value.setStructValue(struct).build();
            }
            case START_ARRAY -> {
                ListValue.Builder list = ListValue.newBuilder();
                for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                    list.addValues(value(parser, item));
                }
                yield value.setListValue(list).build();
            }
            case VALUE_STRING -> value.setStringValue(parser.getString()).build();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                value.setNumberValue(Double.parseDouble(parser.getString())).build();
            case VALUE_TRUE -> value.setBoolValue(true).build();
            case VALUE_FALSE -> value.setBoolValue(false).build();
            case VALUE_NULL, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                value.setNullValue(NullValue.NULL_VALUE).build();
        };
    }

    /**
     * The JSON text of a received Struct.
     *
     * @param field named in a refusal of what JSON has no word for
     */
    static String json(String field, Struct struct) {
        return json(field, Value.newBuilder().setStructValue(struct).build());
    }

    /** As {@link #json(String, Struct)}, of any value. */
    static String json(String field, Value value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, field, value);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String field, Value value) {
        switch (value.getKindCase()) {
            case STRUCT_VALUE -> {
                json.writeStartObject();
                value.getStructValue().getFieldsMap().forEach((name, member) -> {
                    json.writeName(name);
                    write(json, field, member);
                });
                json.writeEndObject();
            }
            case LIST_VALUE -> {
                json.writeStartArray();
                value.getListValue().getValuesList().forEach(item -> write(json, field, item));
                json.writeEndArray();
            }
            case STRING_VALUE -> json.writeString(value.getStringValue());
            case NUMBER_VALUE -> write(json, field, value.getNumberValue());
            case BOOL_VALUE -> json.writeBoolean(value.getBoolValue());
            case NULL_VALUE, KIND_NOT_SET -> json.writeNull();
        }
    }

    private static void write(JsonGenerator json, String field, double number) {
        if (!Double.isFinite(number)) {
            throw new RefusedOperationException(Fault.INVALID, field + ": " + number + " (expected: a finite number)");
        }
        if (number == Math.rint(number) && Math.abs(number) < WHOLE_MAX) {
            json.writeNumber((long) number);
        } else {
            json.writeNumber(number);
        }
    }
}
