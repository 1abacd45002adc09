package dev.tasker.server.telemetry;

import dev.tasker.worker.Assignment;
import dev.tasker.worker.Checkpoint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkerListener;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A span for each attempt of a worker, in the trace of its task (03 §4.7). Thread-safe. */
final class StepSpans implements WorkerListener {
    private final Tracing tracing;
    private final Map<Assignment, Span> open = new ConcurrentHashMap<>();

    StepSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    public void started(Assignment assignment) {
        Span span = tracing.start(
                "worker.step_execution", SpanKind.CONSUMER, assignment.task().traceparent());
        if (!span.isRecording()) {
            return;
        }
        span.setAttribute("correlation_id", assignment.task().correlationId().toString())
                .setAttribute("task_uuid", assignment.taskUuid().toString())
                .setAttribute("step_uuid", assignment.stepUuid().toString())
                .setAttribute("step_name", assignment.step().name())
                .setAttribute("namespace", assignment.task().namespace());
        open.put(assignment, span);
    }

    @Override
    public void finished(Assignment assignment, StepReport report) {
        end(assignment, report.success() ? StatusCode.OK : StatusCode.ERROR);
    }

    @Override
    public void yielded(Assignment assignment, Checkpoint checkpoint, CompletionStatus status) {
        end(assignment, StatusCode.OK);
    }

    @Override
    public void lost(Assignment assignment) {
        end(assignment, StatusCode.ERROR);
    }

    private void end(Assignment assignment, StatusCode status) {
        Span span = open.remove(assignment);
        if (span != null) {
            span.setStatus(status).end();
        }
    }
}
