package dev.tasker.examples.demo;

import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.annotated.Config;
import dev.tasker.worker.annotated.DependsOn;
import dev.tasker.worker.annotated.Handles;
import dev.tasker.worker.annotated.Input;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The same seven steps as {@link DemoHandlers}, each a method whose parameters say what it needs. */
public final class AnnotatedShop {

    /** The customer of an order; others of its members do not matter here. */
    record Customer(@Nullable String email, @Nullable Integer orders_before) {}

    /** Where an order goes. */
    record Delivery(String country, @Nullable Boolean express) {}

    /** What an order is paid with. */
    record Card(String card_ending, String card_country) {}

    /** What {@code charge_payment} answers, as far as the receipt needs it. */
    record Payment(String payment) {}

    /** What {@code pack_parcel} answers, as far as the carrier needs it. */
    record Packed(List<Map<String, Object>> parcels) {}

    /** The handlers of all steps of {@link DemoHandlers#templateYaml()}, for any namespace. */
    public static HandlerRegistry registry() {
        return HandlerRegistry.builder().annotated(new AnnotatedShop()).build();
    }

    // guide: validate
    @Handles("shop.validate_order")
    Basket validateOrder(
            @Input("order_number") String orderNumber,
            @Input("lines") List<ValidateOrder.Ordered> lines,
            @Input("customer") Customer customer,
            @Config(value = "shipping_cents", orElse = "490") int shippingCents,
            @Config(value = "free_shipping_from_cents", orElse = "5000") int freeFromCents,
            @Config(value = "vat_percent", orElse = "19") int vatPercent) {
        String email = customer.email() == null ? "" : customer.email();
        return ValidateOrder.priced(
                orderNumber, lines, email, new ValidateOrder.Prices(shippingCents, freeFromCents, vatPercent));
    }
    // guide end

    // guide: reserve
    @Handles("shop.reserve_stock")
    Map<String, Object> reserveStock(@DependsOn("validate_order") Basket basket) {
        return ReserveStock.reserve(basket);
    }
    // guide end

    @Handles("shop.check_fraud")
    StepResult checkFraud(
            @DependsOn("validate_order") Basket basket,
            @Input("customer") Customer customer,
            @Input("delivery") Delivery delivery,
            @Input("payment") Card card,
            @Config(value = "watch_from", orElse = "40") int watchFrom,
            @Config(value = "refuse_from", orElse = "80") int refuseFrom) {
        int ordersBefore = customer.orders_before() == null ? 0 : customer.orders_before();
        return CheckFraud.assessed(
                basket,
                new CheckFraud.Customs(ordersBefore, delivery.country(), card.card_country()),
                watchFrom,
                refuseFrom);
    }

    // guide: charge
    @Handles("shop.charge_payment")
    StepResult chargePayment(
            @DependsOn("validate_order") Basket basket,
            @Input("payment") Card card,
            @Config(value = "currency", orElse = "EUR") String currency,
            @Input(value = "simulate_gateway_hiccup", orElse = "false") boolean hiccup,
            StepContext step) {
        return ChargePayment.charged(basket, card.card_ending(), currency, hiccup, step);
    }
    // guide end

    @Handles("shop.pack_parcel")
    Map<String, Object> packParcel(
            @DependsOn("validate_order") Basket basket,
            @Config(value = "parcel_grams_max", orElse = "5000") int gramsMax) {
        return PackParcel.pack(basket, gramsMax);
    }

    @Handles("shop.send_receipt")
    Map<String, String> sendReceipt(
            @DependsOn("validate_order") Basket basket,
            @DependsOn("charge_payment") Payment payment,
            @Input("customer") Customer customer) {
        return SendReceipt.receipt(basket, payment.payment(), customer.email() == null ? "" : customer.email());
    }

    @Handles("shop.ship_parcel")
    Map<String, Object> shipParcel(
            @DependsOn("validate_order") Basket basket,
            @DependsOn("pack_parcel") Packed packed,
            @Input("delivery") Delivery delivery,
            @Config(value = "carrier", orElse = "Snail Express") String carrier) {
        return ShipParcel.shipped(
                basket.orderNumber(), packed.parcels().size(), Boolean.TRUE.equals(delivery.express()), carrier);
    }
}
