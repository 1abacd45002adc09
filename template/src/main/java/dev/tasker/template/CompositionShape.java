package dev.tasker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Looks at a composition without running it (spec 07 §12.1 to §12.3): its form, its limits, the capabilities and what their configuration
 * must state. Expressions are taken as they are.
 */
final class CompositionShape {
    static final String PARSE_ERROR = "COMPOSITION_PARSE_ERROR";
    static final String INVALID = "COMPOSITION_INVALID";
    static final String WARNING = "COMPOSITION_WARNING";

    private static final int INVOCATIONS_MAX = 100;
    private static final int NAME_MAX = 256;
    private static final int DESCRIPTION_MAX = 4096;
    private static final int CAPABILITY_MAX = 128;

    /** What the configuration of each capability must state. */
    private static final Map<String, List<String>> REQUIRED = Map.of(
            "transform", List.of("output", "filter"),
            "validate", List.of("schema"),
            "assert", List.of("filter", "error"),
            "acquire", List.of("resource"),
            "persist", List.of("resource", "data"),
            "emit", List.of("event_name", "payload"));

    private static final List<String> MUTATING = List.of("persist", "emit");

    private final List<Fault> faults = new ArrayList<>();

    /** Something wrong and the way to it from the composition, in keys and indices. */
    record Fault(String code, String message, List<Object> path) {}

    private CompositionShape() {}

    static CompositionShape of(JsonNode composition) {
        CompositionShape shape = new CompositionShape();
        shape.form(composition);
        if (shape.faults.isEmpty()) {
            shape.limits(composition);
            shape.outcome(composition);
        }
        return shape;
    }

    List<Fault> faults() {
        return List.copyOf(faults);
    }

    private void form(JsonNode composition) {
        if (!expect(composition, composition.isObject(), "a mapping", "composition")) {
            return;
        }
        text(composition, false, "name");
        JsonNode outcome = composition.path("outcome");
        if (expect(outcome, outcome.isObject(), "a mapping", "outcome")) {
            text(outcome, true, "outcome", "description");
            JsonNode schema = outcome.path("output_schema");
            expect(schema, schema.isObject() || schema.isBoolean(), "a schema", "outcome", "output_schema");
        }
        JsonNode invocations = composition.path("invocations");
        if (!expect(invocations, invocations.isArray(), "a list", "invocations")) {
            return;
        }
        for (int i = 0; i < invocations.size(); i++) {
            JsonNode invocation = invocations.get(i);
            if (expect(invocation, invocation.isObject(), "a mapping", "invocations", i)) {
                text(invocation, true, "invocations", i, "capability");
                JsonNode config = invocation.path("config");
                boolean fits = config.isMissingNode() || config.isObject();
                expect(config, fits, "a mapping", "invocations", i, "config");
                JsonNode checkpoint = invocation.path("checkpoint");
                fits = checkpoint.isMissingNode() || checkpoint.isBoolean();
                expect(checkpoint, fits, "true or false", "invocations", i, "checkpoint");
            }
        }
    }

    private void limits(JsonNode composition) {
        JsonNode invocations = composition.path("invocations");
        if (invocations.isEmpty()) {
            invalid("EMPTY_COMPOSITION", "invocations: none (expected: 1 to " + INVOCATIONS_MAX + ")", "invocations");
        }
        if (invocations.size() > INVOCATIONS_MAX) {
            String message = "invocations: " + invocations.size() + " (expected: 1 to " + INVOCATIONS_MAX + ")";
            invalid("TOO_MANY_INVOCATIONS", message, "invocations");
        }
        length(composition, NAME_MAX, "name");
        length(composition.path("outcome"), DESCRIPTION_MAX, "outcome", "description");
        for (int i = 0; i < invocations.size(); i++) {
            length(invocations.get(i), CAPABILITY_MAX, "invocations", i, "capability");
            invocation(invocations.get(i), i);
        }
    }

    private void invocation(JsonNode invocation, int index) {
        String capability = invocation.path("capability").stringValue();
        List<String> required = REQUIRED.get(capability);
        if (required == null) {
            String message = "capability: " + Quoted.of(capability) + " (expected: one of "
                    + String.join(", ", REQUIRED.keySet().stream().sorted().toList())
                    + KeySuggestion.hint(capability, REQUIRED.keySet()) + ")";
            invalid("MISSING_CAPABILITY", message, "invocations", index, "capability");
            return;
        }
        for (String key : required) {
            if (invocation.path("config").path(key).isMissingNode()) {
                boolean isOutput = capability.equals("transform") && key.equals("output");
                String message = key + ": missing (expected: what " + capability + " needs)";
                String code = isOutput ? "MISSING_OUTPUT_SCHEMA" : "CONFIG_SCHEMA_VIOLATION";
                invalid(code, message, "invocations", index, "config", key);
            }
        }
        if (MUTATING.contains(capability) && !invocation.path("checkpoint").asBoolean(false)) {
            String message = "checkpoint: false beside " + capability + ", which changes the world (expected: true)";
            invalid("CHECKPOINT_REQUIRED", message, "invocations", index, "checkpoint");
        }
    }

    /** The outcome is compared with what the last invocation declares, where it declares anything. */
    private void outcome(JsonNode composition) {
        JsonNode outcome = composition.path("outcome").path("output_schema");
        JsonNode invocations = composition.path("invocations");
        JsonNode config = invocations.path(invocations.size() - 1).path("config");
        if (!outcome.isEmpty()
                && !invocations.isEmpty()
                && config.path("output").isMissingNode()
                && config.path("result_shape").isMissingNode()) {
            String message =
                    "UNVERIFIABLE_OUTCOME: output_schema: the last invocation declares no output to compare with"
                            + " (expected: one that does)";
            add(WARNING, message, "outcome", "output_schema");
        }
    }

    private void text(JsonNode parent, boolean required, Object... path) {
        JsonNode value = parent.path((String) path[path.length - 1]);
        boolean absent = value.isMissingNode() || value.isNull();
        expect(value, value.isString() || (absent && !required), "text", path);
    }

    private void length(JsonNode parent, int max, Object... path) {
        String key = (String) path[path.length - 1];
        int length = parent.path(key).asString("").length();
        if (length > max) {
            invalid("FIELD_TOO_LONG", key + ": " + length + " characters (expected: at most " + max + ")", path);
        }
    }

    private boolean expect(JsonNode value, boolean holds, String expected, Object... path) {
        if (!holds) {
            String message = path[path.length - 1] + ": " + Quoted.of(value) + " (expected: " + expected + ")";
            add(PARSE_ERROR, message, path.length == 1 && path[0].equals("composition") ? new Object[0] : path);
        }
        return holds;
    }

    /** A finding of the grammar, whose own code leads the message. */
    private void invalid(String grammarCode, String message, Object... path) {
        add(INVALID, grammarCode + ": " + message, path);
    }

    private void add(String code, String message, Object... path) {
        faults.add(new Fault(code, message, List.of(path)));
    }
}
