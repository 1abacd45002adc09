package dev.tasker.server.gateway;

import dev.tasker.engine.EngineException;
import io.grpc.Status;

/** The table from engine errors to gRPC status. */
final class Statuses {
    private Statuses() {}

    static Status of(RuntimeException e) {
        if (!(e instanceof EngineException engine)) {
            return Status.INTERNAL.withDescription("internal error").withCause(e);
        }
        Status status = switch (engine.code()) {
            case INVALID_REQUEST, INVALID_TEMPLATE -> Status.INVALID_ARGUMENT;
            case TEMPLATE_NOT_FOUND -> Status.NOT_FOUND;
            case TEMPLATE_CHANGED, SWITCHED_OFF -> Status.FAILED_PRECONDITION;
            case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
            case DATABASE_UNAVAILABLE, CLOSED -> Status.UNAVAILABLE;
            case INTERNAL -> Status.INTERNAL;
        };
        return status.withDescription(e.getMessage()).withCause(e);
    }
}
