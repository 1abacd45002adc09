package dev.tasker.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.benchmarks.BenchOptions.Transport;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplatePlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The graphs that are measured, and the words that choose them. */
class ScenarioTest {

    @ParameterizedTest
    @CsvSource({
        "linear, 100, 4, 4",
        "diamond, 100, 4, 3",
        "tree, 100, 8, 4",
        "fan-out, 1, 3, 3",
        "fan-out, 100, 102, 3",
        "fan-out, 5000, 5002, 3",
        "fan-out, 5001, 5003, 3",
        "conditional, 100, 5, 4"
    })
    void graphOfAScenarioCompiles(String scenario, int width, int steps, int depth) {
        TemplatePlan plan = TemplatePlan.compile(Scenario.parse(scenario).template(width));

        assertThat(plan.steps()).hasSize(steps);
        assertThat(plan.initialSteps()).hasSize(scenario.equals("conditional") ? 2 : steps);
        assertThat(depth(plan)).isEqualTo(depth);
    }

    @ParameterizedTest
    @EnumSource
    void everyStepHasAHandler(Scenario scenario) {
        TaskTemplate template = scenario.template(3);

        assertThat(template.steps())
                .allSatisfy(step -> assertThat(Scenario.handlers()
                                .find(template.namespace(), step.handler().callable()))
                        .isNotNull());
    }

    @ParameterizedTest
    @EnumSource
    void scenarioIsFoundByItsWord(Scenario scenario) {
        assertThat(Scenario.parse(scenario.text())).isEqualTo(scenario);
    }

    @ParameterizedTest
    @EnumSource
    void transportIsFoundByItsWord(Transport transport) {
        assertThat(Transport.parse(transport.text())).isEqualTo(transport);
    }

    @Test
    void unknownWordsAreNamedWithTheKnownOnes() {
        assertThatThrownBy(() -> Scenario.parse("circle"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scenario: circle (expected: linear, diamond, tree, fan-out or conditional)");
        assertThatThrownBy(() -> Transport.parse("pigeon"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transport: pigeon (expected: in-process, grpc or http)");
    }

    @Test
    void contextIsAsLargeAsTheNumbersSay() {
        assertThat(Scenario.context()).hasSizeBetween(380, 420);
    }

    /** Steps on the longest path. */
    private static int depth(TemplatePlan plan) {
        int[] depths = new int[plan.steps().size()];
        int deepest = 0;
        for (PlannedStep step : plan.topologicalOrder()) {
            int depth = 1;
            for (String parent : plan.names(step.parents())) {
                depth = Math.max(depth, depths[plan.step(parent).orElseThrow().index()] + 1);
            }
            depths[step.index()] = depth;
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }
}
