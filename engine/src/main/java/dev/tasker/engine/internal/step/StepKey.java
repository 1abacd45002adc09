package dev.tasker.engine.internal.step;

import java.util.UUID;

/** A step as the database knows it: its task and its index there. */
public record StepKey(UUID task, int index) {}
