package dev.tasker.engine.internal.step;

/** What a claim takes from: a callable of a namespace under its interned id. */
public record Queue(int id, String namespace, String callable) {}
