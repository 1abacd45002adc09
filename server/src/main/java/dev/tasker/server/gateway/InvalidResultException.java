package dev.tasker.server.gateway;

/** A reported result can never be stored; the message tells the worker why. */
final class InvalidResultException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidResultException(String message) {
        super(message);
    }
}
