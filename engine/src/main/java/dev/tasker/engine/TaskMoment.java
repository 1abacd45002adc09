package dev.tasker.engine;

import java.time.Instant;

/**
 * A task at a moment, from which on its changes can be followed.
 *
 * @param since when it entered its state
 * @param cursor for {@link Engine#changes}: everything that is not part of this moment comes after it
 */
public record TaskMoment(TaskState state, Instant since, long cursor) {}
