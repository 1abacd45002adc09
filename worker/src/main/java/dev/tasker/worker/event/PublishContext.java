package dev.tasker.worker.event;

import dev.tasker.worker.Assignment;
import java.time.Duration;

/**
 * The outcome that an event tells of.
 *
 * @param mayRetry a failure after which the step is tried again, as far as the worker knows
 * @param executionTime wall time of the handler
 * @param document the result document (JSON): of a success {@code result} is what the handler returned
 */
public record PublishContext(
        Assignment assignment,
        DeclaredEvent event,
        boolean success,
        boolean mayRetry,
        Duration executionTime,
        String document) {}
