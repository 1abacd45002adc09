package dev.tasker.examples.demo;

import dev.tasker.worker.PermanentStepException;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

// guide: class
/** Picks each line from the nearest warehouse and the rest from the next one. */
final class ReserveStock implements StepHandler {

    /** Pieces taken from one warehouse. */
    record Pick(String article, String warehouse, int pieces) {}

    @Override
    public StepResult handle(StepContext context) {
        return StepResult.success(reserve(Basket.of(context)));
    }

    static Map<String, Object> reserve(Basket basket) {
        var picks = new ArrayList<Pick>();
        for (Basket.Line line : basket.lines()) {
            picks.addAll(picks(line));
        }
        return Map.of("reservation", "R-" + basket.orderNumber(), "picks", picks);
    }

    // guide end

    private static List<Pick> picks(Basket.Line line) {
        var picks = new ArrayList<Pick>();
        int open = line.quantity();
        Article article = Article.find(line.article());
        for (Article.Stock stock : article == null ? List.<Article.Stock>of() : article.stock()) {
            int pieces = Math.min(open, stock.pieces());
            if (pieces > 0) {
                picks.add(new Pick(line.article(), stock.warehouse(), pieces));
                open -= pieces;
            }
        }
        if (open > 0) {
            throw new PermanentStepException(
                    open + " pieces of " + line.article() + " are missing", "OUT_OF_STOCK", null);
        }
        return picks;
    }
}
