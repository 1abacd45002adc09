package dev.tasker.engine.internal.graph;

import dev.tasker.engine.internal.graph.InvalidOutcomeException.Kind;
import dev.tasker.engine.internal.graph.Outcome.CreateBatches;
import dev.tasker.engine.internal.graph.Outcome.Cursor;
import dev.tasker.template.BatchConfig;
import dev.tasker.template.FailureStrategy;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Names and inputs of batch instances (02 §7.2, §7.3). */
final class BatchInstances {
    private static final int NAME_MAX = 128;
    private static final String PLACEHOLDER_ID = "000";

    private BatchInstances() {}

    /** An instance to be created. */
    record Instance(String name, String inputs) {}

    /** One instance per cursor, in their order. */
    static List<Instance> of(TemplatePlan plan, PlannedStep worker, PlannedStep batchable, CreateBatches outcome)
            throws InvalidOutcomeException {
        List<Instance> instances = new ArrayList<>(outcome.cursors().size());
        for (Cursor cursor : outcome.cursors()) {
            instances.add(instance(plan, worker, batchable, cursor, false));
        }
        return instances;
    }

    /** The instance that runs where there is nothing to process. */
    static Instance placeholder(TemplatePlan plan, PlannedStep worker, PlannedStep batchable)
            throws InvalidOutcomeException {
        ObjectNode cursor = OutcomeParser.JSON
                .createObjectNode()
                .put("batch_id", PLACEHOLDER_ID)
                .put("start_cursor", 0)
                .put("end_cursor", 0)
                .put("batch_size", 0);
        return instance(plan, worker, batchable, new Cursor(PLACEHOLDER_ID, cursor), true);
    }

    /** The settings of the batch: the worker's, else the batchable step's, null when neither states any. */
    static @Nullable BatchConfig config(PlannedStep worker, PlannedStep batchable) {
        BatchConfig own = worker.definition().batchConfig();
        return own != null ? own : batchable.definition().batchConfig();
    }

    private static Instance instance(
            TemplatePlan plan, PlannedStep worker, PlannedStep batchable, Cursor cursor, boolean noOp)
            throws InvalidOutcomeException {
        String name = worker.name() + "_" + cursor.batchId();
        if (name.length() > NAME_MAX) {
            throw new InvalidOutcomeException(
                    Kind.MALFORMED,
                    "batch_id: '" + cursor.batchId() + "' makes a step name of " + name.length()
                            + " characters (expected: at most " + NAME_MAX + ")");
        }
        if (plan.step(name).isPresent()) {
            throw new InvalidOutcomeException(
                    Kind.MALFORMED,
                    "batch_id: '" + cursor.batchId() + "' makes the step name '" + name
                            + "' (expected: none of the template's)");
        }
        BatchConfig config = config(worker, batchable);
        JsonNode initialization = worker.definition().handler().initialization();
        ObjectNode inputs = OutcomeParser.JSON.createObjectNode();
        initialization.properties().forEach(entry -> inputs.set(entry.getKey(), entry.getValue()));
        inputs.set("cursor", cursor.document());
        inputs.putObject("batch_metadata")
                .put("cursor_field", config == null ? BatchConfig.CURSOR_FIELD_DEFAULT : config.cursorField())
                .put(
                        "failure_strategy",
                        (config == null ? FailureStrategy.CONTINUE_ON_FAILURE : config.failureStrategy())
                                .name()
                                .toLowerCase(Locale.ROOT));
        inputs.put("is_no_op", noOp);
        inputs.put("__template_step_name", worker.name());
        return new Instance(name, inputs.toString());
    }
}
