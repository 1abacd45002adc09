package dev.tasker.client;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task or one of its steps has come into a state; or is found in it, at the beginning of a stream.
 *
 * @param stepUuid null when it is about the task
 * @param name of the step, null when it is about the task
 * @param version counts the changes of a task, and of each step; null for a task as it was found
 * @param fromState null for a task as it was found
 * @param state a {@link TaskState} or {@link StepState}, as the API writes it
 * @param via states passed through on the way
 * @param action what an operator did, null when nobody did anything
 * @param actor who the operator said to be
 * @param subject as whom the server knew the caller
 */
public record TaskChange(
        UUID taskUuid,
        @Nullable UUID stepUuid,
        @Nullable String name,
        @Nullable Long version,
        @Nullable String fromState,
        String state,
        @Nullable List<String> via,
        Instant at,
        @Nullable String action,
        @Nullable String actor,
        @Nullable String subject,
        @Nullable String reason) {}
