package dev.tasker.template;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Rules for steps that are created while a task runs: decisions, convergences and batches (spec 06 §8.4, §8.7, §9, §13.5). */
final class DynamicRules {
    /** The key of a batchable step's initialization that names its batch worker. */
    private static final String WORKER_TEMPLATE_NAME = "worker_template_name";

    /** What the names of batch instances add to that of their batch worker, at most. */
    private static final int INSTANCE_SUFFIX_MAX = 12;

    private DynamicRules() {}

    static void decisionsWithoutDependency(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            if (step.type() == StepType.DECISION && step.dependencies().isEmpty()) {
                String message = "dependencies: none (expected: at least one for a step of type decision)";
                report.error("DECISION_NO_DEPENDENCY", step.name(), message, "steps", i);
            }
        }
    }

    static void decisionsWithoutChildren(TaskTemplate template, RuleReport report) {
        Set<String> parents = template.steps().stream()
                .flatMap(step -> step.dependencies().stream())
                .collect(Collectors.toSet());
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            if (step.type() == StepType.DECISION && !parents.contains(step.name())) {
                String message = "name: no step depends on the decision " + Quoted.of(step.name())
                        + ", which can choose nothing (expected: the steps it chooses from)";
                report.warning("DECISION_NO_CHILDREN", step.name(), message, "steps", i, "name");
            }
        }
    }

    static void convergencesWithoutDynamicParent(TaskTemplate template, RuleReport report) {
        StepGraph graph = StepGraph.of(template.steps());
        if (!graph.cycle().isEmpty()) {
            return;
        }
        BitSet initial = graph.initial();
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            if (step.type() == StepType.DEFERRED_CONVERGENCE
                    && Arrays.stream(graph.parents(i)).allMatch(initial::get)) {
                String message =
                        "dependencies: all exist from the start, so that nothing ever creates this step (expected:"
                                + " a step behind a decision, or a batch_worker)";
                report.violation("CONVERGENCE_NO_DYNAMIC_PARENT", step.name(), message, "steps", i, "dependencies");
            }
        }
    }

    static void workerTemplates(TaskTemplate template, RuleReport report) {
        Map<String, StepType> types = new HashMap<>();
        template.steps().forEach(step -> types.putIfAbsent(step.name(), step.type()));
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            BatchConfig batch = step.batchConfig();
            if (batch != null && !batch.workerTemplate().isEmpty()) {
                Object[] path = {"steps", i, "batch_config", "worker_template"};
                workerTemplate("worker_template", batch.workerTemplate(), types, step, report, path);
            }
            if (step.type() == StepType.BATCHABLE) {
                Object[] path = {"steps", i, "handler", "initialization", WORKER_TEMPLATE_NAME};
                JsonNode stated = step.handler().initialization().path(WORKER_TEMPLATE_NAME);
                if (stated.isMissingNode() || stated.isNull()) {
                    String message = WORKER_TEMPLATE_NAME + ": none; where the handler finds nothing to do,"
                            + " neither placeholder nor convergence is created";
                    report.info("BATCHABLE_NO_WORKER_TEMPLATE", step.name(), message, path);
                } else {
                    String name = stated.isString() ? stated.stringValue() : stated.toString();
                    workerTemplate(WORKER_TEMPLATE_NAME, name, types, step, report, path);
                }
            }
        }
    }

    private static void workerTemplate(
            String key,
            String name,
            Map<String, StepType> types,
            StepDefinition step,
            RuleReport report,
            Object... path) {
        StepType type = types.get(name);
        if (type == null) {
            Set<String> workers = types.entrySet().stream()
                    .filter(entry -> entry.getValue() == StepType.BATCH_WORKER)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            String message = key + ": " + Quoted.of(name)
                    + " is not a step of this template (expected: a step of type batch_worker"
                    + KeySuggestion.hint(name, workers) + ")";
            report.violation("WORKER_TEMPLATE_NOT_FOUND", step.name(), message, path);
        } else if (type != StepType.BATCH_WORKER) {
            String message = key + ": " + Quoted.of(name) + " is a step of type " + type.text()
                    + " (expected: a step of type batch_worker)";
            report.violation("WORKER_TEMPLATE_WRONG_TYPE", step.name(), message, path);
        }
    }

    static void batchWorkersWithoutConfig(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            if (step.type() == StepType.BATCH_WORKER
                    && step.batchConfig() == null
                    && feeders(step, template).stream().allMatch(feeder -> feeder.batchConfig() == null)) {
                String message = "batch_config: missing, here and at the batchable step; the defaults hold (expected: a"
                        + " mapping)";
                report.warning("BATCH_WORKER_NO_CONFIG", step.name(), message, "steps", i);
            }
        }
    }

    static void unreferencedBatchWorkers(TaskTemplate template, RuleReport report) {
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            if (step.type() == StepType.BATCH_WORKER && feeders(step, template).isEmpty()) {
                String message = "name: no batchable step leads to the batch worker " + Quoted.of(step.name())
                        + " (expected: one among its dependencies, or one that names it)";
                report.warning("BATCH_WORKER_UNREFERENCED", step.name(), message, "steps", i, "name");
            }
        }
    }

    static void longInstanceNames(TaskTemplate template, RuleReport report) {
        int max = IdentityRules.STEP_NAME_MAX - INSTANCE_SUFFIX_MAX;
        List<StepDefinition> steps = template.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepDefinition step = steps.get(i);
            if (step.type() == StepType.BATCH_WORKER && step.name().length() > max) {
                String message =
                        "name: %s has %d characters, which leaves too few for the numbers of its instances (expected: at most %d)"
                                .formatted(Quoted.of(step.name()), step.name().length(), max);
                report.warning("INSTANCE_NAME_TOO_LONG", step.name(), message, "steps", i, "name");
            }
        }
    }

    /** The batchable steps that a batch worker depends on or that name it. */
    private static Set<StepDefinition> feeders(StepDefinition worker, TaskTemplate template) {
        Set<String> dependencies = new HashSet<>(worker.dependencies());
        return template.steps().stream()
                .filter(step -> step.type() == StepType.BATCHABLE)
                .filter(step -> dependencies.contains(step.name()) || names(step, worker.name()))
                .collect(Collectors.toSet());
    }

    private static boolean names(StepDefinition batchable, String worker) {
        BatchConfig batch = batchable.batchConfig();
        String configured = batch == null ? null : batch.workerTemplate();
        String stated =
                batchable.handler().initialization().path(WORKER_TEMPLATE_NAME).asString("");
        return worker.equals(configured) || worker.equals(stated);
    }
}
