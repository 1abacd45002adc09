package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Holds a message against the JSON of REST: each field must be there with the same value, each key of the JSON must be a field.
 *
 * @param moving fields that differ from look to look: a time must be set, others are not looked at
 * @param restOnly keys that gRPC has no field for
 */
record Sameness(Set<String> moving, Set<String> restOnly) {
    static final Sameness OF_PROBES = new Sameness(Set.of("timestamp", "last_checked", "uptime_seconds"), Set.of());

    void check(Message message, JsonNode json) {
        Set<String> keys = new TreeSet<>(json.propertyNames());
        keys.removeAll(restOnly);
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            keys.remove(field.getName());
            check(message, field, json.path(field.getName()));
        }
        assertThat(keys)
                .as("keys that are no field of "
                        + message.getDescriptorForType().getName())
                .isEmpty();
    }

    private void check(Message message, FieldDescriptor field, JsonNode json) {
        String where = field.getFullName() + " beside " + json;
        if (field.isRepeated()) {
            List<?> items = (List<?>) message.getField(field);
            assertThat(items).as(where).hasSize(json.size());
            for (int i = 0; i < items.size(); i++) {
                check(field, items.get(i), json.get(i));
            }
        } else if (field.hasPresence() && !message.hasField(field)) {
            assertThat(json.isNull() || json.isMissingNode()).as(where).isTrue();
        } else {
            assertThat(json.isMissingNode()).as(where).isFalse();
            check(field, message.getField(field), json);
        }
    }

    private void check(FieldDescriptor field, Object value, JsonNode json) {
        String where = field.getFullName() + " beside " + json;
        switch (value) {
            case Timestamp time -> {
                Instant told = Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
                assertThat(told).as(where).isAfter(Instant.EPOCH);
                if (!moving.contains(field.getName())) {
                    assertThat(told).as(where).isEqualTo(Instant.parse(json.asString()));
                }
            }
            case Message inner -> check(inner, json);
            case Number number
            when moving.contains(field.getName()) ->
                assertThat(number.longValue()).as(where).isNotNegative();
            case Number number -> assertThat(number.doubleValue()).as(where).isEqualTo(json.asDouble());
            case Boolean flag -> assertThat(flag).as(where).isEqualTo(json.asBoolean());
            default -> assertThat(value).as(where).isEqualTo(json.asString());
        }
    }
}
