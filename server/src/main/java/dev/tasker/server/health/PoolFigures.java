package dev.tasker.server.health;

/** Connections of the database pool now, and its bound. */
public record PoolFigures(int active, int idle, int max) {}
