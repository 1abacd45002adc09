package dev.tasker.template;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A node of a YAML or JSON document that knows its {@link Place}. Aliases share nodes, and with them the place. */
sealed interface Located {
    Place place();

    /** The same without places. Depth is bounded by {@link LocatedBuilder}. */
    JsonNode toJson();

    /** Keys in the order of the text. */
    record Mapping(Place place, Map<String, Member> members) implements Located {
        @Override
        public JsonNode toJson() {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            members.forEach((key, member) -> node.set(key, member.value().toJson()));
            return node;
        }
    }

    /** A list of nodes. */
    record Sequence(Place place, List<Located> items) implements Located {
        @Override
        public JsonNode toJson() {
            ArrayNode node = JsonNodeFactory.instance.arrayNode(items.size());
            items.forEach(item -> node.add(item.toJson()));
            return node;
        }
    }

    /** Text, number, boolean or null. */
    record Scalar(Place place, JsonNode value) implements Located {
        @Override
        public JsonNode toJson() {
            return value;
        }
    }

    /** The value of a key and the place of the key itself. */
    record Member(Place key, Located value) {}
}
