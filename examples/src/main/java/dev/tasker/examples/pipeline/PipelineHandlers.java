package dev.tasker.examples.pipeline;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The eight steps of the analytics pipeline under their callables. */
public final class PipelineHandlers {
    private static final List<String> TRANSFORMS =
            List.of("transform_sales", "transform_inventory", "transform_customers");

    private PipelineHandlers() {}

    /**
     * The handlers by callable.
     *
     * @param clock tells when data was extracted and insights were found
     */
    public static HandlerRegistry registry(InstantSource clock) {
        DeclaredFailure.Body aggregate = PipelineHandlers::aggregate;
        DeclaredFailure.Body insights = context -> insights(context, clock);
        return HandlerRegistry.builder()
                .handler("data_pipeline_extract_sales", Extract.sales(clock))
                .handler("data_pipeline_extract_inventory", Extract.inventory(clock))
                .handler("data_pipeline_extract_customers", Extract.customers(clock))
                .handler("data_pipeline_transform_sales", Transform.sales().asHandler())
                .handler(
                        "data_pipeline_transform_inventory",
                        Transform.inventory().asHandler())
                .handler(
                        "data_pipeline_transform_customers",
                        Transform.customers().asHandler())
                .handler("data_pipeline_aggregate_metrics", aggregate.asHandler())
                .handler("data_pipeline_generate_insights", insights.asHandler())
                .build();
    }

    static DeclaredFailure missing(String code, List<String> steps) {
        return new DeclaredFailure(StepResult.failure("results are missing: " + String.join(", ", steps))
                .type("DependencyError")
                .code(code)
                .permanent());
    }

    private static StepResult.Success aggregate(StepContext context) throws DeclaredFailure {
        List<String> absent = TRANSFORMS.stream()
                .filter(step -> context.dependencyResult(step) == null)
                .toList();
        if (!absent.isEmpty()) {
            throw missing("MISSING_TRANSFORM_RESULTS", absent);
        }
        JsonNode sales = context.dependencyResult("transform_sales");
        JsonNode inventory = context.dependencyResult("transform_inventory");
        JsonNode customers = context.dependencyResult("transform_customers");
        BigDecimal revenue = Members.number(sales, "total_revenue");
        BigDecimal quantity = Members.number(inventory, "total_quantity_on_hand");
        BigDecimal customerCount = Members.number(customers, "record_count");
        return StepResult.success(
                Members.of(
                        "total_revenue", revenue,
                        "total_inventory_quantity", quantity,
                        "total_customers", customerCount,
                        "total_customer_lifetime_value", Members.number(customers, "total_lifetime_value"),
                        "sales_transactions", Members.number(sales, "record_count"),
                        "inventory_reorder_alerts", Members.number(inventory, "reorder_alerts"),
                        "revenue_per_customer", Grouping.ratio(revenue, customerCount, 2),
                        "inventory_turnover_indicator", Grouping.ratio(revenue, quantity, 4),
                        "aggregation_complete", true,
                        "sources_included", TRANSFORMS.size()),
                Map.of(
                        "operation",
                        "aggregate_metrics",
                        "sources",
                        TRANSFORMS,
                        "sources_aggregated",
                        TRANSFORMS.size()));
    }

    private static StepResult.Success insights(StepContext context, InstantSource clock) throws DeclaredFailure {
        JsonNode metrics = context.dependencyResult("aggregate_metrics");
        if (metrics == null) {
            throw missing("MISSING_AGGREGATE_RESULTS", List.of("aggregate_metrics"));
        }
        BigDecimal perCustomer = Members.number(metrics, "revenue_per_customer");
        BigDecimal alerts = Members.number(metrics, "inventory_reorder_alerts");
        BigDecimal average = Grouping.ratio(
                Members.number(metrics, "total_customer_lifetime_value"),
                Members.number(metrics, "total_customers"),
                2);
        List<Object> insights = new ArrayList<>();
        if (Members.number(metrics, "total_revenue").signum() > 0) {
            insights.add(insight(
                    "Revenue",
                    "Customers bring in " + perCustomer + " each",
                    perCustomer,
                    "Offer the best selling products to more customers"));
        }
        insights.add(insight(
                "Inventory",
                alerts.signum() == 0 ? "All products are in stock" : alerts + " products run out",
                alerts,
                alerts.signum() == 0 ? "Keep the stock as it is" : "Reorder these products"));
        insights.add(insight(
                "Customer Value",
                "A customer is worth " + average + " on average",
                average,
                "Look after the customers of the higher tiers"));
        return StepResult.success(
                Members.of(
                        "insights", insights,
                        "health_score", health(perCustomer, alerts, average),
                        "total_metrics_analyzed", metrics.size(),
                        "pipeline_complete", true,
                        "generated_at", Ids.now(clock)),
                Map.of(
                        "operation", "generate_insights",
                        "source_step", "aggregate_metrics",
                        "insights_generated", insights.size()));
    }

    private static Map<String, @Nullable Object> insight(
            String category, String finding, BigDecimal metric, String recommendation) {
        return Members.of("category", category, "finding", finding, "metric", metric, "recommendation", recommendation);
    }

    private static Map<String, @Nullable Object> health(BigDecimal perCustomer, BigDecimal alerts, BigDecimal average) {
        int score = (perCustomer.compareTo(BigDecimal.valueOf(500)) > 0 ? 40 : 0)
                + (alerts.signum() == 0 ? 30 : 0)
                + (average.compareTo(BigDecimal.valueOf(3_000)) > 0 ? 30 : 0);
        String rating = score >= 80 ? "Excellent" : score >= 60 ? "Good" : score >= 40 ? "Fair" : "Needs Improvement";
        return Members.of("score", score, "max_score", 100, "rating", rating);
    }
}
