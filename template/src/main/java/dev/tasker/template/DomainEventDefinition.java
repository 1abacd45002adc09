package dev.tasker.template;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A domain event that steps may publish by reference (spec 06 §4.3).
 *
 * @param schema JSON Schema of the payload
 */
public record DomainEventDefinition(
        String name, @Nullable String description, @Nullable JsonNode schema) {}
