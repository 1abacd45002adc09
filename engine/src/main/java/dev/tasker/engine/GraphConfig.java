package dev.tasker.engine;

/**
 * How far the graph of a task may grow at run time (02 §6.5, §7.2).
 *
 * @param decisions whether outcomes of decision steps are carried out; otherwise they create nothing
 * @param decisionStepsMax steps one decision may name
 * @param decisionStepsWarn from so many on a warning is counted
 * @param decisionDepthMax decisions on one path through a template
 * @param decisionDepthWarn from so many on a warning is counted
 * @param batches whether templates with batchable steps may be run
 * @param parallelInstancesMax instances of one batchable step on their way at a time
 */
public record GraphConfig(
        boolean decisions,
        int decisionStepsMax,
        int decisionStepsWarn,
        int decisionDepthMax,
        int decisionDepthWarn,
        boolean batches,
        int parallelInstancesMax) {
    public static final GraphConfig DEFAULT = new GraphConfig(true, 100, 50, 20, 10, true, 50);

    public GraphConfig {
        require("decision_points.max_steps_per_decision", decisionStepsMax, 1000);
        require("decision_points.warn_threshold_steps", decisionStepsWarn, 1000);
        require("decision_points.max_decision_depth", decisionDepthMax, 100);
        require("decision_points.warn_threshold_depth", decisionDepthWarn, 100);
        require("batch_processing.max_parallel_batches", parallelInstancesMax, 1000);
    }

    private static void require(String key, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: 1 to " + max + ")");
        }
    }

    public GraphConfig withDecisions(boolean newDecisions) {
        return new GraphConfig(
                newDecisions,
                decisionStepsMax,
                decisionStepsWarn,
                decisionDepthMax,
                decisionDepthWarn,
                batches,
                parallelInstancesMax);
    }

    public GraphConfig withBatches(boolean newBatches) {
        return new GraphConfig(
                decisions,
                decisionStepsMax,
                decisionStepsWarn,
                decisionDepthMax,
                decisionDepthWarn,
                newBatches,
                parallelInstancesMax);
    }

    public GraphConfig withParallelInstancesMax(int newMax) {
        return new GraphConfig(
                decisions, decisionStepsMax, decisionStepsWarn, decisionDepthMax, decisionDepthWarn, batches, newMax);
    }
}
