package dev.tasker.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Rules for the schemas of input and results (spec 06 §5, §8.9, §13.5). */
final class SchemaRules {
    private SchemaRules() {}

    /** A schema that is to be enforced must be sound whatever the format, for without it no task can be created. */
    static void inputSchema(TaskTemplate template, RuleReport report) {
        JsonNode schema = template.inputSchema();
        if (schema == null) {
            return;
        }
        boolean enforced = template.inputValidation() == InputValidation.ENFORCE;
        for (JsonSchemaShape.Fault fault : JsonSchemaShape.faults(schema)) {
            Object[] path = below(fault, "input_schema");
            String message = message(path, fault);
            if (enforced) {
                report.error("INPUT_SCHEMA_INVALID", null, message, path);
            } else {
                report.violation("INPUT_SCHEMA_INVALID", null, message, path);
            }
        }
    }

    static void resultSchemas(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            JsonNode schema = step.resultSchema();
            if (schema != null) {
                check(schema, "RESULT_SCHEMA_INVALID", step.name(), report, "steps", i, "result_schema");
            }
        }
    }

    static void resultsThatAreNoObjects(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            JsonNode schema = step.resultSchema();
            if (schema != null && !schema.path("type").asString("").equals("object")) {
                String message = "type: " + Quoted.of(schema.path("type")) + " (expected: 'object')";
                report.warning("SCHEMA_NOT_OBJECT", step.name(), message, "steps", i, "result_schema", "type");
            }
        }
    }

    static void missingResultSchemas(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).resultSchema() == null) {
                String message = "result_schema: none; no type is generated for the result";
                report.info("NO_RESULT_SCHEMA", steps.get(i).name(), message, "steps", i);
            }
        }
    }

    /** Checks a schema that the earlier system did not compile; the path leads to it. */
    static void check(JsonNode schema, String code, @Nullable String step, RuleReport report, Object... path) {
        for (JsonSchemaShape.Fault fault : JsonSchemaShape.faults(schema)) {
            Object[] place = below(fault, path);
            report.violation(code, step, message(place, fault), place);
        }
    }

    private static Object[] below(JsonSchemaShape.Fault fault, Object... path) {
        List<Object> all = new ArrayList<>(Arrays.asList(path));
        all.addAll(fault.path());
        return all.toArray();
    }

    private static String message(Object[] path, JsonSchemaShape.Fault fault) {
        return path[path.length - 1] + ": " + fault.message();
    }
}
