package dev.tasker.examples.demo;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.ValidationStepException;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Hands the parcels to the carrier. Tracking numbers follow from the order, so a repeated attempt makes no new ones. */
final class ShipParcel implements StepHandler {

    @Override
    public StepResult handle(StepContext context) {
        JsonNode parcels = context.dependencyField("pack_parcel", "parcels");
        if (parcels == null) {
            throw new ValidationStepException("nothing was packed");
        }
        return StepResult.success(shipped(
                Basket.of(context).orderNumber(),
                parcels.size(),
                context.input("delivery", JsonNode.class).path("express").asBoolean(false),
                context.configOr("carrier", "Snail Express")));
    }

    static Map<String, Object> shipped(String orderNumber, int parcels, boolean express, String carrier) {
        var tracking = new ArrayList<String>();
        for (int number = 1; number <= parcels; number++) {
            tracking.add(trackingNumber(orderNumber, number));
        }
        return Map.of("carrier", carrier, "tracking", tracking, "delivery_days", express ? 1 : 3);
    }

    /** Ten digits and a check digit by the Luhn rule, as carriers print below their bar codes. */
    static String trackingNumber(String orderNumber, int parcel) {
        long seed = Integer.toUnsignedLong((orderNumber + "/" + parcel).hashCode());
        String digits = String.format(Locale.ROOT, "%010d", seed);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit * 2 : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return "SX" + digits + (10 - sum % 10) % 10;
    }
}
