package dev.tasker.client;

import java.util.List;

/**
 * A template that is registered now.
 *
 * @param contentHash SHA-256 of what it says; equal ones are the same template
 * @param findings what its author should know
 */
public record TemplateRegistration(
        String namespace, String name, String version, String contentHash, List<TemplateFinding> findings) {}
