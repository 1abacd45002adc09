package dev.tasker.engine.internal.step;

import dev.tasker.engine.internal.session.LiveSession;

/** A step that a call leased to a session of this node. */
public record LeasedStep(LiveSession session, StepKey key, int token, int attempt) {}
