package dev.tasker.server;

import dev.tasker.engine.ContextFault;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.TaskState;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down contexts that are not what their template wants, where it asks only to be told (spec 06 §5). */
final class DeviationLog implements EngineListener {
    private static final Logger log = LoggerFactory.getLogger(DeviationLog.class);

    @Override
    public void taskEntered(UUID taskUuid, TaskState state) {
        // not of interest here
    }

    @Override
    public void contextDeviates(UUID taskUuid, List<ContextFault> faults) {
        log.atWarn()
                .addKeyValue("task_uuid", taskUuid)
                .addKeyValue("faults", faults.size())
                .log(
                        "Context does not keep to input_schema: {} {}",
                        faults.getFirst().pointer(),
                        faults.getFirst().message());
    }
}
