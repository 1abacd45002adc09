package dev.tasker.worker.remote;

import io.grpc.Status;

/** A server did not say what became of templates it was brought. */
public final class TemplatesRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isLasting;

    TemplatesRefusedException(String message, boolean isLasting) {
        super(message);
        this.isLasting = isLasting;
    }

    static TemplatesRefusedException of(Status status) {
        boolean isLasting = switch (status.getCode()) {
            case PERMISSION_DENIED, UNIMPLEMENTED, INVALID_ARGUMENT, FAILED_PRECONDITION -> true;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    RESOURCE_EXHAUSTED,
                    ABORTED,
                    OUT_OF_RANGE,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS,
                    UNAUTHENTICATED -> false;
        };
        return new TemplatesRefusedException(status.getCode() + ": " + status.getDescription(), isLasting);
    }

    /** Whether asking again would bring the same: the server does not let this worker register, or cannot. */
    public boolean isLasting() {
        return isLasting;
    }
}
