package dev.tasker.engine.internal.task;

import dev.tasker.engine.Assignment.TaskPart;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import java.util.UUID;

/** A validated request with everything creation writes. The hash is shared: not to be modified. */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
public record NewTask(UUID uuid, RegisteredTemplate template, TaskPart part, byte[] identityHash) {}
