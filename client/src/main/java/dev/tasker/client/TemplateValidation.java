package dev.tasker.client;

import java.util.List;

/** What is right and wrong with a template. */
public record TemplateValidation(boolean valid, List<TemplateFinding> findings) {}
