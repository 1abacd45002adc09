package dev.tasker.examples.fulfilment;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An article of the catalogue. */
record Product(String sku, String name, int stock, String category, String location) {

    private static final Map<String, Product> CATALOGUE = List.of(
                    new Product("WIDGET-001", "Premium Widget A", 100, "widgets", "WH-EAST-A1"),
                    new Product("WIDGET-002", "Deluxe Widget B", 50, "widgets", "WH-WEST-B2"),
                    new Product("GADGET-002", "Standard Gadget C", 200, "gadgets", "WH-CENTRAL-C3"))
            .stream()
            .collect(Collectors.toUnmodifiableMap(Product::sku, Function.identity()));

    static @Nullable Product find(String sku) {
        return CATALOGUE.get(sku);
    }
}
