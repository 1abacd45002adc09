package dev.tasker.examples.numbers;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.examples.Members;
import dev.tasker.worker.Decisions;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The ten steps of the numbers workflow under their callables: a diamond, a decision, and batches on the side that it chose. */
public final class NumberHandlers {
    private static final String PREFIX = "tasker_example_rs::step_handlers::diamond_decision_batch::";

    private NumberHandlers() {}

    public static HandlerRegistry registry() {
        DeclaredFailure.Body start = NumberHandlers::start;
        var even = new Side("even", "branch_evens", "even_numbers", 0);
        var odd = new Side("odd", "branch_odds", "odd_numbers", 1);
        return HandlerRegistry.builder()
                .handler(PREFIX + "DiamondStartHandler", start.asHandler())
                .handler(PREFIX + "BranchEvensHandler", even::select)
                .handler(PREFIX + "BranchOddsHandler", odd::select)
                .handler(PREFIX + "RoutingDecisionHandler", NumberHandlers::route)
                .handler(PREFIX + "EvenBatchAnalyzerHandler", even::analyze)
                .handler(PREFIX + "ProcessEvenBatchHandler", even::process)
                .handler(PREFIX + "AggregateEvenResultsHandler", even::aggregate)
                .handler(PREFIX + "OddBatchAnalyzerHandler", odd::analyze)
                .handler(PREFIX + "ProcessOddBatchHandler", odd::process)
                .handler(PREFIX + "AggregateOddResultsHandler", odd::aggregate)
                .build();
    }

    private static StepResult.Success start(StepContext context) throws DeclaredFailure {
        JsonNode numbers = context.input("numbers");
        if (numbers == null || !numbers.isArray()) {
            throw new IllegalStateException("numbers: " + numbers + " (expected: an array)");
        }
        List<Long> integers = numbers.valueStream()
                .filter(JsonNode::isIntegralNumber)
                .map(JsonNode::longValue)
                .toList();
        if (integers.isEmpty()) {
            throw DeclaredFailure.invalid("VALIDATION_ERROR", "numbers: " + numbers + " (expected: an integer)");
        }
        return StepResult.success(
                Members.of("all_numbers", integers, "count", integers.size()),
                Map.of("handler", "DiamondStartHandler", "count", integers.size()));
    }

    private static StepResult route(StepContext context) {
        long even = count(context, "branch_evens");
        long odd = count(context, "branch_odds");
        String side = even >= odd ? "even" : "odd";
        StepResult.Success decision = Decisions.create(
                List.of(side + "_batch_analyzer"),
                Members.of(
                        "route_type",
                        side + "_dominant",
                        "even_count",
                        even,
                        "odd_count",
                        odd,
                        "reasoning",
                        even + " even and " + odd + " odd numbers"));
        return StepResult.success(
                decision.value(), Map.of("handler", "RoutingDecisionHandler", "even_count", even, "odd_count", odd));
    }

    private static long count(StepContext context, String branch) {
        JsonNode count = context.dependencyField(branch, "count");
        return count == null ? 0 : count.asLong(0);
    }
}
