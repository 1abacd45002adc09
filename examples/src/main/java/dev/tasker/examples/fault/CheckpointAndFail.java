package dev.tasker.examples.fault;

import dev.tasker.examples.Members;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.batch.BatchInputs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A batch worker that fails halfway in one attempt and tells the next one, in the failure's context, how far it had come: the older way to go
 * on, which needs nothing but the stored result of the attempt before.
 */
final class CheckpointAndFail implements StepHandler {

    @Override
    public StepResult handle(StepContext context) {
        BatchInputs inputs = BatchInputs.of(context);
        if (inputs.noOp()) {
            return StepResult.success(Members.of("no_op", true, "reason", "there is nothing to do"));
        }
        long end = inputs.endNumber();
        long resumedFrom = resumedFrom(context.previousResult(), inputs.startNumber());
        long before = resumedFrom - inputs.startNumber();
        int failAfter = context.configOr("fail_after_items", 50);
        int failOn = context.configOr("fail_on_attempt", 1);
        int interval = context.configOr("items_per_checkpoint", 25);
        long saved = resumedFrom;
        long done = 0;
        for (long position = resumedFrom; position < end; position++) {
            done++;
            if (done % interval == 0) {
                saved = position + 1;
            }
            if (before + done >= failAfter && context.attempt() == failOn) {
                return StepResult.failure("batch fails on purpose after " + done + " items")
                        .type("RetryableError")
                        .code("SIMULATED_BATCH_FAILURE")
                        .context("checkpoint_progress", saved)
                        .context("processed_before_failure", done)
                        .context("resumed_from", resumedFrom);
            }
        }
        return StepResult.success(
                Members.of(
                        "total_processed", done,
                        "resumed_from", resumedFrom,
                        "final_position", end,
                        "start_position", inputs.startNumber(),
                        "end_position", end,
                        "attempts", context.attempt(),
                        "message", "processed up to " + end),
                Members.of(
                        "checkpoint_progress", end,
                        "processed_before_failure", done,
                        "resumed_from", resumedFrom));
    }

    private static long resumedFrom(@Nullable JsonNode previous, long start) {
        if (previous == null) {
            return start;
        }
        JsonNode facts = previous.at("/metadata/context");
        JsonNode progress = facts.path("checkpoint_progress");
        return progress.isIntegralNumber()
                ? progress.longValue()
                : facts.at("/context/checkpoint_progress").asLong(start);
    }
}
