package dev.tasker.examples.pipeline;

import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads records from a system and sums them up.
 *
 * @param summary further members of the result, from the records
 */
record Extract(
        String operation,
        String system,
        List<Map<String, @Nullable Object>> records,
        Function<JsonNode, Map<String, @Nullable Object>> summary,
        InstantSource clock)
        implements StepHandler {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Extract sales(InstantSource clock) {
        return new Extract("extract_sales", "SalesDatabase", Source.sales(), Extract::salesSummary, clock);
    }

    static Extract inventory(InstantSource clock) {
        return new Extract(
                "extract_inventory", "InventorySystem", Source.inventory(), Extract::inventorySummary, clock);
    }

    static Extract customers(InstantSource clock) {
        return new Extract("extract_customers", "CRMSystem", Source.customers(), Extract::customerSummary, clock);
    }

    @Override
    public StepResult handle(StepContext context) {
        Map<String, @Nullable Object> value =
                Members.of("records", records, "extracted_at", Ids.now(clock), "source", system);
        value.putAll(summary.apply(JSON.valueToTree(records)));
        return StepResult.success(
                value, Map.of("operation", operation, "source", system, "records_extracted", records.size()));
    }

    private static Map<String, @Nullable Object> salesSummary(JsonNode records) {
        List<String> dates = records.valueStream()
                .map(record -> record.path("date").asString(""))
                .sorted()
                .toList();
        return Members.of(
                "total_amount", Grouping.sum(records, "amount"),
                "date_range", Members.of("start_date", dates.getFirst(), "end_date", dates.getLast()));
    }

    private static Map<String, @Nullable Object> inventorySummary(JsonNode records) {
        return Members.of(
                "total_quantity", Grouping.sum(records, "quantity_on_hand"),
                "warehouses", Grouping.by(records, "warehouse").keySet(),
                "products_tracked", Grouping.by(records, "product_id").size());
    }

    private static Map<String, @Nullable Object> customerSummary(JsonNode records) {
        Map<String, @Nullable Object> tiers = Members.of();
        Grouping.by(records, "tier").forEach((tier, members) -> tiers.put(tier, members.size()));
        var total = Grouping.sum(records, "lifetime_value");
        return Members.of(
                "total_customers",
                records.size(),
                "total_lifetime_value",
                total,
                "tier_breakdown",
                tiers,
                "avg_lifetime_value",
                total.divide(BigDecimal.valueOf(records.size())));
    }
}
