package dev.tasker.examples.shop;

import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Members;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Looks the cart's items up in the catalogue and adds them up. */
record ValidateCart() implements DeclaredFailure.Body {
    private static final BigDecimal TAX = new BigDecimal("0.08");
    private static final BigDecimal SHIPPING = new BigDecimal("5.99");

    private enum Product {
        WIDGET_A("Widget A", "29.99", 100),
        WIDGET_B("Widget B", "49.99", 50),
        WIDGET_C("Widget C", "99.99", 25);

        private final String title;
        private final BigDecimal price;
        private final int stock;

        Product(String title, String price, int stock) {
            this.title = title;
            this.price = new BigDecimal(price);
            this.stock = stock;
        }

        static @Nullable Product find(long id) {
            return id < 1 || id > values().length ? null : values()[(int) id - 1];
        }
    }

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        JsonNode cart = context.input("cart_items");
        if (cart == null || !cart.isArray()) {
            throw malformed(String.valueOf(cart));
        }
        if (cart.isEmpty()) {
            throw invalid("EMPTY_CART", "cart_items: [] (expected: one item at least)");
        }
        List<Object> items = new ArrayList<>();
        BigDecimal subtotal = BigDecimal.ZERO;
        long count = 0;
        for (JsonNode item : cart) {
            if (!item.path("product_id").isIntegralNumber()
                    || !item.path("quantity").isIntegralNumber()
                    || item.path("quantity").asLong(0) < 1) {
                throw malformed(item.toString());
            }
            long id = item.path("product_id").asLong(0);
            long quantity = item.path("quantity").asLong(0);
            Product product = available(id, quantity);
            BigDecimal line = product.price.multiply(BigDecimal.valueOf(quantity));
            subtotal = subtotal.add(line);
            count += quantity;
            items.add(Members.of(
                    "product_id", id,
                    "product_name", product.title,
                    "quantity", quantity,
                    "unit_price", product.price,
                    "line_total", line));
        }
        BigDecimal tax = Members.rounded(subtotal.multiply(TAX), 2);
        return StepResult.success(
                Members.of(
                        "validated_items", items,
                        "subtotal", subtotal,
                        "tax", tax,
                        "shipping", SHIPPING,
                        "total", Members.rounded(subtotal.add(tax).add(SHIPPING), 2),
                        "item_count", count),
                Map.of("validation_type", "cart"));
    }

    private static Product available(long id, long quantity) throws DeclaredFailure {
        Product product = Product.find(id);
        if (product == null) {
            throw invalid("PRODUCT_NOT_FOUND", "product_id: " + id + " (expected: one of the catalogue)")
                    .with("product_id", id);
        }
        if (quantity > product.stock) {
            throw invalid("INSUFFICIENT_STOCK", "quantity: " + quantity + " (expected: <= " + product.stock + ")")
                    .with("product_id", id)
                    .with("requested", quantity)
                    .with("available", product.stock);
        }
        return product;
    }

    private static DeclaredFailure malformed(String found) {
        return invalid("MISSING_CART_ITEMS", "cart_items: " + found + " (expected: items of product_id and quantity)");
    }
}
