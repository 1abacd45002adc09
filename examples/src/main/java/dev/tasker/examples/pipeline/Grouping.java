package dev.tasker.examples.pipeline;

import dev.tasker.examples.Members;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Records by a member of theirs, in order of appearance, and sums over them. */
final class Grouping {

    private Grouping() {}

    static Map<String, List<JsonNode>> by(JsonNode records, String member) {
        var groups = new LinkedHashMap<String, List<JsonNode>>();
        for (JsonNode record : records) {
            groups.computeIfAbsent(record.path(member).asString(""), _ -> new ArrayList<>())
                    .add(record);
        }
        return groups;
    }

    static BigDecimal sum(Iterable<JsonNode> records, String member) {
        BigDecimal sum = BigDecimal.ZERO;
        for (JsonNode record : records) {
            sum = sum.add(Members.number(record, member));
        }
        return sum;
    }

    /** How many different values a member has. */
    static int distinct(List<JsonNode> records, String member) {
        return (int)
                records.stream().map(record -> record.get(member)).distinct().count();
    }

    /** The quotient to so many digits, zero where there is nothing to divide by. */
    static BigDecimal ratio(BigDecimal value, BigDecimal by, int digits) {
        return by.signum() == 0 ? BigDecimal.ZERO : value.divide(by, digits, RoundingMode.HALF_UP);
    }
}
