package dev.tasker.examples.pipeline;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Members;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Groups the records that another step extracted.
 *
 * @param analysis further members of the result, from the records
 */
record Transform(
        String operation, String source, String type, Function<JsonNode, Map<String, @Nullable Object>> analysis)
        implements DeclaredFailure.Body {

    static Transform sales() {
        return new Transform("transform_sales", "extract_sales_data", "sales_analytics", Transform::salesAnalysis);
    }

    static Transform inventory() {
        return new Transform(
                "transform_inventory", "extract_inventory_data", "inventory_analytics", Transform::inventoryAnalysis);
    }

    static Transform customers() {
        return new Transform(
                "transform_customers", "extract_customer_data", "customer_analytics", Transform::customerAnalysis);
    }

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        JsonNode records = context.dependencyField(source, "records");
        if (records == null) {
            throw PipelineHandlers.missing("MISSING_EXTRACT_RESULTS", List.of(source));
        }
        Map<String, @Nullable Object> value = Members.of("record_count", records.size());
        value.putAll(analysis.apply(records));
        value.put("transformation_type", type);
        value.put("source", source);
        return StepResult.success(
                value, Map.of("operation", operation, "source_step", source, "record_count", records.size()));
    }

    private static Map<String, @Nullable Object> salesAnalysis(JsonNode records) {
        Map<String, @Nullable Object> daily = Members.of();
        Grouping.by(records, "date").forEach((date, sales) -> {
            BigDecimal amount = Grouping.sum(sales, "amount");
            daily.put(
                    date,
                    Members.of(
                            "total_amount", amount,
                            "order_count", sales.size(),
                            "avg_order_value", Grouping.ratio(amount, BigDecimal.valueOf(sales.size()), 2)));
        });
        Map<String, @Nullable Object> products = Members.of();
        Grouping.by(records, "product_id")
                .forEach((product, sales) -> products.put(
                        product,
                        Members.of(
                                "total_quantity", Grouping.sum(sales, "quantity"),
                                "total_revenue", Grouping.sum(sales, "amount"),
                                "order_count", sales.size())));
        return Members.of(
                "daily_sales", daily, "product_sales", products, "total_revenue", Grouping.sum(records, "amount"));
    }

    private static Map<String, @Nullable Object> inventoryAnalysis(JsonNode records) {
        Map<String, @Nullable Object> warehouses = Members.of();
        Grouping.by(records, "warehouse")
                .forEach((warehouse, stock) -> warehouses.put(
                        warehouse,
                        Members.of(
                                "total_quantity", Grouping.sum(stock, "quantity_on_hand"),
                                "product_count", Grouping.distinct(stock, "product_id"),
                                "reorder_alerts",
                                        stock.stream()
                                                .filter(row -> Members.number(row, "quantity_on_hand")
                                                                .compareTo(Members.number(row, "reorder_point"))
                                                        <= 0)
                                                .count())));
        Map<String, @Nullable Object> products = Members.of();
        int alerts = 0;
        for (Map.Entry<String, List<JsonNode>> product :
                Grouping.by(records, "product_id").entrySet()) {
            BigDecimal onHand = Grouping.sum(product.getValue(), "quantity_on_hand");
            boolean needsReorder = onHand.compareTo(Grouping.sum(product.getValue(), "reorder_point")) < 0;
            alerts += needsReorder ? 1 : 0;
            products.put(
                    product.getKey(),
                    Members.of(
                            "total_quantity", onHand,
                            "warehouse_count", Grouping.distinct(product.getValue(), "warehouse"),
                            "needs_reorder", needsReorder));
        }
        return Members.of(
                "warehouse_summary", warehouses,
                "product_inventory", products,
                "total_quantity_on_hand", Grouping.sum(records, "quantity_on_hand"),
                "reorder_alerts", alerts);
    }

    private static Map<String, @Nullable Object> customerAnalysis(JsonNode records) {
        Map<String, @Nullable Object> tiers = Members.of();
        Grouping.by(records, "tier").forEach((tier, customers) -> {
            BigDecimal value = Grouping.sum(customers, "lifetime_value");
            tiers.put(
                    tier,
                    Members.of(
                            "customer_count", customers.size(),
                            "total_lifetime_value", value,
                            "avg_lifetime_value", Grouping.ratio(value, BigDecimal.valueOf(customers.size()), 2)));
        });
        int high = 0;
        int medium = 0;
        for (JsonNode customer : records) {
            int value = Members.number(customer, "lifetime_value").intValue();
            high += value >= 10_000 ? 1 : 0;
            medium += value >= 1_000 && value < 10_000 ? 1 : 0;
        }
        BigDecimal total = Grouping.sum(records, "lifetime_value");
        return Members.of(
                "tier_analysis",
                tiers,
                "value_segments",
                Members.of(
                        "high_value", high,
                        "medium_value", medium,
                        "low_value", records.size() - high - medium),
                "total_lifetime_value",
                total,
                "avg_customer_value",
                Grouping.ratio(total, BigDecimal.valueOf(records.size()), 2));
    }
}
