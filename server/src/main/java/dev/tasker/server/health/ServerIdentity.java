package dev.tasker.server.health;

/**
 * What the server says about itself.
 *
 * @param environment the word of {@code TASKER_ENV}
 */
public record ServerIdentity(String version, String environment) {}
