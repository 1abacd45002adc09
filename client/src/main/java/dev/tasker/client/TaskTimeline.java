package dev.tasker.client;

import java.util.List;
import java.util.UUID;

/** Everything that has happened to a task, in order. */
public record TaskTimeline(UUID taskUuid, List<TaskChange> changes) {}
