package dev.tasker.examples.demo;

import dev.tasker.worker.StepContext;
import java.util.List;

/** The priced order: what {@code validate_order} returns and the steps after it read. Amounts are cents. */
record Basket(
        String orderNumber, List<Line> lines, long goods, long shipping, long vatIncluded, long total, long grams) {

    /** Pieces of one article; grams are of a single piece. */
    record Line(String article, String title, int quantity, long unitPrice, long price, int grams) {}

    /** The result of {@code validate_order}. */
    static Basket of(StepContext context) {
        return context.dependencyResult("validate_order", Basket.class);
    }
}
