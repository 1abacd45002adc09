package dev.tasker.engine;

/**
 * A template version as registered.
 *
 * @param contentHash SHA-256 of its canonical document, hexadecimal
 */
public record RegisteredVersion(String namespace, String name, String version, String contentHash) {}
