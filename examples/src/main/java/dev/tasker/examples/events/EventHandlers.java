package dev.tasker.examples.events;

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
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The four steps of an order whose template declares events, under their callables. Results are what the events carry. */
public final class EventHandlers {
    private static final String PREFIX = "domain_events::";

    private final InstantSource clock;

    private EventHandlers(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * The handlers by callable.
     *
     * @param clock tells when things happened
     */
    public static HandlerRegistry registry(InstantSource clock) {
        var steps = new EventHandlers(clock);
        DeclaredFailure.Body validate = steps::validateOrder;
        DeclaredFailure.Body pay = steps::processPayment;
        return HandlerRegistry.builder()
                .handler(PREFIX + "validate_order::ValidateOrderHandler", validate.asHandler())
                .handler(PREFIX + "process_payment::ProcessPaymentHandler", pay.asHandler())
                .handler(PREFIX + "update_inventory::UpdateInventoryHandler", steps::updateInventory)
                .handler(PREFIX + "send_notification::SendNotificationHandler", steps::sendNotification)
                .build();
    }

    private StepResult.Success validateOrder(StepContext context) throws DeclaredFailure {
        BigDecimal amount = Members.number(context.context(), "amount");
        String mode = context.configOr("validation_mode", "lenient");
        if (amount.signum() <= 0 && mode.equals("strict")) {
            throw DeclaredFailure.invalid("VALIDATION_ERROR", "amount: " + amount + " (expected: > 0)");
        }
        List<String> checks = new ArrayList<>(List.of("order_id_present", "customer_id_present"));
        if (amount.signum() > 0) {
            checks.add("amount_positive");
        }
        return success(
                Members.of(
                        "order_id",
                        orderId(context),
                        "validation_timestamp",
                        Ids.now(clock),
                        "validation_checks",
                        checks,
                        "validated",
                        true),
                "validation_mode",
                mode);
    }

    private StepResult.Success processPayment(StepContext context) throws DeclaredFailure {
        JsonNode fails = context.input("simulate_failure");
        if (fails != null && fails.asBoolean(false)) {
            throw new DeclaredFailure(StepResult.failure("the payment is declined on request")
                    .type("PaymentError")
                    .code("PAYMENT_DECLINED")
                    .context("order_id", orderId(context))
                    .context("failed_at", Ids.now(clock)));
        }
        return success(
                Members.of(
                        "transaction_id",
                        "TXN-" + UUID.randomUUID(),
                        "amount",
                        Members.number(context.context(), "amount"),
                        "payment_method",
                        "credit_card",
                        "processed_at",
                        Ids.now(clock),
                        "status",
                        "success"),
                "payment_provider",
                context.configOr("payment_provider", "mock"));
    }

    private StepResult updateInventory(StepContext context) {
        return success(
                Members.of(
                        "order_id", orderId(context),
                        "items",
                                List.of(
                                        Members.of("sku", "ITEM-001", "quantity", 1),
                                        Members.of("sku", "ITEM-002", "quantity", 2)),
                        "success", true,
                        "updated_at", Ids.now(clock)),
                "inventory_source",
                context.configOr("inventory_source", "mock"));
    }

    private StepResult sendNotification(StepContext context) {
        String channel = context.configOr("notification_type", "email");
        return success(
                Members.of(
                        "notification_id",
                        "NOTIF-" + UUID.randomUUID(),
                        "channel",
                        channel,
                        "recipient",
                        textOr(context, "customer_id", "unknown"),
                        "sent_at",
                        Ids.now(clock),
                        "status",
                        "delivered"),
                "notification_type",
                channel);
    }

    private static StepResult.Success success(Map<String, ?> value, String fact, String text) {
        return StepResult.success(value, Map.of(fact, text));
    }

    private static String orderId(StepContext context) {
        return textOr(context, "order_id", UUID.randomUUID().toString());
    }

    private static String textOr(StepContext context, String field, String fallback) {
        String text = Members.text(context.context(), field);
        return text == null ? fallback : text;
    }
}
