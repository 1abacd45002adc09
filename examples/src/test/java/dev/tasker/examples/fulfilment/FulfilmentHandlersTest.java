package dev.tasker.examples.fulfilment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.examples.Attempt;
import dev.tasker.examples.TemplateRun;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult.Failure;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class FulfilmentHandlersTest {

    private static final String PREFIX = "tasker_example_rs::step_handlers::order_fulfillment::";
    private static final String ORDER = """
        {'customer': {'id': 12345, 'name': 'Ada', 'email': 'ada@example.org'},
         'items': [{'sku': 'WIDGET-001', 'quantity': 2, 'price': 29.99},
                   {'sku': 'GADGET-002', 'quantity': 1, 'price': 149.99}],
         'payment': {'method': 'credit_card', 'token': 'tok'},
         'shipping': {'method': 'standard', 'address': {'city': 'Uppsala'}}}\
        """;
    private static final String CUSTOMER = "'customer': {'id': 1, 'email': 'a@b'}";

    /** A Thursday. */
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T12:00:00Z"));

    private final HandlerRegistry registry = FulfilmentHandlers.registry(CLOCK);

    @Test
    void sampleOrderIsFulfilled() throws Exception {
        TemplateRun workflow = TemplateRun.conformance("business_workflow.yaml");
        workflow.run(ORDER);

        JsonNode order = workflow.value("validate_order");
        assertThat(order.get("order_total").decimalValue()).isEqualByComparingTo("209.97");
        assertThat(order.get("customer_id").intValue()).isEqualTo(12345);
        assertThat(order.get("customer_validated").booleanValue()).isTrue();
        assertThat(order.get("validation_status").stringValue()).isEqualTo("complete");
        assertThat(order.at("/validated_items/0").propertyNames())
                .containsExactly(
                        "sku", "product_name", "quantity", "unit_price", "line_total", "available_stock", "category");
        assertThat(order.at("/validated_items/1/product_name").stringValue()).isEqualTo("Standard Gadget C");

        JsonNode reservation = workflow.value("reserve_inventory");
        assertThat(reservation.get("reservation_id").stringValue()).matches("RES-\\d+-[0-9A-F]+");
        assertThat(reservation.get("items_reserved").intValue()).isEqualTo(2);
        assertThat(reservation.get("total_reserved_value").decimalValue()).isEqualByComparingTo("209.97");
        assertThat(reservation.at("/reservation_details/0/stock_location").stringValue())
                .isEqualTo("WH-EAST-A1");
        assertThat(reservation
                        .at("/reservation_details/0/reservation_reference")
                        .stringValue())
                .isEqualTo(reservation.get("reservation_id").stringValue() + "-WIDGET-001");

        JsonNode payment = workflow.value("process_payment");
        assertThat(payment.get("payment_id").stringValue()).startsWith("PAY-");
        assertThat(payment.get("transaction_id").stringValue()).startsWith("TXN-");
        assertThat(payment.get("amount_charged")).isEqualTo(order.get("order_total"));
        assertThat(payment.at("/gateway_response/gateway_fee").decimalValue()).isEqualByComparingTo("6.09");
        assertThat(payment.at("/gateway_response/processing_time_ms").intValue())
                .isBetween(50, 249);
        assertThat(workflow.metadata("process_payment").get("http_headers").propertyNames())
                .containsExactlyInAnyOrder("X-Payment-Gateway", "X-Gateway-Request-ID", "X-Idempotency-Key");
        assertThat(workflow.metadata("process_payment")
                        .at("/execution_hints/requires_3ds_authentication")
                        .booleanValue())
                .isFalse();

        JsonNode shipment = workflow.value("ship_order");
        assertThat(shipment.get("carrier").stringValue()).isEqualTo("UPS");
        assertThat(shipment.get("tracking_number").stringValue()).matches("UPS[0-9A-F]+");
        assertThat(shipment.get("shipping_cost").decimalValue()).isEqualByComparingTo("8.99");
        assertThat(shipment.get("label_url").stringValue())
                .isEqualTo(
                        "https://labels.ups.com/" + shipment.get("shipment_id").stringValue() + ".pdf");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "MISSING_CUSTOMER_INFO | {}",
                "MISSING_CUSTOMER_INFO | {'customer': 'Ada'}",
                "MISSING_CUSTOMER_ID | {'customer': {'email': 'a@b'}}",
                "MISSING_CUSTOMER_ID | {'customer': {'id': 'x', 'email': 'a@b'}}",
                "MISSING_CUSTOMER_EMAIL | {'customer': {'id': 1}}",
                "MISSING_ORDER_ITEMS | {CUSTOMER}",
                "INVALID_ORDER_ITEMS | {CUSTOMER, 'items': {}}",
                "EMPTY_ORDER_ITEMS | {CUSTOMER, 'items': []}",
                "INVALID_ORDER_ITEM | {CUSTOMER, 'items': [{'sku': 'WIDGET-001', 'quantity': 1}]}",
                "INVALID_ORDER_ITEM | {CUSTOMER, 'items': [{'sku': 'WIDGET-001', 'price': 1}]}",
                "INVALID_ORDER_ITEM | {CUSTOMER, 'items': [7]}",
                "INVALID_QUANTITY | {CUSTOMER, 'items': [{'sku': 'WIDGET-001', 'quantity': 0, 'price': 1}]}",
                "INVALID_PRICE | {CUSTOMER, 'items': [{'sku': 'WIDGET-001', 'quantity': 1, 'price': 0}]}",
                "PRODUCT_NOT_FOUND | {CUSTOMER, 'items': [{'sku': 'NO', 'quantity': 1, 'price': 1}]}",
                "ORDER_TOTAL_TOO_HIGH | {CUSTOMER, 'items': [{'sku': 'WIDGET-001', 'quantity': 1, 'price': 50000.01}]}"
            })
    void incompleteOrderIsPermanent(String code, String context) throws Exception {
        Failure failure = Attempt.of(registry, PREFIX + "ValidateOrderHandler")
                .context(context.replace("CUSTOMER,", CUSTOMER + ",").replace("{CUSTOMER}", "{" + CUSTOMER + "}"))
                .fails();

        assertFailure(failure, code, "ValidationError", false);
    }

    @Test
    void wholeAmountsAreWorthTheSameWithAndWithoutFraction() throws Exception {
        String items = "{" + CUSTOMER + ", 'items': [{'sku': 'WIDGET-001', 'quantity': 100, 'price': PRICE}]}";
        Attempt validate = Attempt.of(registry, PREFIX + "ValidateOrderHandler");

        for (String price : List.of("500", "500.0", "5e2")) {
            assertThat(validate.context(items.replace("PRICE", price))
                            .value()
                            .get("order_total")
                            .decimalValue())
                    .isEqualByComparingTo(new BigDecimal(50_000));
        }
    }

    @Test
    void errorsOfAnItemNameIt() throws Exception {
        Attempt validate = Attempt.of(registry, PREFIX + "ValidateOrderHandler");

        assertThat(Attempt.tree(validate.context("{" + CUSTOMER + ", 'items': [{}]}")
                        .fails()
                        .context()))
                .isEqualTo(Attempt.tree(Map.of("item_index", 0)));
        assertThat(Attempt.tree(
                        validate.context("{" + CUSTOMER + ", 'items': [{'sku': 'NO', 'quantity': 1, 'price': 1}]}")
                                .fails()
                                .context()))
                .isEqualTo(Attempt.tree(Map.of("sku", "NO")));
    }

    @Test
    void reservationNeedsAValidatedOrder() throws Exception {
        Attempt reserve = Attempt.of(registry, PREFIX + "ReserveInventoryHandler");

        assertFailure(reserve.fails(), "MISSING_DEPENDENCY_RESULTS", "DependencyError", true);
        assertFailure(
                reserve.dependency("validate_order", "{'validated_items': []}").fails(),
                "NO_VALIDATED_ITEMS",
                "ValidationError",
                false);
    }

    @Test
    void reservationBeyondTheStockMayBeTriedAgain() throws Exception {
        Failure failure = Attempt.of(registry, PREFIX + "ReserveInventoryHandler")
                .dependency(
                        "validate_order",
                        "{'validated_items': [{'sku': 'WIDGET-002', 'quantity': 30}, {'sku': 'WIDGET-002', 'quantity':"
                                + " 21}]}")
                .fails();

        assertFailure(failure, "INSUFFICIENT_STOCK", "InventoryError", true);
        assertThat(Attempt.tree(failure.context()))
                .isEqualTo(Attempt.tree(Map.of("sku", "WIDGET-002", "requested_quantity", 51)));
        assertThat(Attempt.of(registry, PREFIX + "ReserveInventoryHandler")
                        .dependency("validate_order", "{'validated_items': [{'sku': 'GONE', 'quantity': 1}]}")
                        .fails()
                        .code())
                .isEqualTo("INSUFFICIENT_STOCK");
    }

    @Test
    void reservationLastsAQuarterOfAnHour() throws Exception {
        JsonNode reservation = Attempt.of(registry, PREFIX + "ReserveInventoryHandler")
                .dependency(
                        "validate_order",
                        "{'validated_items': [{'sku': 'WIDGET-001', 'quantity': 1, 'line_total': 5}]}")
                .value();

        assertThat(reservation.get("reserved_at").stringValue()).isEqualTo("2026-01-01T12:00:00.000000+00:00");
        assertThat(reservation.get("expires_at").stringValue()).isEqualTo("2026-01-01T12:15:00.000000+00:00");
    }

    @Test
    void paymentNeedsOrderReservationAndCard() throws Exception {
        Attempt pay = Attempt.of(registry, PREFIX + "ProcessPaymentHandler");

        assertFailure(pay.fails(), "MISSING_VALIDATION_RESULTS", "DependencyError", true);
        pay.dependency("validate_order", "{'order_total': 10}");
        assertFailure(pay.fails(), "MISSING_RESERVATION_RESULTS", "DependencyError", true);
        pay.dependency("reserve_inventory", "{'reservation_id': 'RES-1'}");
        assertFailure(pay.fails(), "MISSING_PAYMENT_INFO", "ValidationError", false);
        assertFailure(
                pay.context("{'payment': {'token': 't'}}").fails(), "MISSING_PAYMENT_METHOD", "ValidationError", false);
        assertFailure(
                pay.context("{'payment': {'method': 'm'}}").fails(), "MISSING_PAYMENT_TOKEN", "ValidationError", false);
        assertThat(pay.context("{'payment': {'method': 'm', 'token': 't'}}")
                        .value()
                        .get("amount_charged")
                        .intValue())
                .isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({
        "standard, UPS, UPS Ground, UPS, 2026-01-08, 8.99",
        "'', UPS, UPS Ground, UPS, 2026-01-08, 8.99",
        "express, FedEx, FedEx Express, 1Z, 2026-01-05, 15.00",
        "overnight, FedEx, FedEx Overnight, 1Z, 2026-01-02, 25.00"
    })
    void methodDecidesCarrierPriceAndDayOfDelivery(
            String method, String carrier, String service, String tracking, String day, String cost) throws Exception {
        String chosen = method.isEmpty() ? "" : "'method': '" + method + "', ";
        JsonNode shipment = shipment("[{}, {}]")
                .context("{'shipping': {" + chosen + "'address': 'Main Street 1'}}")
                .value();

        assertThat(shipment.get("carrier").stringValue()).isEqualTo(carrier);
        assertThat(shipment.get("service_type").stringValue()).isEqualTo(service);
        assertThat(shipment.get("tracking_number").stringValue()).startsWith(tracking);
        assertThat(shipment.get("estimated_delivery").stringValue()).isEqualTo(day);
        assertThat(shipment.get("shipping_cost").decimalValue()).isEqualByComparingTo(cost);
        assertThat(shipment.get("shipping_status").stringValue()).isEqualTo("label_created");
    }

    @Test
    void itemsBeyondTheSecondCostByWeight() throws Exception {
        JsonNode shipment = shipment("[{}, {}, {}, {}]")
                .context("{'shipping': {'address': 'Main Street 1'}}")
                .value();

        assertThat(shipment.get("shipping_cost").decimalValue()).isEqualByComparingTo("11.49");
    }

    @Test
    void shipmentNeedsAnAddressAndAllResults() throws Exception {
        assertFailure(shipment("[]").fails(), "MISSING_SHIPPING_INFO", "ValidationError", false);
        assertFailure(
                shipment("[]").context("{'shipping': {}}").fails(),
                "MISSING_SHIPPING_ADDRESS",
                "ValidationError",
                false);
        assertThatThrownBy(
                        () -> Attempt.of(registry, PREFIX + "ShipOrderHandler").run())
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("validate_order");
    }

    private Attempt shipment(String items) {
        return Attempt.of(registry, PREFIX + "ShipOrderHandler")
                .dependency("validate_order", "{'validated_items': " + items + "}")
                .dependency("reserve_inventory", "{}")
                .dependency("process_payment", "{}");
    }

    private static void assertFailure(Failure failure, String code, String type, boolean retryable) {
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.type()).isEqualTo(type);
        assertThat(failure.retryable()).isEqualTo(retryable);
        assertThat(failure.message()).isNotBlank();
    }
}
