package dev.tasker.server.grpc;

import com.tasker.v1.Step;
import com.tasker.v1.StepAuditRecord;
import com.tasker.v1.Task;
import com.tasker.v1.TaskContext;
import dev.tasker.engine.ExecutionStatus;
import dev.tasker.engine.StepAudit;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskView;
import dev.tasker.server.api.StepResultDocument;
import dev.tasker.server.api.TaskContexts;
import dev.tasker.server.json.JsonMembers;
import java.util.List;

/** Tasks and steps as messages (03 §2.3). */
final class TaskMessages {
    private TaskMessages() {}

    static Task task(TaskView task) {
        ExecutionStatus execution = task.execution();
        Task.Builder message = Task.newBuilder()
                .setTaskUuid(task.taskUuid().toString())
                .setName(task.name())
                .setNamespace(task.namespace())
                .setVersion(task.version())
                .setState(Fields.state(task.state()))
                .setCreatedAt(Fields.time(task.createdAt()))
                .setUpdatedAt(Fields.time(task.updatedAt()))
                .setContext(Structs.struct(task.context()))
                .setInitiator(task.initiator())
                .setSourceSystem(task.sourceSystem())
                .setReason(task.reason())
                .setPriority(task.priority())
                .addAllTags(tags(task))
                .setCorrelationId(task.correlationId().toString())
                .setTotalSteps(execution.totalSteps())
                .setPendingSteps(execution.pendingSteps())
                .setInProgressSteps(execution.inProgressSteps())
                .setCompletedSteps(execution.completedSteps())
                .setFailedSteps(execution.failedSteps())
                .setReadySteps(execution.readySteps())
                .setExecutionStatus(execution.status())
                .setRecommendedAction(execution.recommendedAction())
                .setCompletionPercentage(execution.completionPercentage().doubleValue())
                .setHealthStatus(execution.healthStatus());
        if (task.completedAt() != null) {
            message.setCompletedAt(Fields.time(task.completedAt()));
        }
        if (task.parentCorrelationId() != null) {
            message.setParentCorrelationId(task.parentCorrelationId().toString());
        }
        return message.build();
    }

    /** Tags that are no list of texts have no place in the message. */
    private static List<String> tags(TaskView task) {
        String tags = task.tags();
        return tags == null || !tags.startsWith("[") || !JsonMembers.isArrayOfStrings(tags)
                ? List.of()
                : JsonMembers.strings(tags);
    }

    static TaskContext context(TaskView task) {
        TaskContexts contexts = TaskContexts.of(task);
        return TaskContext.newBuilder()
                .setInputs(Structs.struct(contexts.inputs()))
                .setOutputs(Structs.struct(contexts.outputs()))
                .setMerged(Structs.struct(contexts.merged()))
                .build();
    }

    static Step step(StepView step) {
        Step.Builder message = Step.newBuilder()
                .setStepUuid(step.stepUuid().toString())
                .setTaskUuid(step.taskUuid().toString())
                .setName(step.name())
                .setState(Fields.state(step.state()))
                .setCreatedAt(Fields.time(step.createdAt()))
                .setUpdatedAt(Fields.time(step.updatedAt()))
                .setDependenciesSatisfied(step.dependenciesSatisfied())
                .setRetryEligible(step.retryEligible())
                .setReadyForExecution(step.readyForExecution())
                .setTotalParents(step.totalParents())
                .setCompletedParents(step.completedParents())
                .setAttempts(step.attempts())
                .setMaxAttempts(step.maxAttempts());
        if (step.completedAt() != null) {
            message.setCompletedAt(Fields.time(step.completedAt()));
        }
        String results = StepResultDocument.of(step);
        if (results != null) {
            message.setResults(Structs.struct(results));
        }
        if (step.lastFailureAt() != null) {
            message.setLastFailureAt(Fields.time(step.lastFailureAt()));
        }
        if (step.nextRetryAt() != null) {
            message.setNextRetryAt(Fields.time(step.nextRetryAt()));
        }
        if (step.lastAttemptedAt() != null) {
            message.setLastAttemptedAt(Fields.time(step.lastAttemptedAt()));
        }
        if (step.backoffRequestSeconds() != null) {
            message.setBackoffRequestSeconds(step.backoffRequestSeconds());
        }
        return message.build();
    }

    static StepAuditRecord audit(StepAudit row) {
        StepAuditRecord.Builder message = StepAuditRecord.newBuilder()
                .setAuditUuid(row.auditUuid().toString())
                .setStepUuid(row.stepUuid().toString())
                .setTransitionUuid(row.transitionUuid().toString())
                .setTaskUuid(row.taskUuid().toString())
                .setRecordedAt(Fields.time(row.recordedAt()))
                .setCorrelationId(row.correlationId().toString())
                .setSuccess(row.success())
                .setStepName(row.stepName())
                .setFromState(Fields.stepState(row.fromState()))
                .setToState(Fields.stepState(row.toState()));
        if (row.workerUuid() != null) {
            message.setWorkerUuid(row.workerUuid().toString());
        }
        if (row.executionTimeMs() != null) {
            message.setExecutionTimeMs(row.executionTimeMs());
        }
        String result = StepResultDocument.of(row);
        if (result != null) {
            message.setResult(Structs.struct(result));
        }
        return message.build();
    }
}
