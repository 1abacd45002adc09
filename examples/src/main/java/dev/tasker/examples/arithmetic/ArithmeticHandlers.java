package dev.tasker.examples.arithmetic;

import dev.tasker.worker.HandlerRegistry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The workflows that raise an even number n to n^16 or n^64, one square at a time. */
public final class ArithmeticHandlers {

    private static final String PREFIX = "tasker_example_rs::step_handlers::";

    private final HandlerRegistry.Builder registry = HandlerRegistry.builder();

    private ArithmeticHandlers() {}

    public static HandlerRegistry registry() {
        var handlers = new ArithmeticHandlers();
        handlers.line();
        handlers.diamond();
        handlers.tree();
        handlers.mixedGraph();
        return handlers.registry.build();
    }

    private void line() {
        String flow = "linear_workflow::LinearStep";
        square(flow + "1Handler", input(), facts("initial"), 0);
        square(flow + "2Handler", step("linear_step_1"), facts("intermediate"), 0);
        square(flow + "3Handler", step("linear_step_2"), facts("single_parent"), 0);
        square(flow + "4Handler", step("linear_step_3"), facts("final"), 16);
    }

    private void diamond() {
        String flow = "diamond_workflow::Diamond";
        List<String> branches = List.of("diamond_branch_b", "diamond_branch_c");
        square(flow + "StartHandler", input(), facts("initial", "branches", branches), 0);
        square(flow + "BranchBHandler", step("diamond_start"), facts("single_parent"), 0);
        square(flow + "BranchCHandler", step("diamond_start"), facts("single_parent"), 0);
        product(
                flow + "EndHandler",
                steps("diamond_branch_b", "diamond_branch_c"),
                facts("multiple_parent", "operation", "multiply_and_square"),
                false,
                16);
    }

    private void tree() {
        String flow = "tree_workflow::Tree";
        square(
                flow + "RootHandler",
                input(),
                facts("initial", "branches", List.of("tree_branch_left", "tree_branch_right")),
                0);
        treeSide("Left", "left", List.of("d", "e"));
        treeSide("Right", "right", List.of("f", "g"));
        product(
                flow + "FinalConvergenceHandler",
                steps("tree_leaf_d", "tree_leaf_e", "tree_leaf_f", "tree_leaf_g"),
                facts("multiple_parent_final", "operation", "multiply_all_and_square"),
                true,
                64);
    }

    private void treeSide(String title, String side, List<String> leaves) {
        List<String> leafSteps =
                leaves.stream().map(leaf -> "tree_leaf_" + leaf).toList();
        square(
                "tree_workflow::TreeBranch" + title + "Handler",
                step("tree_root"),
                facts("single_parent", "branch", side + "_main", "sub_branches", leafSteps),
                0);
        for (String leaf : leaves) {
            String letter = leaf.toUpperCase(Locale.ROOT);
            square(
                    "tree_workflow::TreeLeaf" + letter + "Handler",
                    step("tree_branch_" + side),
                    facts("single_parent", "branch", side, "leaf", leaf),
                    0);
        }
    }

    private void mixedGraph() {
        String flow = "mixed_dag_workflow::Dag";
        square(
                flow + "InitHandler",
                input(),
                facts("initial", "branches", List.of("dag_process_left", "dag_process_right")),
                0);
        square(
                flow + "ProcessLeftHandler",
                step("dag_init"),
                facts("single_parent", "branch", "left", "feeds_to", List.of("dag_validate", "dag_transform")),
                0);
        square(
                flow + "ProcessRightHandler",
                step("dag_init"),
                facts("single_parent", "branch", "right", "feeds_to", List.of("dag_validate", "dag_analyze")),
                0);
        product(
                flow + "ValidateHandler",
                steps("dag_process_left", "dag_process_right"),
                facts("multiple_parent", "operation", "multiply_and_square", "convergence_type", "dual_branch"),
                false,
                0);
        square(
                flow + "TransformHandler",
                step("dag_process_left"),
                facts("single_parent", "transform_type", "left_branch_square"),
                0);
        square(
                flow + "AnalyzeHandler",
                step("dag_process_right"),
                facts("single_parent", "analysis_type", "right_branch_square"),
                0);
        product(
                flow + "FinalizeHandler",
                steps("dag_validate", "dag_transform", "dag_analyze"),
                facts("multiple_parent_final", "operation", "multiply_three_and_square"),
                true,
                64);
    }

    private void square(String callable, Operand operand, Map<String, Object> facts, int verifiedPower) {
        product(callable, List.of(operand), facts, false, verifiedPower);
    }

    private void product(
            String callable, List<Operand> operands, Map<String, Object> facts, boolean exact, int verifiedPower) {
        registry.handler(PREFIX + callable, new SquareBody(operands, facts, exact, verifiedPower).asHandler());
    }

    private static Operand input() {
        return new Operand.Input();
    }

    private static Operand step(String name) {
        return new Operand.Result(name);
    }

    private static List<Operand> steps(String... names) {
        return Arrays.stream(names).map(ArithmeticHandlers::step).toList();
    }

    /** Metadata from pairs of name and value; the operation is a square unless a pair says otherwise. */
    private static Map<String, Object> facts(String stepType, Object... pairs) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("operation", "square");
        facts.put("step_type", stepType);
        for (int i = 0; i < pairs.length; i += 2) {
            facts.put((String) pairs[i], pairs[i + 1]);
        }
        return facts;
    }
}
