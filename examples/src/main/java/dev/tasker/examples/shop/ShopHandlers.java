package dev.tasker.examples.shop;

import static dev.tasker.examples.DeclaredFailure.dependency;
import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.examples.Members;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The five steps of a shop's order under their callables. */
public final class ShopHandlers {
    private final InstantSource clock;

    private ShopHandlers(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The handlers by callable.
     *
     * @param clock tells when things happened
     */
    public static HandlerRegistry registry(InstantSource clock) {
        var steps = new ShopHandlers(clock);
        DeclaredFailure.Body cart = new ValidateCart();
        DeclaredFailure.Body payment = steps::processPayment;
        DeclaredFailure.Body inventory = steps::updateInventory;
        DeclaredFailure.Body order = steps::createOrder;
        DeclaredFailure.Body confirmation = steps::sendConfirmation;
        return HandlerRegistry.builder()
                .handler("ecommerce_validate_cart", cart.asHandler())
                .handler("ecommerce_process_payment", payment.asHandler())
                .handler("ecommerce_update_inventory", inventory.asHandler())
                .handler("ecommerce_create_order", order.asHandler())
                .handler("ecommerce_send_confirmation", confirmation.asHandler())
                .build();
    }

    private StepResult.Success processPayment(StepContext context) throws DeclaredFailure {
        JsonNode total = required(context, "validate_cart", "total");
        JsonNode payment = context.input("payment_info");
        String method = Members.text(payment, "method");
        String token = Members.text(payment, "token");
        if (method == null || token == null) {
            throw invalid("MISSING_PAYMENT_INFO", "payment_info: " + payment + " (expected: method and token)");
        }
        switch (token) {
            case "tok_test_declined" -> throw refused("CARD_DECLINED", method, total, false);
            case "tok_test_insufficient_funds" -> throw refused("INSUFFICIENT_FUNDS", method, total, false);
            case "tok_test_network_error" -> throw refused("NETWORK_ERROR", method, total, true);
            default -> {} // the mock accepts any other card
        }
        return StepResult.success(
                Members.of(
                        "transaction_id",
                        Ids.of("txn", 12),
                        "amount_charged",
                        total,
                        "payment_method",
                        method,
                        "status",
                        "completed",
                        "timestamp",
                        Ids.now(clock)),
                Map.of("payment_gateway", "mock_gateway"));
    }

    private static DeclaredFailure refused(String code, String method, JsonNode amount, boolean retryable) {
        StepResult.Failure failure = StepResult.failure("payment refused: " + code)
                .type("PaymentError")
                .code(code)
                .context("payment_method", method)
                .context("amount", amount);
        return new DeclaredFailure(retryable ? failure : failure.permanent());
    }

    private StepResult.Success updateInventory(StepContext context) throws DeclaredFailure {
        List<Object> reservations = new ArrayList<>();
        int reserved = 0;
        for (JsonNode item : required(context, "validate_cart", "validated_items")) {
            int quantity = item.path("quantity").asInt();
            reserved += quantity;
            reservations.add(Members.of(
                    "reservation_id",
                    Ids.of("res", 8),
                    "product_id",
                    item.get("product_id"),
                    "quantity_reserved",
                    quantity,
                    "status",
                    "reserved"));
        }
        return StepResult.success(
                Members.of(
                        "reservations", reservations,
                        "total_items_reserved", reserved,
                        "reservation_timestamp", Ids.now(clock)),
                Map.of("inventory_system", "mock_inventory"));
    }

    private StepResult.Success createOrder(StepContext context) throws DeclaredFailure {
        JsonNode items = required(context, "validate_cart", "validated_items");
        JsonNode transaction = required(context, "process_payment", "transaction_id");
        JsonNode amount = required(context, "process_payment", "amount_charged");
        JsonNode reservations = required(context, "update_inventory", "reservations");
        JsonNode customer = customer(context);
        return StepResult.success(
                Members.of(
                        "order_id",
                        "ORD-" + Ids.hex(8),
                        "customer",
                        Members.of(
                                "email", Members.text(customer, "email"),
                                "name", Members.text(customer, "name"),
                                "phone", Members.text(customer, "phone")),
                        "items",
                        items,
                        "payment",
                        Members.of("transaction_id", transaction, "amount", amount),
                        "inventory_reservations",
                        reservations,
                        "status",
                        "confirmed",
                        "created_at",
                        Ids.now(clock)),
                Map.of("order_system", "mock_orders"));
    }

    private StepResult.Success sendConfirmation(StepContext context) throws DeclaredFailure {
        JsonNode order = required(context, "create_order", "order_id");
        JsonNode count = required(context, "validate_cart", "item_count");
        JsonNode total = required(context, "validate_cart", "total");
        JsonNode customer = customer(context);
        return StepResult.success(
                Members.of(
                        "email_id", Ids.of("email", 12),
                        "recipient", Members.text(customer, "email"),
                        "order_id", order,
                        "subject", "Your order " + order.asString("") + " is confirmed",
                        "summary", Members.of("item_count", count, "order_total", total),
                        "status", "sent",
                        "sent_at", Ids.now(clock)),
                Map.of("email_provider", "mock_email"));
    }

    private static JsonNode customer(StepContext context) throws DeclaredFailure {
        @Nullable JsonNode customer = context.input("customer_info");
        if (customer == null || Members.text(customer, "email") == null || Members.text(customer, "name") == null) {
            throw invalid("MISSING_CUSTOMER_INFO", "customer_info: " + customer + " (expected: email and name)");
        }
        return customer;
    }

    private static JsonNode required(StepContext context, String step, String member) throws DeclaredFailure {
        JsonNode value = context.dependencyField(step, member);
        if (value == null) {
            throw dependency("MISSING_DEPENDENCY", "result of " + step + ": no " + member + " (expected: one)");
        }
        return value;
    }
}
