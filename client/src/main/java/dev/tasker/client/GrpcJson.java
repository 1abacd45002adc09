package dev.tasker.client;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages of {@code tasker.v1} as the JSON that REST says, so that the same records are read from both, with the same demands on them. Fields
 * have the same names but for a few; enums are words in lower case without their prefix; what is not set is null.
 */
final class GrpcJson {
    private GrpcJson() {}

    /** The record that a message is. */
    static <T> T read(Message message, Map<String, String> otherNames, Class<T> type) {
        return read(tree(message, otherNames), type);
    }

    /** The records that messages are. */
    static <T> List<T> read(List<? extends Message> messages, Map<String, String> otherNames, Class<T> type) {
        return messages.stream().map(each -> read(each, otherNames, type)).toList();
    }

    /** The record that a tree is. */
    static <T> T read(JsonNode tree, Class<T> type) {
        try {
            return Json.MAPPER.treeToValue(tree, type);
        } catch (JacksonException e) {
            throw new TaskerException.Protocol(Refusal.silence(
                    "The answer is not what a Tasker server says: " + e.getOriginalMessage(), false, 1, e));
        }
    }

    /**
     * A message as JSON.
     *
     * @param otherNames by the name of a field of this message, its name in REST
     */
    static ObjectNode tree(Message message, Map<String, String> otherNames) {
        ObjectNode tree = Json.MAPPER.createObjectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            String name = otherNames.getOrDefault(field.getName(), field.getName());
            boolean isSet = !field.hasPresence() || message.hasField(field);
            tree.set(name, isSet ? value(field, message.getField(field)) : Json.MAPPER.nullNode());
        }
        return tree;
    }

    private static JsonNode value(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            return single(field, value);
        }
        ArrayNode items = Json.MAPPER.createArrayNode();
        ((List<?>) value).forEach(item -> items.add(single(field, item)));
        return items;
    }

    private static JsonNode single(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message((Message) value);
            case ENUM -> Json.MAPPER.valueToTree(word((EnumValueDescriptor) value));
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING -> Json.MAPPER.valueToTree(value);
            case BYTE_STRING -> throw new IllegalStateException(field.getFullName() + ": bytes");
        };
    }

    private static JsonNode message(Message message) {
        return switch (message) {
            case Timestamp time ->
                Json.MAPPER.valueToTree(Instant.ofEpochSecond(time.getSeconds(), time.getNanos())
                        .toString());
            case Struct struct -> GrpcStructs.json(struct);
            default -> tree(message, Map.of());
        };
    }

    /** {@code TASK_STATE_STEPS_IN_PROCESS} of {@code TaskState} is {@code steps_in_process}. */
    private static String word(EnumValueDescriptor value) {
        String prefix = value.getType().getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_");
        return value.getName().toLowerCase(Locale.ROOT).replaceFirst("^" + prefix.toLowerCase(Locale.ROOT) + "_", "");
    }
}
