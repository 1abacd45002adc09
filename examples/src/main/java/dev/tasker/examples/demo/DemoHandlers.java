package dev.tasker.examples.demo;

import dev.tasker.worker.HandlerRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Everything needed to run the demonstration: handlers, template and a sample order. */
public final class DemoHandlers {

    private DemoHandlers() {}

    // guide: register
    /** The handlers of all steps of {@link #templateYaml()}, for any namespace. */
    public static HandlerRegistry registry() {
        return HandlerRegistry.builder()
                .handler("shop.validate_order", new ValidateOrder())
                .handler("shop.reserve_stock", new ReserveStock())
                .handler("shop.check_fraud", new CheckFraud())
                .handler("shop.charge_payment", new ChargePayment())
                .handler("shop.pack_parcel", new PackParcel())
                .handler("shop.send_receipt", new SendReceipt())
                .handler("shop.ship_parcel", new ShipParcel())
                .build();
    }
    // guide end

    /** The template of namespace {@code shop}, name {@code order}, version {@code 1.0.0}. */
    public static String templateYaml() {
        return resource("order.yaml");
    }

    /** The context of a sample order, whose first charge fails and is retried. */
    public static String sampleOrderJson() {
        return resource("order-context.json");
    }

    private static String resource(String name) {
        try (InputStream stream = DemoHandlers.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + name + " is missing beside " + DemoHandlers.class);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
