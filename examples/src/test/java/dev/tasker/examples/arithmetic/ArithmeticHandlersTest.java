package dev.tasker.examples.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.examples.Attempt;
import dev.tasker.examples.TemplateRun;
import dev.tasker.worker.StepResult.Failure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ArithmeticHandlersTest {

    private static final String PREFIX = "tasker_example_rs::step_handlers::";
    private static final String SIX_TO_THE_64TH = "63340286662973277706162286946811886609896461828096";
    private static final String SIX = "{'even_number': 6, '_test_run_id': 'x'}";

    @Test
    void lineOfSixEndsAtSixToTheSixteenth() throws Exception {
        TemplateRun line = TemplateRun.conformance("mathematical_sequence.yaml");
        line.run(SIX);

        assertThat(line.value("linear_step_1").longValue()).isEqualTo(36);
        assertThat(line.value("linear_step_2").longValue()).isEqualTo(1296);
        assertThat(line.value("linear_step_3").longValue()).isEqualTo(1679616);
        assertThat(line.value("linear_step_4").longValue()).isEqualTo(2821109907456L);
        assertThat(List.of("linear_step_1", "linear_step_2", "linear_step_3", "linear_step_4"))
                .extracting(step -> line.metadata(step).get("step_type").stringValue())
                .containsExactly("initial", "intermediate", "single_parent", "final");
        assertThat(line.metadata("linear_step_1").at("/input_refs/even_number").stringValue())
                .isEqualTo("task.context.even_number");
        assertThat(line.metadata("linear_step_4").get("verification"))
                .isEqualTo(Attempt.tree(Map.of(
                        "original_number",
                        6,
                        "expected_result",
                        2821109907456L,
                        "actual_result",
                        2821109907456L,
                        "matches",
                        true)));
    }

    @Test
    void lineOfEightFits64Bits() throws Exception {
        TemplateRun line = TemplateRun.conformance("mathematical_sequence.yaml");
        line.run("{'even_number': 8}");

        assertThat(line.value("linear_step_4").longValue()).isEqualTo(281474976710656L);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 256})
    void numbersThatOverflowWrapAndSucceed(int number) throws Exception {
        TemplateRun line = TemplateRun.conformance("mathematical_sequence.yaml");
        line.run("{'even_number': " + number + "}");

        assertThat(line.value("linear_step_4").longValue()).isZero();
        assertThat(line.metadata("linear_step_4").at("/verification/matches").booleanValue())
                .isFalse();
    }

    @Test
    void diamondMultipliesItsBranchesAndSquares() throws Exception {
        TemplateRun diamond = TemplateRun.conformance("diamond_pattern.yaml");
        diamond.run(SIX);

        assertThat(diamond.value("diamond_branch_b").longValue()).isEqualTo(1296);
        assertThat(diamond.value("diamond_branch_c").longValue()).isEqualTo(1296);
        assertThat(diamond.value("diamond_end").longValue()).isEqualTo(2821109907456L);
        JsonNode metadata = diamond.metadata("diamond_end");
        assertThat(metadata.get("operation").stringValue()).isEqualTo("multiply_and_square");
        assertThat(metadata.get("step_type").stringValue()).isEqualTo("multiple_parent");
        assertThat(metadata.get("multiplied").longValue()).isEqualTo(1679616);
        assertThat(metadata.at("/verification/matches").booleanValue()).isTrue();
        assertThat(metadata.get("input_refs").propertyNames()).containsExactly("diamond_branch_b", "diamond_branch_c");
        assertThat(diamond.metadata("diamond_start").get("branches").size()).isEqualTo(2);
    }

    @Test
    void treeEndsAtTheExactPowerAsText() throws Exception {
        TemplateRun tree = TemplateRun.conformance("hierarchical_tree.yaml");
        tree.run(SIX);

        assertThat(tree.value("tree_leaf_g").longValue()).isEqualTo(1679616);
        assertThat(tree.value("tree_final_convergence").stringValue()).isEqualTo(SIX_TO_THE_64TH);
        JsonNode metadata = tree.metadata("tree_final_convergence");
        assertThat(metadata.get("multiplied").stringValue()).isEqualTo("7958661109946400884391936");
        assertThat(metadata.get("operation").stringValue()).isEqualTo("multiply_all_and_square");
        assertThat(metadata.at("/verification/expected_result").stringValue()).isEqualTo(SIX_TO_THE_64TH);
        assertThat(metadata.at("/verification/matches").booleanValue()).isTrue();
        assertThat(tree.metadata("tree_branch_left").get("branch").stringValue())
                .isEqualTo("left_main");
        assertThat(tree.metadata("tree_branch_right").get("sub_branches"))
                .isEqualTo(Attempt.tree(List.of("tree_leaf_f", "tree_leaf_g")));
        assertThat(tree.metadata("tree_leaf_d").get("leaf").stringValue()).isEqualTo("d");
    }

    @Test
    void mixedGraphEndsAtTheExactPowerAsText() throws Exception {
        TemplateRun graph = TemplateRun.conformance("complex_dag.yaml");
        graph.run(SIX);

        assertThat(graph.value("dag_validate").longValue()).isEqualTo(2821109907456L);
        assertThat(graph.value("dag_transform").longValue()).isEqualTo(1679616);
        assertThat(graph.value("dag_finalize").stringValue()).isEqualTo(SIX_TO_THE_64TH);
        assertThat(graph.metadata("dag_validate").get("convergence_type").stringValue())
                .isEqualTo("dual_branch");
        assertThat(graph.metadata("dag_transform").get("transform_type").stringValue())
                .isEqualTo("left_branch_square");
        assertThat(graph.metadata("dag_analyze").get("analysis_type").stringValue())
                .isEqualTo("right_branch_square");
        assertThat(graph.metadata("dag_process_left").get("feeds_to"))
                .isEqualTo(Attempt.tree(List.of("dag_validate", "dag_transform")));
        assertThat(graph.metadata("dag_finalize").get("operation").stringValue())
                .isEqualTo("multiply_three_and_square");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'even_number': null}", "{'even_number': '6'}", "{'even_number': 6.5}"})
    void missingNumberIsPermanent(String context) throws Exception {
        Failure failure = Attempt.of(ArithmeticHandlers.registry(), PREFIX + "linear_workflow::LinearStep1Handler")
                .context(context)
                .fails();

        assertThat(failure.code()).isEqualTo("MISSING_CONTEXT_FIELD");
        assertThat(failure.type()).isEqualTo("ValidationError");
        assertThat(failure.retryable()).isFalse();
        assertThat(Attempt.tree(failure.context())).isEqualTo(Attempt.tree(Map.of("field", "even_number")));
    }

    @Test
    void oddNumberIsPermanent() throws Exception {
        Failure failure = Attempt.of(ArithmeticHandlers.registry(), PREFIX + "mixed_dag_workflow::DagInitHandler")
                .context("{'even_number': 7}")
                .fails();

        assertThat(failure.code()).isEqualTo("VALIDATION_ERROR");
        assertThat(failure.retryable()).isFalse();
        assertThat(Attempt.tree(failure.context())).isEqualTo(Attempt.tree(Map.of("input", 7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "'36'", "{'value': 36}", "1.5"})
    void missingDependencyIsRetryable(String result) throws Exception {
        Failure failure = Attempt.of(ArithmeticHandlers.registry(), PREFIX + "linear_workflow::LinearStep2Handler")
                .context(SIX)
                .dependency("linear_step_1", result)
                .fails();

        assertThat(failure.code()).isEqualTo("MISSING_DEPENDENCY");
        assertThat(failure.type()).isEqualTo("DependencyError");
        assertThat(failure.retryable()).isTrue();
        assertThat(Attempt.tree(failure.context())).isEqualTo(Attempt.tree(Map.of("required_step", "linear_step_1")));
    }
}
