package dev.tasker.examples.fulfilment;

import static dev.tasker.examples.DeclaredFailure.invalid;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Ids;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Buys a label for the parcel. */
record ShipOrder(InstantSource clock) implements DeclaredFailure.Body {

    private static final BigDecimal WEIGHT_RATE = new BigDecimal("2.5");
    private static final BigDecimal ITEM_WEIGHT = new BigDecimal("0.5");

    /** A carrier's offer. */
    private enum Service {
        STANDARD("UPS", "UPS Ground", "8.99", 5, "UPS"),
        EXPRESS("FedEx", "FedEx Express", "15", 2, "1Z"),
        OVERNIGHT("FedEx", "FedEx Overnight", "25", 1, "1Z");

        final String carrier;
        final String title;
        final BigDecimal basePrice;
        final int businessDays;
        final String trackingPrefix;

        Service(String carrier, String title, String basePrice, int businessDays, String trackingPrefix) {
            this.carrier = carrier;
            this.title = title;
            this.basePrice = new BigDecimal(basePrice);
            this.businessDays = businessDays;
            this.trackingPrefix = trackingPrefix;
        }

        static Service of(String method) {
            return switch (method) {
                case "express" -> EXPRESS;
                case "overnight" -> OVERNIGHT;
                default -> STANDARD; // the rule for any other text
            };
        }
    }

    @Override
    public StepResult.Success run(StepContext context) throws DeclaredFailure {
        for (String step : new String[] {"validate_order", "reserve_inventory", "process_payment"}) {
            if (context.dependencyResult(step) == null) {
                throw new IllegalStateException("result of step " + step + " is missing");
            }
        }
        Service service = service(context.input("shipping"));
        JsonNode items = context.dependencyField("validate_order", "validated_items");
        Instant now = clock.instant();
        String shipment = "SHIP-" + Ids.hex(12);

        var result = new LinkedHashMap<String, Object>();
        result.put("shipment_id", shipment);
        result.put("tracking_number", service.trackingPrefix + Ids.hex(16));
        result.put("shipping_status", "label_created");
        result.put("estimated_delivery", delivery(now, service.businessDays).toString());
        result.put("shipping_cost", cost(service, items == null ? 0 : items.size()));
        result.put("carrier", service.carrier);
        result.put("service_type", service.title);
        result.put(
                "label_url",
                "https://labels." + service.carrier.toLowerCase(Locale.ROOT) + ".com/" + shipment + ".pdf");
        result.put("processed_at", Ids.timestamp(now));
        return StepResult.success(
                result,
                Map.of(
                        "operation",
                        "ship_order",
                        "carrier",
                        service.carrier,
                        "input_refs",
                        Map.of(
                                "order", "step.validate_order.result",
                                "reservation", "step.reserve_inventory.result",
                                "payment", "step.process_payment.result",
                                "shipping", "task.context.shipping",
                                "customer", "task.context.customer")));
    }

    private static Service service(@Nullable JsonNode shipping) throws DeclaredFailure {
        if (shipping == null || !shipping.isObject()) {
            throw invalid("MISSING_SHIPPING_INFO", "shipping: " + shipping + " (expected: an object)");
        }
        JsonNode address = shipping.get("address");
        if (address == null || address.isNull()) {
            throw invalid("MISSING_SHIPPING_ADDRESS", "shipping.address is missing (expected: an address)");
        }
        return Service.of(shipping.path("method").asString("standard"));
    }

    /** The first item is in the base price. */
    private static BigDecimal cost(Service service, int items) {
        BigDecimal surplusWeight = ITEM_WEIGHT
                .multiply(BigDecimal.valueOf(items))
                .subtract(BigDecimal.ONE)
                .max(BigDecimal.ZERO);
        return service.basePrice.add(WEIGHT_RATE.multiply(surplusWeight)).setScale(2, RoundingMode.HALF_UP);
    }

    private static LocalDate delivery(Instant now, int businessDays) {
        LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
        for (int left = businessDays; left > 0; ) {
            day = day.plusDays(1);
            if (day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY) {
                left--;
            }
        }
        return day;
    }
}
