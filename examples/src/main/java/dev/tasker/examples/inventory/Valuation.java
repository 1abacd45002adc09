package dev.tasker.examples.inventory;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The value of many products, which can be added up product by product and batch by batch. Not thread-safe. */
final class Valuation {
    private long count;
    private double value;
    private double ratings;
    private double maxPrice;
    private @Nullable String maxPriceProduct;
    private final Map<String, Long> categories = new TreeMap<>();

    void add(ProductFile.Product product) {
        count++;
        value += product.price() * product.stock();
        ratings += product.rating();
        categories.merge(product.category(), 1L, Long::sum);
        max(product.price(), product.title());
    }

    /** Adds the result of a batch worker. */
    void add(JsonNode batch) {
        long products = batch.path("processed_count").asLong(0);
        count += products;
        value += batch.path("total_inventory_value").asDouble(0);
        ratings += batch.path("average_rating").asDouble(0) * products;
        batch.path("category_counts")
                .forEachEntry((category, number) -> categories.merge(category, number.asLong(0), Long::sum));
        String title = batch.path("max_price_product").asString("");
        if (products > 0) {
            max(batch.path("max_price").asDouble(0), title);
        }
    }

    /** The first of the dearest. */
    private void max(double price, String title) {
        if (maxPriceProduct == null || price > maxPrice) {
            maxPrice = price;
            maxPriceProduct = title;
        }
    }

    long count() {
        return count;
    }

    /** To cents, as sums of binary fractions have digits that mean nothing. */
    double value() {
        return Math.round(value * 100) / 100.0;
    }

    double averageRating() {
        return count == 0 ? 0 : ratings / count;
    }

    double maxPrice() {
        return maxPrice;
    }

    @Nullable
    String maxPriceProduct() {
        return maxPriceProduct;
    }

    Map<String, Long> categories() {
        return categories;
    }
}
