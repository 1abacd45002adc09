package dev.tasker.benchmarks;

import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.Decisions;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Graphs that are measured. Every handler reads its input and squares a number. */
public enum Scenario {
    LINEAR,
    DIAMOND,
    TREE,
    FAN_OUT,
    CONDITIONAL;

    static final String NAMESPACE = "bench";
    static final String SQUARE = "bench.square";
    private static final String ROUTE = "bench.route";
    private static final String APPROVAL = """
        name: conditional
        namespace_name: bench
        version: "1.0.0"
        identity_strategy: always_unique
        steps:
          - {name: validate, handler: {callable: bench.square}}
          - {name: route, type: decision, handler: {callable: bench.route}, dependencies: [validate]}
          - {name: small, handler: {callable: bench.square}, dependencies: [route]}
          - {name: large, handler: {callable: bench.square}, dependencies: [route]}
          - {name: finish, type: deferred_convergence, handler: {callable: bench.square}, dependencies: [small, large]}
        """;

    /** The scenario called {@code text}, as in {@code fan-out}. */
    public static Scenario parse(String text) {
        try {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "scenario: " + text + " (expected: linear, diamond, tree, fan-out or conditional)", e);
        }
    }

    /** The word on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The template; {@code width} counts for {@link #FAN_OUT} only. */
    public TaskTemplate template(int width) {
        if (this == CONDITIONAL) {
            return TemplateParser.parse("conditional.yaml", APPROVAL).template();
        }
        StringBuilder yaml = new StringBuilder("name: ")
                .append(name().toLowerCase(Locale.ROOT))
                .append("\nnamespace_name: ")
                .append(NAMESPACE)
                .append("\nversion: \"1.0.0\"\nidentity_strategy: always_unique\nsteps:\n");
        for (Step step : steps(width)) {
            yaml.append("  - name: ")
                    .append(step.name())
                    .append("\n    handler: {callable: ")
                    .append(SQUARE)
                    .append("}\n");
            if (!step.dependencies().isEmpty()) {
                yaml.append("    dependencies: ").append(step.dependencies()).append('\n');
            }
        }
        return this == FAN_OUT && width > 5_000
                ? TemplateParser.fromJson(json(width)).template()
                : TemplateParser.parse(text() + ".yaml", yaml.toString()).template();
    }

    private String json(int width) {
        StringBuilder json = new StringBuilder("{\"name\":\"fan_out\",\"namespace_name\":\"")
                .append(NAMESPACE)
                .append("\",\"version\":\"1.0.0\",\"identity_strategy\":\"always_unique\",\"steps\":[");
        String separator = "";
        for (Step step : steps(width)) {
            json.append(separator)
                    .append("{\"name\":\"")
                    .append(step.name())
                    .append("\",\"handler\":{\"callable\":\"")
                    .append(SQUARE)
                    .append("\"},\"dependencies\":[");
            String comma = "";
            for (String dependency : step.dependencies()) {
                json.append(comma).append('"').append(dependency).append('"');
                comma = ",";
            }
            json.append("]}");
            separator = ",";
        }
        return json.append("]}").toString();
    }

    private record Step(String name, List<String> dependencies) {}

    private List<Step> steps(int width) {
        return switch (this) {
            case LINEAR ->
                List.of(
                        new Step("one", List.of()),
                        new Step("two", List.of("one")),
                        new Step("three", List.of("two")),
                        new Step("four", List.of("three")));
            case DIAMOND ->
                List.of(
                        new Step("start", List.of()),
                        new Step("left", List.of("start")),
                        new Step("right", List.of("start")),
                        new Step("end", List.of("left", "right")));
            case TREE ->
                List.of(
                        new Step("root", List.of()),
                        new Step("left", List.of("root")),
                        new Step("right", List.of("root")),
                        new Step("leaf_d", List.of("left")),
                        new Step("leaf_e", List.of("left")),
                        new Step("leaf_f", List.of("right")),
                        new Step("leaf_g", List.of("right")),
                        new Step("end", List.of("leaf_d", "leaf_e", "leaf_f", "leaf_g")));
            case FAN_OUT -> fanOut(width);
            case CONDITIONAL ->
                throw new IllegalStateException("conditional: its steps are written in YAML (expected: no call)");
        };
    }

    private static List<Step> fanOut(int width) {
        List<Step> steps = new ArrayList<>();
        List<String> workers = new ArrayList<>();
        steps.add(new Step("start", List.of()));
        for (int i = 0; i < width; i++) {
            workers.add("worker_" + i);
            steps.add(new Step("worker_" + i, List.of("start")));
        }
        steps.add(new Step("end", workers));
        return steps;
    }

    /** Steps that a task has in the end: of a decision's two branches only one exists. */
    int stepsPerTask(int width) {
        return template(width).steps().size() - (this == CONDITIONAL ? 1 : 0);
    }

    /** A context of about 400 bytes. */
    static String context() {
        return "{\"even_number\":6,\"pad\":\"" + "x".repeat(370) + "\"}";
    }

    /** The handlers of all scenarios. */
    public static HandlerRegistry handlers() {
        return HandlerRegistry.builder()
                .handler(SQUARE, Scenario::square)
                .handler(ROUTE, Scenario::route)
                .addAll(CsvWorkflow.handlers())
                .build();
    }

    private static StepResult route(StepContext context) {
        long number = context.input("even_number", Long.class);
        return Decisions.create(number < 1_000 ? "small" : "large");
    }

    static StepResult square(StepContext context) {
        long value = context.input("even_number", Long.class);
        for (String dependency : context.dependencyNames()) {
            JsonNode result = context.dependencyResult(dependency);
            value += result == null ? 0 : result.asLong(0);
            break; // one is enough work, whatever the width
        }
        return StepResult.success(value * value);
    }
}
