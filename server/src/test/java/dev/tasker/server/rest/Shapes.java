package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Compares JSON by keys and types, not by values. */
final class Shapes {
    /** Members whose content belongs to users. */
    private static final Set<String> FREE = Set.of(
            "context", "configuration", "result_schema", "task_snapshot", "metadata", "tags", "result", "results");

    private Shapes() {}

    /** Same keys in the same order, same types wherever both have a value; of arrays the first elements are compared. */
    static void assertSame(JsonNode actual, JsonNode sample) {
        assertSame("", actual, sample);
    }

    private static void assertSame(String path, JsonNode actual, JsonNode sample) {
        if (actual.isNull() || sample.isNull()) {
            return;
        }
        assertThat(kind(actual)).as(path).isEqualTo(kind(sample));
        if (sample.isObject()) {
            assertThat(actual.propertyNames()).as(path).containsExactlyElementsOf(sample.propertyNames());
            for (String name : sample.propertyNames()) {
                if (!FREE.contains(name)) {
                    assertSame(path + "/" + name, actual.get(name), sample.get(name));
                }
            }
        } else if (sample.isArray() && !sample.isEmpty() && !actual.isEmpty()) {
            assertSame(path + "/0", actual.get(0), sample.get(0));
        }
    }

    /** Integers are told from numbers with a fraction: clients refuse {@code 1.0} where they want an integer. */
    private static String kind(JsonNode node) {
        return node.isNumber() ? node.isIntegralNumber() ? "INTEGER" : "FRACTION" : String.valueOf(node.getNodeType());
    }
}
