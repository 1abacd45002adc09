package dev.tasker.template;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rules for the graph that steps and dependencies form (spec 06 §8.3, §13.5). */
final class GraphRules {
    private GraphRules() {}

    static void anySteps(TaskTemplate template, RuleReport report) {
        if (template.steps().isEmpty()) {
            String message = "steps: none (expected: at least one; tasks cannot be created without)";
            report.violation("NO_STEPS", null, message, "steps");
        }
    }

    static void duplicateStepNames(TaskTemplate template, RuleReport report) {
        Set<String> seen = new HashSet<>();
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            String name = steps.get(i).name();
            if (!seen.add(name)) {
                String message = "name: " + Quoted.of(name) + " is used before (expected: a name of its own)";
                report.error("DUPLICATE_STEP_NAME", name, message, "steps", i, "name");
            }
        }
    }

    static void selfDependencies(TaskTemplate template, RuleReport report) {
        eachDependency(template, (step, dependency, path) -> {
            if (dependency.equals(step.name())) {
                String message =
                        "dependencies: " + Quoted.of(dependency) + " is the step itself (expected: another step)";
                report.error("SELF_DEPENDENCY", step.name(), message, path);
            }
        });
    }

    static void missingDependencies(TaskTemplate template, RuleReport report) {
        Set<String> names = template.steps().stream().map(StepDefinition::name).collect(Collectors.toSet());
        eachDependency(template, (step, dependency, path) -> {
            if (!names.contains(dependency)) {
                String message = "dependencies: " + Quoted.of(dependency)
                        + " is not a step of this template (expected: the name of another step"
                        + KeySuggestion.hint(dependency, names) + ")";
                report.error("MISSING_DEP_REF", step.name(), message, path);
            }
        });
    }

    static void repeatedDependencies(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            Set<String> seen = new HashSet<>();
            List<String> dependencies = steps.get(i).dependencies();
            for (int j = 0; j < dependencies.size(); j++) {
                if (!seen.add(dependencies.get(j))) {
                    String message = "dependencies: " + Quoted.of(dependencies.get(j)) + " again (expected: once)";
                    report.warning("DUPLICATE_DEPENDENCY", steps.get(i).name(), message, "steps", i, "dependencies", j);
                }
            }
        }
    }

    static void cycles(TaskTemplate template, RuleReport report) {
        StepGraph graph = StepGraph.of(template.steps());
        List<String> cycle = graph.cycle();
        if (!cycle.isEmpty()) {
            int index = graph.indexOf(cycle.getFirst());
            String message = "dependencies: " + shortened(cycle) + " (expected: no way back to the same step)";
            report.error("CYCLE_DETECTED", cycle.getFirst(), message, "steps", index, "dependencies");
        }
    }

    static void orphans(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        Set<String> parents =
                steps.stream().flatMap(step -> step.dependencies().stream()).collect(Collectors.toSet());
        for (int i = 0; i < steps.size() && steps.size() > 1; i++) {
            StepDefinition step = steps.get(i);
            if (step.dependencies().isEmpty() && !parents.contains(step.name())) {
                String message = "name: " + Quoted.of(step.name())
                        + " stands alone (expected: dependencies, or a step that depends on it)";
                report.warning("ORPHAN_STEP", step.name(), message, "steps", i, "name");
            }
        }
    }

    private static String shortened(List<String> cycle) {
        int shown = 20;
        if (cycle.size() <= shown) {
            return String.join(" -> ", cycle);
        }
        return String.join(" -> ", cycle.subList(0, shown - 1)) + " -> ... " + (cycle.size() - shown) + " more ... -> "
                + cycle.getLast();
    }

    private static void eachDependency(TaskTemplate template, DependencyCheck check) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            List<String> dependencies = steps.get(i).dependencies();
            for (int j = 0; j < dependencies.size(); j++) {
                check.accept(steps.get(i), dependencies.get(j), new Object[] {"steps", i, "dependencies", j});
            }
        }
    }

    private interface DependencyCheck {
        void accept(StepDefinition step, String dependency, Object[] path);
    }
}
