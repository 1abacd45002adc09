package dev.tasker.server.config;

/** A value as TOML has it, and where it was set. */
record Located(Object value, Origin origin) {}
