package dev.tasker.client;

import java.util.List;

/** Whether a worker can run a template, and what of it has no handler there. */
public record WorkerTemplateValidation(
        boolean valid, List<String> errors, List<String> requiredCapabilities, List<String> stepHandlers) {}
