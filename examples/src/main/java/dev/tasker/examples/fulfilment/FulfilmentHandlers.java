package dev.tasker.examples.fulfilment;

import dev.tasker.worker.HandlerRegistry;
import java.time.InstantSource;

/** The four steps of order fulfilment under their callables. */
public final class FulfilmentHandlers {

    private static final String PREFIX = "tasker_example_rs::step_handlers::order_fulfillment::";

    private FulfilmentHandlers() {}

    /**
     * The handlers of the fulfilment template.
     *
     * @param clock tells when things were validated, reserved, paid and shipped
     */
    public static HandlerRegistry registry(InstantSource clock) {
        return HandlerRegistry.builder()
                .handler(PREFIX + "ValidateOrderHandler", new ValidateOrder(clock).asHandler())
                .handler(PREFIX + "ReserveInventoryHandler", new ReserveInventory(clock).asHandler())
                .handler(PREFIX + "ProcessPaymentHandler", new ProcessPayment(clock).asHandler())
                .handler(PREFIX + "ShipOrderHandler", new ShipOrder(clock).asHandler())
                .build();
    }
}
