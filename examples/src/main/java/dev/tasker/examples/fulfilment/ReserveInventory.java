package dev.tasker.examples.fulfilment;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sets the validated quantities aside for a quarter of an hour. */
record ReserveInventory(InstantSource clock) implements DeclaredFailure.Body {

    private static final Duration HELD_FOR = Duration.ofMinutes(15);

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        if (context.dependencyResult("validate_order") == null) {
            throw DeclaredFailure.dependency(
                    "MISSING_DEPENDENCY_RESULTS",
                    "result of step validate_order: null (expected: the validated order)");
        }
        JsonNode items = context.dependencyField("validate_order", "validated_items");
        if (items == null || !items.isArray() || items.isEmpty()) {
            throw DeclaredFailure.invalid(
                    "NO_VALIDATED_ITEMS", "validated_items: " + items + " (expected: at least one item)");
        }
        requireStock(items);

        Instant now = clock.instant();
        String reservation = "RES-" + now.getEpochSecond() + "-" + Ids.hex(8);
        var details = new ArrayList<Map<String, Object>>();
        BigDecimal value = BigDecimal.ZERO;
        for (JsonNode item : items) {
            details.add(detail(item, reservation));
            value = value.add(item.path("line_total").decimalValue());
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("reservation_id", reservation);
        result.put("items_reserved", details.size());
        result.put("reservation_status", "confirmed");
        result.put("total_reserved_value", value);
        result.put("expires_at", Ids.timestamp(now.plus(HELD_FOR)));
        result.put("reserved_at", Ids.timestamp(now));
        result.put("reservation_details", details);
        return StepResult.success(
                result,
                Map.of(
                        "operation",
                        "reserve_inventory",
                        "item_count",
                        details.size(),
                        "input_refs",
                        Map.of("validated_items", "step.validate_order.result.validated_items")));
    }

    /** Lines of the same article count together. */
    private static void requireStock(JsonNode items) throws DeclaredFailure {
        var wanted = new HashMap<String, Long>();
        for (JsonNode item : items) {
            String sku = item.path("sku").asString("");
            long quantity = wanted.merge(sku, item.path("quantity").asLong(0), Long::sum);
            if (quantity > stock(Product.find(sku))) {
                throw new DeclaredFailure(StepResult.failure("quantity of " + sku + ": " + quantity
                                + " (expected: <= stock of " + stock(Product.find(sku)) + ")")
                        .type("InventoryError")
                        .code("INSUFFICIENT_STOCK")
                        .context("sku", sku)
                        .context("requested_quantity", quantity));
            }
        }
    }

    private static int stock(@Nullable Product product) {
        return product == null ? 0 : product.stock();
    }

    private static Map<String, Object> detail(JsonNode item, String reservation) {
        String sku = item.path("sku").asString("");
        Product product = Product.find(sku);
        var detail = new LinkedHashMap<String, Object>();
        detail.put("sku", sku);
        detail.put("product_name", item.path("product_name"));
        detail.put("quantity_requested", item.path("quantity"));
        detail.put("quantity_reserved", item.path("quantity"));
        detail.put("unit_price", item.path("unit_price"));
        detail.put("line_total", item.path("line_total"));
        detail.put("stock_location", product == null ? "" : product.location());
        detail.put("reservation_reference", reservation + "-" + sku);
        return detail;
    }
}
