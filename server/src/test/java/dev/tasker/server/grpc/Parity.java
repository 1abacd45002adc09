package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds a message against the JSON of REST, field by field: every field of the message must be in the JSON with the same value, and every key
 * of the JSON in the message.
 *
 * @param renamed fields that REST calls otherwise
 * @param ignored fields that only one of them has, or that change from look to look
 */
record Parity(Map<String, String> renamed, Set<String> ignored) {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Parity exact() {
        return new Parity(Map.of(), Set.of());
    }

    static Parity but(String... ignored) {
        return new Parity(Map.of(), Set.of(ignored));
    }

    Parity renaming(String field, String key) {
        Map<String, String> more = new HashMap<>(renamed);
        more.put(field, key);
        return new Parity(Map.copyOf(more), ignored);
    }

    /** Each of the messages against each of the elements. */
    void check(List<? extends Message> messages, JsonNode array) {
        assertThat(messages).hasSize(array.size()).isNotEmpty();
        for (int i = 0; i < messages.size(); i++) {
            check(messages.get(i), array.get(i));
        }
    }

    void check(Message message, JsonNode rest) {
        Set<String> seen = new HashSet<>(ignored);
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            String key = renamed.getOrDefault(field.getName(), field.getName());
            seen.add(key);
            if (!ignored.contains(field.getName())) {
                check(message, field, rest.path(key));
            }
        }
        assertThat(seen).as(message.getDescriptorForType().getName()).containsAll(List.copyOf(rest.propertyNames()));
    }

    private void check(Message message, FieldDescriptor field, JsonNode rest) {
        if (field.isRepeated()) {
            List<?> items = (List<?>) message.getField(field);
            List<JsonNode> expected = new ArrayList<>();
            rest.forEach(expected::add);
            assertThat(items).as(field.getFullName()).hasSize(expected.size());
            for (int i = 0; i < items.size(); i++) {
                check(field, items.get(i), expected.get(i));
            }
            return;
        }
        if (field.hasPresence() && !message.hasField(field)) {
            assertThat(rest.isNull() || rest.isMissingNode())
                    .as(field.getFullName() + " beside " + rest)
                    .isTrue();
            return;
        }
        check(field, message.getField(field), rest);
    }

    private void check(FieldDescriptor field, Object value, JsonNode rest) {
        String where = field.getFullName() + " beside " + rest;
        switch (value) {
            case Timestamp time ->
                assertThat(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()))
                        .as(where)
                        .isEqualTo(instant(rest.asString()));
            case Struct struct ->
                assertThat(JSON.readTree(Structs.json("", struct)))
                        .as(where)
                        .isEqualTo(JSON.readTree(Structs.json("", Structs.struct(rest.toString()))));
            case Message inner -> check(inner, rest);
            case EnumValueDescriptor word ->
                assertThat(word.getName().toLowerCase(Locale.ROOT)).as(where).endsWith("_" + snake(rest.asString()));
            case Number number -> assertThat(number.doubleValue()).as(where).isEqualTo(rest.asDouble());
            case Boolean flag -> assertThat(flag).as(where).isEqualTo(rest.asBoolean());
            default -> assertThat(value).as(where).isEqualTo(rest.asString());
        }
    }

    private static Instant instant(String text) {
        TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, Instant::from, LocalDateTime::from);
        return time instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : Instant.from(time);
    }

    private static String snake(String word) {
        return word.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
