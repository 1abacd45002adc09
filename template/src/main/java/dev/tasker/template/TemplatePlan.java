package dev.tasker.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A template with its graph worked out once, for all tasks that run it (spec 06 §9). Immutable. */
public final class TemplatePlan {
    private final TaskTemplate template;
    private final String canonicalJson;
    private final String contentHash;
    private final List<PlannedStep> steps;
    private final List<PlannedStep> initialSteps;
    private final List<PlannedStep> topologicalOrder;
    private final Map<String, PlannedStep> byName;

    private TemplatePlan(TaskTemplate template, StepGraph graph) {
        this.template = template;
        this.canonicalJson = template.toCanonicalJson();
        this.contentHash = CanonicalJson.hash(canonicalJson);
        this.steps = plannedSteps(template, graph);
        this.initialSteps = steps.stream().filter(PlannedStep::initial).toList();
        this.topologicalOrder =
                Arrays.stream(graph.topological()).mapToObj(steps::get).toList();
        this.byName = steps.stream().collect(Collectors.toUnmodifiableMap(PlannedStep::name, step -> step));
    }

    /**
     * Works out the plan of a template.
     *
     * @throws TemplateException when the template breaks a rule without which it cannot run
     */
    public static TemplatePlan compile(TaskTemplate template) {
        Findings findings = new Findings(template.key());
        TemplateValidator.validateRunnable(template, findings);
        findings.throwErrors();
        return new TemplatePlan(template, StepGraph.of(template.steps()));
    }

    /** The template the plan was made from. */
    public TaskTemplate template() {
        return template;
    }

    /** The template's canonical document ({@link TaskTemplate#toCanonicalJson}). */
    public String canonicalJson() {
        return canonicalJson;
    }

    /** The hash of the canonical document ({@link TaskTemplate#contentHash}). */
    public String contentHash() {
        return contentHash;
    }

    /** All steps in the order of the template; a step stands at its index. */
    public List<PlannedStep> steps() {
        return steps;
    }

    /** The steps that exist from the start of a task (spec 02 §6.2), in the order of the template. */
    public List<PlannedStep> initialSteps() {
        return initialSteps;
    }

    /** The step of that name. */
    public Optional<PlannedStep> step(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Every step after all its parents, otherwise in the order of the template. */
    public List<PlannedStep> topologicalOrder() {
        return topologicalOrder;
    }

    /** The names of steps of this plan, in the order of the template: {@code names(step.ancestors())}. */
    public List<String> names(StepIndices indices) {
        return indices.stream().mapToObj(index -> steps.get(index).name()).toList();
    }

    private static List<PlannedStep> plannedSteps(TaskTemplate template, StepGraph graph) {
        BitSet initial = graph.initial();
        BitSet[] ancestors = graph.ancestors();
        int[] levels = graph.levels();
        List<PlannedStep> planned = new ArrayList<>();
        for (int i = 0; i < levels.length; i++) {
            StepIndices parents = StepIndices.of(graph.parents(i));
            StepIndices children = StepIndices.of(graph.children(i));
            planned.add(new PlannedStep(
                    i,
                    template.steps().get(i),
                    levels[i],
                    initial.get(i),
                    parents,
                    children,
                    parents.within(initial),
                    children.within(initial),
                    StepIndices.of(ancestors[i])));
        }
        return List.copyOf(planned);
    }
}
