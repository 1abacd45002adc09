package dev.tasker.examples.pipeline;

import dev.tasker.examples.Members;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fixed records that the pipeline extracts. */
final class Source {

    private Source() {}

    static List<Map<String, @Nullable Object>> sales() {
        return List.of(
                sale("ORD-001", "2025-11-01", "PROD-A", 5, "499.95"),
                sale("ORD-002", "2025-11-05", "PROD-B", 3, "299.97"),
                sale("ORD-003", "2025-11-10", "PROD-A", 2, "199.98"),
                sale("ORD-004", "2025-11-15", "PROD-C", 10, "1499.90"),
                sale("ORD-005", "2025-11-18", "PROD-B", 7, "699.93"));
    }

    static List<Map<String, @Nullable Object>> inventory() {
        return List.of(
                stock("PROD-A", "SKU-A-001", "WH-01", 150, 50),
                stock("PROD-B", "SKU-B-002", "WH-01", 75, 25),
                stock("PROD-C", "SKU-C-003", "WH-02", 200, 100),
                stock("PROD-A", "SKU-A-001", "WH-02", 100, 50),
                stock("PROD-B", "SKU-B-002", "WH-03", 50, 25));
    }

    static List<Map<String, @Nullable Object>> customers() {
        return List.of(
                customer("CUST-001", "Alice Johnson", "gold", 5_000, "2024-01-15"),
                customer("CUST-002", "Bob Smith", "silver", 2_500, "2024-03-20"),
                customer("CUST-003", "Carol White", "premium", 15_000, "2023-11-10"),
                customer("CUST-004", "David Brown", "standard", 500, "2025-01-05"),
                customer("CUST-005", "Eve Davis", "gold", 7_500, "2024-06-12"));
    }

    private static Map<String, @Nullable Object> sale(
            String order, String date, String product, int quantity, String amount) {
        return Members.of(
                "order_id", order,
                "date", date,
                "product_id", product,
                "quantity", quantity,
                "amount", new BigDecimal(amount));
    }

    private static Map<String, @Nullable Object> stock(
            String product, String sku, String warehouse, int onHand, int reorderPoint) {
        return Members.of(
                "product_id", product,
                "sku", sku,
                "warehouse", warehouse,
                "quantity_on_hand", onHand,
                "reorder_point", reorderPoint);
    }

    private static Map<String, @Nullable Object> customer(
            String id, String name, String tier, int lifetimeValue, String joined) {
        return Members.of(
                "customer_id", id,
                "name", name,
                "tier", tier,
                "lifetime_value", lifetimeValue,
                "join_date", joined);
    }
}
