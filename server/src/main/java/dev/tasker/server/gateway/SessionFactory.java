package dev.tasker.server.gateway;

import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;

/** Opens sessions of the engine: {@code engine::openSession}. May block. */
@FunctionalInterface
public interface SessionFactory {
    Session open(SessionRequest request, AssignmentListener listener);
}
