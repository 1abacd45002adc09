package dev.tasker.engine;

import org.jspecify.annotations.Nullable;

/**
 * Who acts on a task or step by hand; stored with the reason in the history.
 *
 * @param name as the caller gives it, at most 255 characters
 * @param subject the authenticated identity behind the call, null without authentication
 */
public record Operator(String name, @Nullable String subject) {}
