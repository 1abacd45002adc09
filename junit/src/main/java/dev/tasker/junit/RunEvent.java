package dev.tasker.junit;

import tools.jackson.databind.JsonNode;

/**
 * A domain event that a step of a run published.
 *
 * @param payload the business payload
 */
public record RunEvent(String name, String step, JsonNode payload) {}
