package dev.tasker.examples.arithmetic;

import dev.tasker.examples.DeclaredFailure;
import dev.tasker.worker.StepContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Where a handler takes an integer from. */
sealed interface Operand {

    String EVEN_NUMBER = "even_number";

    long read(StepContext context) throws DeclaredFailure;

    /** The name under which {@code input_refs} lists it. */
    String name();

    /** What {@code input_refs} says about it. */
    String origin();

    /** The number the task was created with; must be even. */
    record Input() implements Operand {

        @Override
        public long read(StepContext context) throws DeclaredFailure {
            JsonNode value = context.input(EVEN_NUMBER);
            if (value == null || !isInteger(value)) {
                throw DeclaredFailure.invalid(
                                "MISSING_CONTEXT_FIELD",
                                "even_number: " + value + " (expected: an integer in the task context)")
                        .with("field", EVEN_NUMBER);
            }
            long number = value.longValue();
            if (number % 2 != 0) {
                throw DeclaredFailure.invalid(
                                "VALIDATION_ERROR", "even_number: " + number + " (expected: an even number)")
                        .with("input", number);
            }
            return number;
        }

        @Override
        public String name() {
            return EVEN_NUMBER;
        }

        @Override
        public String origin() {
            return "task.context." + EVEN_NUMBER;
        }
    }

    /** The result of another step. */
    record Result(String step) implements Operand {

        @Override
        public long read(StepContext context) throws DeclaredFailure {
            JsonNode value = context.dependencyResult(step);
            if (value == null || !isInteger(value)) {
                throw DeclaredFailure.dependency(
                                "MISSING_DEPENDENCY",
                                "result of step " + step + ": " + value + " (expected: an integer)")
                        .with("required_step", step);
            }
            return value.longValue();
        }

        @Override
        public String name() {
            return step;
        }

        @Override
        public String origin() {
            return "step." + step + ".result";
        }
    }

    static Map<String, String> references(List<? extends Operand> operands) {
        var references = new LinkedHashMap<String, String>();
        operands.forEach(operand -> references.put(operand.name(), operand.origin()));
        return references;
    }

    private static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }
}
