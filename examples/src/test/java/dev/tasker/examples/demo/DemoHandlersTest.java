package dev.tasker.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.examples.Attempt;
import dev.tasker.examples.TemplateRun;
import dev.tasker.worker.PermanentStepException;
import dev.tasker.worker.RetryableStepException;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DemoHandlersTest {

    private static final String BASKET = """
        {'orderNumber': 'T-1', 'lines': [LINES], 'goods': 1000, 'shipping': 490, 'vatIncluded': 238,
         'total': TOTAL, 'grams': 1000}\
        """;
    private static final String ORDER = """
        {'order_number': 'T-1', 'customer': {'name': 'A', 'email': 'a@b', 'orders_before': 1},
         'lines': [{'article': 'assam-250', 'quantity': 2}],
         'delivery': {'city': 'X', 'country': 'SE'}, 'payment': {'card_ending': '1', 'card_country': 'SE'}}\
        """;

    private final TemplateRun workflow = TemplateRun.of(DemoHandlers.templateYaml(), DemoHandlers.registry());

    @Test
    void sampleOrderIsShipped() throws Exception {
        Map<String, StepResult> results = workflow.run(withoutHiccup());

        assertThat(results.keySet()).containsExactlyInAnyOrderElementsOf(workflow.stepNames());
        JsonNode basket = workflow.value("validate_order");
        assertThat(basket.get("goods").longValue()).isEqualTo(4 * 890 + 2 * 1_150 + 6_900 + 6 * 750);
        assertThat(basket.get("shipping").longValue()).isZero();
        assertThat(basket.get("vatIncluded").longValue()).isEqualTo(2_756);
        assertThat(workflow.value("check_fraud").get("verdict").stringValue()).isEqualTo("clear");
        assertThat(workflow.value("charge_payment").get("amount")).isEqualTo(basket.get("total"));
        assertThat(workflow.value("pack_parcel").get("parcels").size()).isEqualTo(1);
        assertThat(workflow.value("send_receipt").get("text").stringValue())
                .startsWith("Order T-2041\n4 x Assam, 250 g")
                .contains("Total", "172.60");
        assertThat(workflow.value("ship_parcel").get("delivery_days").intValue())
                .isEqualTo(3);
        assertThat(workflow.value("ship_parcel").get("carrier").stringValue()).isEqualTo("Snail Express");
    }

    @Test
    void sampleOrderMeetsAHiccupOfTheGatewayOnce() {
        String order = DemoHandlers.sampleOrderJson();

        assertThat(Attempt.JSON.readTree(order).get("simulate_gateway_hiccup").booleanValue())
                .isTrue();
        assertThatThrownBy(() -> workflow.run(order)).isInstanceOf(RetryableStepException.class);
    }

    @Test
    void secondAttemptToChargeSucceedsUnderTheSamePaymentName() throws Exception {
        Attempt charge = Attempt.of(DemoHandlers.registry(), "shop.charge_payment")
                .dependency("validate_order", basket("", 1_490))
                .context(ORDER.replace("{'order_number'", "{'simulate_gateway_hiccup': true, 'order_number'"));

        assertThatThrownBy(charge::run).hasMessage("payment gateway did not answer");
        JsonNode second = charge.number(2).value();
        JsonNode third = charge.number(3).value();

        assertThat(second.get("payment")).isEqualTo(third.get("payment"));
        assertThat(second.get("card").stringValue()).isEqualTo("**** 1");
        assertThat(charge.number(2).metadata()).isEqualTo(Attempt.tree(Map.of("attempt", 2)));
    }

    @Test
    void templateNamesItselfAndRetriesTheChargeSoon() {
        JsonNode template = workflow.template();

        assertThat(template.get("namespace_name").stringValue()).isEqualTo("shop");
        assertThat(template.get("name").stringValue()).isEqualTo("order");
        assertThat(template.get("version").stringValue()).isEqualTo("1.0.0");
        assertThat(template.at("/steps/3/retry/backoff_base_ms").intValue()).isEqualTo(150);
        assertThat(template.get("steps")
                        .valueStream()
                        .map(step -> step.at("/handler/callable").stringValue()))
                .allMatch(callable -> DemoHandlers.registry().find("shop", callable) != null)
                .hasSize(DemoHandlers.registry().keys().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "EMPTY_ORDER | 'lines': []",
                "UNKNOWN_ARTICLE | 'lines': [{'article': 'coffee', 'quantity': 1}]",
                "BAD_QUANTITY | 'lines': [{'article': 'assam-250', 'quantity': 0}]",
                "BAD_EMAIL | 'lines': [{'article': 'assam-250', 'quantity': 1}]"
            })
    void orderWithAMistakeIsPermanent(String code, String lines) {
        Attempt validate = Attempt.of(DemoHandlers.registry(), "shop.validate_order")
                .context("{'order_number': 'T-1', 'customer': {'email': 'nobody'}, " + lines + "}");

        assertThatThrownBy(validate::run)
                .isInstanceOfSatisfying(
                        PermanentStepException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void smallOrderPaysForShipping() throws Exception {
        JsonNode basket = Attempt.of(DemoHandlers.registry(), "shop.validate_order")
                .context(ORDER)
                .value();

        assertThat(basket.get("shipping").intValue()).isEqualTo(490);
        assertThat(basket.get("total").intValue()).isEqualTo(2 * 890 + 490);
    }

    @Test
    void stockOfTheNextWarehouseFillsUp() throws Exception {
        JsonNode picks = reserve("teapot-iron", 5).value().get("picks");

        assertThat(picks)
                .isEqualTo(Attempt.tree(List.of(
                        Map.of("article", "teapot-iron", "warehouse", "Gothenburg", "pieces", 3),
                        Map.of("article", "teapot-iron", "warehouse", "Hamburg", "pieces", 2))));
    }

    @Test
    void orderBeyondAllStockIsPermanent() {
        assertThatThrownBy(() -> reserve("teapot-iron", 13).run()).hasMessage("1 pieces of teapot-iron are missing");
        assertThatThrownBy(() -> reserve("vanished", 1).run()).isInstanceOf(PermanentStepException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, SE, 1490, clear", "0, SE, 1490, clear", "1, US, 1490, watch", "0, SE, 60000, watch"})
    void unusualOrdersAreWatched(int ordersBefore, String cardCountry, long total, String verdict) throws Exception {
        assertThat(fraud(ordersBefore, cardCountry, total, 1)
                        .value()
                        .get("verdict")
                        .stringValue())
                .isEqualTo(verdict);
    }

    @Test
    void orderUnusualInEveryWayIsRefusedForGood() throws Exception {
        StepResult.Failure failure = fraud(0, "US", 60_000, 21).fails();

        assertThat(failure.code()).isEqualTo("FRAUD_SUSPECTED");
        assertThat(failure.retryable()).isFalse();
        assertThat(Attempt.tree(failure.context())).isEqualTo(Attempt.tree(Map.of("score", 100)));
        assertThat(failure.message()).contains("card from US, delivery to SE");
    }

    @Test
    void parcelsNeverExceedTheirWeight() throws Exception {
        JsonNode parcels = Attempt.of(DemoHandlers.registry(), "shop.pack_parcel")
                .initialization("{'parcel_grams_max': 2000}")
                .dependency(
                        "validate_order",
                        basket(line("assam-250", 5, 260) + "," + line("teapot-iron", 2, 1_800), 1_490))
                .value()
                .get("parcels");

        assertThat(parcels.size()).isEqualTo(3);
        assertThat(parcels.valueStream().map(parcel -> parcel.get("grams").intValue()))
                .containsExactly(1_800, 1_800, 1_300);
    }

    @Test
    void receiptNeedsAPayment() {
        assertThatThrownBy(() -> Attempt.of(DemoHandlers.registry(), "shop.send_receipt")
                        .dependency("validate_order", basket("", 1_490))
                        .run())
                .isInstanceOf(ValidationStepException.class);
    }

    @Test
    void shipmentNeedsParcelsAndExpressIsFaster() throws Exception {
        Attempt ship = Attempt.of(DemoHandlers.registry(), "shop.ship_parcel")
                .dependency("validate_order", basket("", 1_490))
                .context("{'delivery': {'express': true}}");

        assertThatThrownBy(ship::run).isInstanceOf(ValidationStepException.class);
        JsonNode shipped = ship.dependency("pack_parcel", "{'parcels': [{'number': 1}, {'number': 2}]}")
                .value();

        assertThat(shipped.get("delivery_days").intValue()).isEqualTo(1);
        assertThat(shipped.get("tracking").size()).isEqualTo(2);
        assertThat(ship.value()).isEqualTo(shipped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"T-1", "T-2041", "", "order"})
    void trackingNumberHasALuhnCheckDigit(String orderNumber) {
        String number = ShipParcel.trackingNumber(orderNumber, 1);

        assertThat(number).matches("SX\\d{11}");
        int sum = 0;
        for (int i = 0; i < 11; i++) {
            int digit = number.charAt(12 - i) - '0';
            sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
        }
        assertThat(sum % 10).isZero();
    }

    private static Attempt reserve(String article, int quantity) {
        return Attempt.of(DemoHandlers.registry(), "shop.reserve_stock")
                .dependency("validate_order", basket(line(article, quantity, 100), 1_490));
    }

    private static Attempt fraud(int ordersBefore, String cardCountry, long total, int quantity) {
        return Attempt.of(DemoHandlers.registry(), "shop.check_fraud")
                .context(ORDER.replace("'orders_before': 1", "'orders_before': " + ordersBefore)
                        .replace("'card_country': 'SE'", "'card_country': '" + cardCountry + "'"))
                .dependency("validate_order", basket(line("assam-250", quantity, 260), total));
    }

    private static String basket(String lines, long total) {
        return BASKET.replace("LINES", lines).replace("TOTAL", Long.toString(total));
    }

    private static String line(String article, int quantity, int grams) {
        return "{'article': '%s', 'title': 'x', 'quantity': %d, 'unitPrice': 1, 'price': 1, 'grams': %d}"
                .formatted(article, quantity, grams);
    }

    private static String withoutHiccup() {
        return DemoHandlers.sampleOrderJson()
                .replace("\"simulate_gateway_hiccup\": true", "\"simulate_gateway_hiccup\": false");
    }
}
