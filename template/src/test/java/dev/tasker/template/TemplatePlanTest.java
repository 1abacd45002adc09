package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatePlanTest {
    @Test
    void planKnowsTheNeighboursOfEachStep() {
        TemplatePlan plan = Yaml.plan("end:left,right", "left:start", "right:start", "start");
        PlannedStep end = plan.step("end").orElseThrow();
        PlannedStep start = plan.step("start").orElseThrow();

        assertThat(end.index()).isZero();
        assertThat(end.level()).isEqualTo(2);
        assertThat(end.parents().toArray()).containsExactly(1, 2);
        assertThat(end.ancestors().toArray()).containsExactly(1, 2, 3);
        assertThat(plan.names(end.ancestors())).containsExactly("left", "right", "start");
        assertThat(start.children().toArray()).containsExactly(1, 2);
        assertThat(start.parents().isEmpty()).isTrue();
        assertThat(start.level()).isZero();
        assertThat(plan.topologicalOrder())
                .extracting(PlannedStep::name)
                .containsExactly("start", "left", "right", "end");
        assertThat(plan.step("nobody")).isEmpty();
    }

    @Test
    void planCarriesTheTemplate() {
        TaskTemplate template = Yaml.template(Yaml.withStep("timeout_seconds: 3\nretry: {max_attempts: 7}"));
        TemplatePlan plan = TemplatePlan.compile(template);
        PlannedStep step = plan.steps().getFirst();

        assertThat(plan.template()).isEqualTo(template);
        assertThat(plan.canonicalJson()).isEqualTo(template.toCanonicalJson());
        assertThat(plan.contentHash()).isEqualTo(template.contentHash());
        assertThat(step.callable()).isEqualTo("say_hello");
        assertThat(step.type()).isEqualTo(StepType.STANDARD);
        assertThat(step.retry().maxAttempts()).isEqualTo(7);
        assertThat(step.timeoutMillis()).hasValue(3000);
    }

    @Test
    void stepsBehindDynamicOnesAreNotInitial() {
        TemplatePlan plan = Yaml.plan(
                "converge:worker:deferred_convergence",
                "start",
                "route:start:decision",
                "branch:route",
                "behind:branch,start",
                "split:start:batchable",
                "worker:split:batch_worker",
                "after:converge",
                "beside:split");

        assertThat(plan.initialSteps())
                .extracting(PlannedStep::name)
                .containsExactly("start", "route", "split", "beside");
        PlannedStep start = plan.step("start").orElseThrow();
        assertThat(plan.names(start.children())).containsExactly("route", "behind", "split");
        assertThat(plan.names(start.initialChildren())).containsExactly("route", "split");
        assertThat(plan.names(plan.step("behind").orElseThrow().initialParents()))
                .containsExactly("start");
    }

    @Test
    void templateThatCannotRunIsNotCompiled() {
        TaskTemplate good = Yaml.template(Yaml.withSteps("a", "b:a"));
        StepDefinition second = good.steps().get(1);
        TaskTemplate dangling = good.with(List.of(second), null, InputValidation.OFF);
        TaskTemplate twins = good.with(List.of(second, second), null, InputValidation.OFF);

        assertThatThrownBy(() -> TemplatePlan.compile(dangling))
                .isInstanceOf(TemplateException.class)
                .hasMessageStartingWith(
                        "demo/greet_user/1.0.0: error MISSING_DEP_REF in step 'b' at /steps/0/dependencies/0: ");
        assertThatThrownBy(() -> TemplatePlan.compile(twins)).hasMessageContaining("DUPLICATE_STEP_NAME");
    }

    @Test
    void veryLongChainIsPlannedWithoutRecursion() {
        String[] chain = IntStream.range(0, 8000)
                .mapToObj(i -> i == 0 ? "s0" : "s" + i + ":s" + (i - 1))
                .toArray(String[]::new);
        TemplatePlan plan = Yaml.plan(chain);

        assertThat(plan.steps().getLast().level()).isEqualTo(7999);
        assertThat(plan.steps().getLast().ancestors().size()).isEqualTo(7999);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void randomGraphAgreesWithPlainWalks(long seed) {
        RandomGraph graph = new RandomGraph(seed);
        TemplatePlan plan = TemplatePlan.compile(graph.template());

        for (PlannedStep step : plan.steps()) {
            Set<String> above = graph.above(step.name());
            assertThat(plan.names(step.ancestors()))
                    .as("seed %d, ancestors of %s", seed, step.name())
                    .containsExactlyInAnyOrderElementsOf(above);
            assertThat(plan.names(step.parents())).containsExactlyInAnyOrderElementsOf(graph.parents(step.name()));
            assertThat(step.level())
                    .as("seed %d, level of %s", seed, step.name())
                    .isEqualTo(graph.level(step.name()));
            assertThat(step.initial())
                    .as("seed %d, start of %s", seed, step.name())
                    .isEqualTo(graph.initial(step.name()));
            step.parents()
                    .forEach(parent -> assertThat(
                                    plan.steps().get(parent).children().contains(step.index()))
                            .isTrue());
            if (step.initial()) {
                assertThat(step.initialParents()).isEqualTo(step.parents());
            }
        }
        assertOrdered(plan);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void randomGraphWithOneEdgeBackHasItsCycleNamed(long seed) {
        RandomGraph graph = new RandomGraph(seed);
        graph.closeCycle();

        String message = Yaml.finding(graph.yaml(), "CYCLE_DETECTED").message();
        List<String> cycle = List.of(message.substring("dependencies: ".length(), message.indexOf(" ("))
                .split(" -> "));

        assertThat(cycle).hasSizeGreaterThan(2);
        assertThat(cycle.getLast()).as("seed %d", seed).isEqualTo(cycle.getFirst());
        for (int i = 1; i < cycle.size(); i++) {
            assertThat(graph.parents(cycle.get(i)))
                    .as("seed %d, %s", seed, message)
                    .contains(cycle.get(i - 1));
        }
    }

    @Test
    void indicesAreASet() {
        StepIndices indices = StepIndices.of(3, 1);

        assertThat(indices)
                .isEqualTo(StepIndices.of(1, 3))
                .hasSameHashCodeAs(StepIndices.of(1, 3))
                .hasToString("{1, 3}");
        assertThat(indices).isNotEqualTo(StepIndices.of(1)).isNotEqualTo("{1, 3}");
        assertThat(indices.contains(3)).isTrue();
        assertThat(indices.contains(-1)).isFalse();
        assertThat(indices.stream().sum()).isEqualTo(4);
        assertThat(indices.size()).isEqualTo(2);
    }

    private static void assertOrdered(TemplatePlan plan) {
        Set<Integer> done = new HashSet<>();
        for (PlannedStep step : plan.topologicalOrder()) {
            assertThat(done).containsAll(step.parents().stream().boxed().toList());
            done.add(step.index());
        }
        assertThat(done).hasSameSizeAs(plan.steps());
    }
}
