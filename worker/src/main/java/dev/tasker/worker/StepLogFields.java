package dev.tasker.worker;

import java.util.Map;
import org.slf4j.MDC;

/** Puts on every line that a handler logs which step it was running (03 §4.6); the attempt's thread is the only one to have them. */
final class StepLogFields implements AutoCloseable {
    private static final int TRACE_ID_BEGIN = 3;
    private static final int TRACE_ID_END = 35;

    private StepLogFields() {}

    static StepLogFields of(Assignment assignment) {
        MDC.setContextMap(Map.of(
                "correlation_id", assignment.task().correlationId().toString(),
                "task_uuid", assignment.taskUuid().toString(),
                "step_uuid", assignment.stepUuid().toString(),
                "step_name", assignment.step().name(),
                "namespace", assignment.task().namespace()));
        String traceparent = assignment.task().traceparent();
        if (traceparent != null && traceparent.length() >= TRACE_ID_END) {
            MDC.put("trace_id", traceparent.substring(TRACE_ID_BEGIN, TRACE_ID_END));
        }
        return new StepLogFields();
    }

    @Override
    public void close() {
        MDC.clear();
    }
}
