package dev.tasker.cli.conformance;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A workflow whose every step answers a power of the even number in the task's context (09 §4.1). */
enum Workflow {
    LINEAR(
            "rust_e2e_linear",
            "mathematical_sequence",
            powers("linear_step_1", 2, "linear_step_2", 4, "linear_step_3", 8, "linear_step_4", 16)),
    DIAMOND(
            "rust_e2e_diamond",
            "diamond_pattern",
            powers("diamond_start", 2, "diamond_branch_b", 4, "diamond_branch_c", 4, "diamond_end", 16)),
    TREE(
            "rust_e2e_tree",
            "hierarchical_tree",
            powers(
                    "tree_root", 2,
                    "tree_branch_left", 4,
                    "tree_branch_right", 4,
                    "tree_leaf_d", 8,
                    "tree_leaf_e", 8,
                    "tree_leaf_f", 8,
                    "tree_leaf_g", 8,
                    "tree_final_convergence", 64)),
    MIXED_DAG(
            "rust_e2e_mixed_dag",
            "complex_dag",
            powers(
                    "dag_init", 2,
                    "dag_process_left", 4,
                    "dag_process_right", 4,
                    "dag_validate", 16,
                    "dag_transform", 8,
                    "dag_analyze", 8,
                    "dag_finalize", 64));

    private static final int STRING_FROM = 64; // answers too large for an integer are decimal strings

    private final String namespace;
    private final String template;

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it; an ImmutableMap is not worth a dependency
    private final Map<String, Integer> powers;

    Workflow(String namespace, String template, Map<String, Integer> powers) {
        this.namespace = namespace;
        this.template = template;
        this.powers = powers;
    }

    String namespace() {
        return namespace;
    }

    /** Name of the template and of its file. */
    String template() {
        return template;
    }

    /** Result of each step as JSON text, in order of creation. */
    Map<String, String> results(long number) {
        Map<String, String> results = new LinkedHashMap<>();
        powers.forEach((step, power) -> {
            String value = BigInteger.valueOf(number).pow(power).toString();
            results.put(step, power < STRING_FROM ? value : '"' + value + '"');
        });
        return results;
    }

    private static Map<String, Integer> powers(Object... stepsAndPowers) {
        Map<String, Integer> powers = new LinkedHashMap<>();
        for (int i = 0; i < stepsAndPowers.length; i += 2) {
            powers.put((String) stepsAndPowers[i], (Integer) stepsAndPowers[i + 1]);
        }
        return Collections.unmodifiableMap(powers);
    }
}
