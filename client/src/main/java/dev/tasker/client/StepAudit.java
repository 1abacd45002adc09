package dev.tasker.client;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One attempt of a step, or what an operator did to it.
 *
 * @param workerUuid who worked it, null for an operator
 * @param executionTimeMs null for an operator
 * @param result the whole document
 */
public record StepAudit(
        UUID auditUuid,
        UUID workflowStepUuid,
        UUID transitionUuid,
        UUID taskUuid,
        Instant recordedAt,
        @Nullable UUID workerUuid,
        @Nullable UUID correlationId,
        boolean success,
        @Nullable Long executionTimeMs,
        @Nullable JsonNode result,
        String stepName,
        @Nullable String fromState,
        String toState) {}
