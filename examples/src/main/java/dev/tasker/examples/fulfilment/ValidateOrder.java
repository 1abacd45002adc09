package dev.tasker.examples.fulfilment;

import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks customer and items and adds up the order. */
record ValidateOrder(InstantSource clock) implements DeclaredFailure.Body {

    private static final BigDecimal TOTAL_MAX = new BigDecimal(50_000);

    /** A checked line of the order. */
    private record Line(Product product, int quantity, BigDecimal unitPrice) {

        BigDecimal total() {
            return unitPrice.multiply(BigDecimal.valueOf(quantity));
        }

        Map<String, Object> asResult() {
            var result = new LinkedHashMap<String, Object>();
            result.put("sku", product.sku());
            result.put("product_name", product.name());
            result.put("quantity", quantity);
            result.put("unit_price", unitPrice);
            result.put("line_total", total());
            result.put("available_stock", product.stock());
            result.put("category", product.category());
            return result;
        }
    }

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        long customerId = customerId(context.input("customer"));
        List<Line> lines = lines(context.input("items"));
        BigDecimal total = lines.stream().map(Line::total).reduce(BigDecimal.ZERO, BigDecimal::add);
        if (total.compareTo(TOTAL_MAX) > 0) {
            throw invalid("ORDER_TOTAL_TOO_HIGH", "order total: " + total + " (expected: <= " + TOTAL_MAX + ")");
        }
        var result = new LinkedHashMap<String, Object>();
        result.put("customer_validated", true);
        result.put("customer_id", customerId);
        result.put("validated_items", lines.stream().map(Line::asResult).toList());
        result.put("order_total", total);
        result.put("validation_status", "complete");
        result.put("validated_at", Ids.now(clock));
        return StepResult.success(
                result,
                Map.of(
                        "operation",
                        "validate_order",
                        "item_count",
                        lines.size(),
                        "input_refs",
                        Map.of("customer", "task.context.customer", "items", "task.context.items")));
    }

    private static long customerId(@Nullable JsonNode customer) throws DeclaredFailure {
        if (customer == null || !customer.isObject()) {
            throw invalid("MISSING_CUSTOMER_INFO", "customer: " + customer + " (expected: an object)");
        }
        JsonNode id = customer.get("id");
        if (id == null || !id.isIntegralNumber() || !id.canConvertToLong()) {
            throw invalid("MISSING_CUSTOMER_ID", "customer.id: " + id + " (expected: an integer)");
        }
        JsonNode email = customer.get("email");
        if (email == null || !email.isString() || email.stringValue().isBlank()) {
            throw invalid("MISSING_CUSTOMER_EMAIL", "customer.email: " + email + " (expected: a text)");
        }
        return id.longValue();
    }

    private static List<Line> lines(@Nullable JsonNode items) throws DeclaredFailure {
        if (items == null) {
            throw invalid("MISSING_ORDER_ITEMS", "items: null (expected: an array)");
        }
        if (!items.isArray()) {
            throw invalid("INVALID_ORDER_ITEMS", "items: " + items.getNodeType() + " (expected: an array)");
        }
        if (items.isEmpty()) {
            throw invalid("EMPTY_ORDER_ITEMS", "items: [] (expected: at least one item)");
        }
        var lines = new ArrayList<Line>();
        for (int index = 0; index < items.size(); index++) {
            lines.add(line(items.get(index), index));
        }
        return lines;
    }

    private static Line line(JsonNode item, int index) throws DeclaredFailure {
        JsonNode sku = item.get("sku");
        JsonNode quantity = item.get("quantity");
        JsonNode price = item.get("price");
        if (sku == null
                || !sku.isString()
                || quantity == null
                || !quantity.isIntegralNumber()
                || price == null
                || !price.isNumber()) {
            throw invalid("INVALID_ORDER_ITEM", "item " + index + ": " + item + " (expected: sku, quantity, price)")
                    .with("item_index", index);
        }
        if (!quantity.canConvertToInt() || quantity.intValue() <= 0) {
            throw invalid("INVALID_QUANTITY", "quantity: " + quantity + " (expected: > 0)")
                    .with("sku", sku.stringValue());
        }
        BigDecimal unitPrice = price.decimalValue();
        if (unitPrice.signum() <= 0) {
            throw invalid("INVALID_PRICE", "price: " + price + " (expected: > 0)")
                    .with("sku", sku.stringValue());
        }
        Product product = Product.find(sku.stringValue());
        if (product == null) {
            throw invalid("PRODUCT_NOT_FOUND", "sku: " + sku + " (expected: an article of the catalogue)")
                    .with("sku", sku.stringValue());
        }
        return new Line(product, quantity.intValue(), unitPrice);
    }
}
