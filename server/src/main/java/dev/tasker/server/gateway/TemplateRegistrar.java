package dev.tasker.server.gateway;

import dev.tasker.template.TaskTemplate;

/** Registers a template that a worker brought: {@code engine::register}. May block. */
@FunctionalInterface
public interface TemplateRegistrar {
    void register(TaskTemplate template);
}
