package dev.tasker.worker.batch;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;

/** A handler of a batchable step (04 §5.7): cuts the work into ranges. */
public interface BatchAnalyzer extends StepHandler {

    BatchPlan analyze(StepContext context) throws Exception;

    @Override
    default StepResult handle(StepContext context) throws Exception {
        return analyze(context).toResult(context, version());
    }
}
