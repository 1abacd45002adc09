package dev.tasker.client;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as {@code google.protobuf.Struct} and back (03 §2.4). A Struct knows doubles only: what a double cannot hold is refused on the way out
 * instead of being changed, and what is whole becomes an integer again on the way in.
 */
final class GrpcStructs {
    /** From here on a double is no longer one of the integers that JSON readers keep. */
    private static final double WHOLE_MAX = 0x1p63;

    private GrpcStructs() {}

    /**
     * An object.
     *
     * @param name of the field, for a refusal
     * @throws TaskerException.Unsupported for what is no object, and for a number that is no double
     */
    static Struct struct(String name, JsonNode json) {
        if (!json.isObject()) {
            throw Refusal.unsupported(Transport.GRPC, name + " can only be a JSON object");
        }
        return value(name, Json.MAPPER.readTree(json.toString())).getStructValue();
    }

    private static Value value(String name, JsonNode json) {
        Value.Builder value = Value.newBuilder();
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Struct.Builder struct = Struct.newBuilder();
                json.properties()
                        .forEach(member -> struct.putFields(
                                member.getKey(), value(name + "." + member.getKey(), member.getValue())));
                yield value.setStructValue(struct).build();
            }
            case ARRAY -> {
                ListValue.Builder list = ListValue.newBuilder();
                json.values().forEach(item -> list.addValues(value(name + "[]", item)));
                yield value.setListValue(list).build();
            }
            case STRING -> value.setStringValue(json.stringValue()).build();
            case NUMBER -> value.setNumberValue(number(name, json)).build();
            case BOOLEAN -> value.setBoolValue(json.booleanValue()).build();
            case NULL, MISSING, BINARY, POJO ->
                value.setNullValue(NullValue.NULL_VALUE).build();
        };
    }

    private static double number(String name, JsonNode json) {
        BigDecimal exact = json.decimalValue();
        double number = exact.doubleValue();
        if (!Double.isFinite(number) || BigDecimal.valueOf(number).compareTo(exact) != 0) {
            throw Refusal.unsupported(Transport.GRPC, name + ": " + json + " is more exact than its numbers are");
        }
        return number;
    }

    /** The object that a struct is. */
    static ObjectNode json(Struct struct) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        struct.getFieldsMap().forEach((name, value) -> object.set(name, json(value)));
        return object;
    }

    private static JsonNode json(Value value) {
        return switch (value.getKindCase()) {
            case STRUCT_VALUE -> json(value.getStructValue());
            case LIST_VALUE -> {
                ArrayNode items = Json.MAPPER.createArrayNode();
                value.getListValue().getValuesList().forEach(item -> items.add(json(item)));
                yield items;
            }
            case STRING_VALUE -> Json.MAPPER.valueToTree(value.getStringValue());
            case NUMBER_VALUE -> json(value.getNumberValue());
            case BOOL_VALUE -> Json.MAPPER.valueToTree(value.getBoolValue());
            case NULL_VALUE, KIND_NOT_SET -> Json.MAPPER.nullNode();
        };
    }

    private static JsonNode json(double number) {
        if (number != Math.rint(number) || Math.abs(number) >= WHOLE_MAX) {
            return Json.MAPPER.valueToTree(BigDecimal.valueOf(number));
        }
        long whole = (long) number;
        return whole == (int) whole ? Json.MAPPER.valueToTree((int) whole) : Json.MAPPER.valueToTree(whole);
    }
}
