package dev.tasker.server.grpc;

import com.tasker.v1.DlqSummaryInfo;
import com.tasker.v1.GetTaskSummaryResponse;
import com.tasker.v1.StepErrorSummary;
import com.tasker.v1.StepSummaryInfo;
import com.tasker.v1.TaskSummaryLinks;
import com.tasker.v1.TaskSummaryMetadata;
import com.tasker.v1.TaskSummaryTemplate;
import com.tasker.v1.TaskSummaryTemplateStep;
import dev.tasker.engine.TaskSummary;
import dev.tasker.server.api.TaskDigest;
import dev.tasker.server.json.Timestamps;
import dev.tasker.template.StepDefinition;
import java.util.Objects;

/** The summary of a task as a message (03 §2.3). */
final class SummaryMessages {
    private SummaryMessages() {}

    static GetTaskSummaryResponse summary(TaskDigest digest) {
        String path = "/v1/tasks/" + digest.task().taskUuid();
        TaskSummaryTemplate.Builder template = TaskSummaryTemplate.newBuilder();
        digest.declared().forEach(step -> template.addSteps(declared(step)));
        DlqSummaryInfo.Builder dlq = DlqSummaryInfo.newBuilder().setInDlq(digest.inDlq());
        if (digest.dlqReason() != null) {
            dlq.setDlqReason(digest.dlqReason());
        }
        if (digest.dlqResolution() != null) {
            dlq.setResolutionStatus(digest.dlqResolution());
        }
        GetTaskSummaryResponse.Builder message = GetTaskSummaryResponse.newBuilder()
                .setTask(task(digest))
                .setTemplate(template)
                .setDlq(dlq)
                .setLinks(TaskSummaryLinks.newBuilder()
                        .setTask(path)
                        .setSteps(path + "/workflow_steps")
                        .setDlq("/v1/dlq"));
        digest.steps().forEach(step -> message.addSteps(step(step)));
        return message.build();
    }

    private static TaskSummaryMetadata task(TaskDigest digest) {
        TaskSummary task = digest.task();
        TaskDigest.Counts counts = digest.counts();
        TaskSummaryMetadata.Builder message = TaskSummaryMetadata.newBuilder()
                .setTaskUuid(task.taskUuid().toString())
                .setName(task.name())
                .setNamespace(task.namespace())
                .setVersion(task.version())
                .setStatus(task.status())
                .setCreatedAt(Timestamps.ZULU.format(task.createdAt()))
                .setUpdatedAt(Timestamps.ZULU.format(task.updatedAt()))
                .setInitiator(Objects.requireNonNullElse(task.initiator(), ""))
                .setSourceSystem(Objects.requireNonNullElse(task.sourceSystem(), ""))
                .setReason(Objects.requireNonNullElse(task.reason(), ""))
                .setCorrelationId(task.correlationId().toString())
                .setTotalSteps(counts.total())
                .setPendingSteps(counts.pending())
                .setInProgressSteps(counts.inProgress())
                .setCompletedSteps(counts.completed())
                .setFailedSteps(counts.failed())
                .setCompletionPercentage(counts.completionPercentage().doubleValue())
                .setHealthStatus(counts.healthStatus())
                .setExecutionStatus(counts.executionStatus());
        if (task.completedAt() != null) {
            message.setCompletedAt(Timestamps.ZULU.format(task.completedAt()));
        }
        if (counts.recommendedAction() != null) {
            message.setRecommendedAction(counts.recommendedAction());
        }
        return message.build();
    }

    private static TaskSummaryTemplateStep declared(StepDefinition step) {
        return TaskSummaryTemplateStep.newBuilder()
                .setName(step.name())
                .setStepType(step.type().text())
                .setHandler(step.handler().callable())
                .addAllDependencies(step.dependencies())
                .setRetryable(step.retry().retryable())
                .setMaxAttempts(step.retry().maxAttempts())
                .build();
    }

    private static StepSummaryInfo step(TaskDigest.Step step) {
        StepSummaryInfo.Builder message = StepSummaryInfo.newBuilder()
                .setStepUuid(step.stepUuid().toString())
                .setName(step.name())
                .setCurrentState(step.state())
                .setAttempts(step.attempts())
                .setMaxAttempts(step.maxAttempts())
                .setDependenciesSatisfied(step.dependenciesSatisfied())
                .setRetryEligible(step.retryEligible());
        if (step.createdAt() != null) {
            message.setCreatedAt(Timestamps.ZULU.format(step.createdAt()));
        }
        if (step.completedAt() != null) {
            message.setCompletedAt(Timestamps.ZULU.format(step.completedAt()));
        }
        if (step.lastAttemptedAt() != null) {
            message.setLastAttemptedAt(Timestamps.ZULU.format(step.lastAttemptedAt()));
        }
        TaskDigest.Failure failure = step.failure();
        if (failure != null) {
            message.setError(error(failure));
        }
        return message.build();
    }

    private static StepErrorSummary error(TaskDigest.Failure failure) {
        StepErrorSummary.Builder message = StepErrorSummary.newBuilder().setRetryable(failure.retryable());
        if (failure.errorType() != null) {
            message.setErrorType(failure.errorType());
        }
        if (failure.statusCode() != null) {
            message.setStatusCode(failure.statusCode());
        }
        return message.build();
    }
}
