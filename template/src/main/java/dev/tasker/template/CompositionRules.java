package dev.tasker.template;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Rules for declared handlers: their form, and how they fit the step they stand in (spec 06 §8.10, §13.4). */
final class CompositionRules {
    private static final String GRAMMAR = "grammar:";

    private CompositionRules() {}

    static void compositions(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            JsonNode composition = step.composition();
            if (composition != null) {
                CompositionShape shape = CompositionShape.of(composition);
                report(shape.faults(), step, i, report);
                if (shape.faults().stream().noneMatch(fault -> fault.code().equals(CompositionShape.PARSE_ERROR))) {
                    resultSchema(step, i, composition.path("outcome").path("output_schema"), report);
                }
            }
        }
    }

    static void callables(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            String callable = step.handler().callable();
            if (step.composition() != null && !callable.startsWith(GRAMMAR)) {
                String message = "callable: " + Quoted.of(callable) + " beside a composition (expected: " + GRAMMAR
                        + " and a name)";
                Object[] path = {"steps", i, "handler", "callable"};
                report.warning("COMPOSITION_CALLABLE_CONVENTION", step.name(), message, path);
            }
        }
    }

    private static void report(List<CompositionShape.Fault> faults, StepDefinition step, int index, RuleReport report) {
        for (CompositionShape.Fault fault : faults) {
            Object[] path = new Object[3 + fault.path().size()];
            path[0] = "steps";
            path[1] = index;
            path[2] = "composition";
            for (int i = 0; i < fault.path().size(); i++) {
                path[3 + i] = fault.path().get(i);
            }
            if (fault.code().equals(CompositionShape.WARNING)) {
                report.warning(fault.code(), step.name(), fault.message(), path);
            } else {
                report.violation(fault.code(), step.name(), fault.message(), path);
            }
        }
    }

    /** What the composition says it returns must hold what the step says it returns; an optional field of another type is only odd. */
    private static void resultSchema(StepDefinition step, int index, JsonNode outcome, RuleReport report) {
        JsonNode result = step.resultSchema();
        if (result == null || outcome.isEmpty()) {
            return;
        }
        Object[] path = {"steps", index, "composition", "outcome", "output_schema"};
        List<String> required = result.path("required")
                .valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .toList();
        for (String field : required) {
            if (outcome.path("properties").path(field).isMissingNode()) {
                String message = "output_schema: without " + Quoted.of(field)
                        + " (expected: every field that result_schema requires)";
                report.violation("COMPOSITION_RESULT_SCHEMA_MISMATCH", step.name(), message, path);
            }
        }
        result.path("properties").properties().forEach(property -> {
            String field = property.getKey();
            JsonNode expected = property.getValue().path("type");
            JsonNode found = outcome.path("properties").path(field).path("type");
            if (expected.isString() && found.isString() && !expected.equals(found)) {
                String message = "output_schema: " + Quoted.of(field) + " of type " + found.stringValue()
                        + " (expected: " + expected.stringValue() + ", as in result_schema)";
                if (required.contains(field)) {
                    report.violation("COMPOSITION_RESULT_SCHEMA_MISMATCH", step.name(), message, path);
                } else {
                    report.warning("COMPOSITION_RESULT_SCHEMA_MISMATCH", step.name(), message, path);
                }
            }
        });
    }
}
