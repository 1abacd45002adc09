package dev.tasker.worker.batch;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;
import java.time.InstantSource;

/**
 * A handler of batch instances (04 §5.7). It is not called for the placeholder of a batch without items, which the engine alone declares.
 */
public interface BatchWorker extends StepHandler {

    /** Does one range; {@link BatchWork} and {@link StepResult#checkpointYield} make results. */
    StepResult work(BatchInputs batch, StepContext context) throws Exception;

    /** Tells when a placeholder was passed over. */
    default InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    default StepResult handle(StepContext context) throws Exception {
        BatchInputs batch = BatchInputs.of(context);
        return batch.noOp() ? batch.noOpResult(clock().instant()) : work(batch, context);
    }
}
