package dev.tasker.server.gateway;

/** A reported result can never be stored; the reason tells the worker why. */
final class InvalidResultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    InvalidResultException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
