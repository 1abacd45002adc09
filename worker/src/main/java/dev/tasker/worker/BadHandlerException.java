package dev.tasker.worker;

/** A handler, or what was registered as one, is written in a way that can never work; found when it is registered. */
public final class BadHandlerException extends RuntimeException {

    public BadHandlerException(String message) {
        super(message);
    }

    public BadHandlerException(String message, Throwable cause) {
        super(message, cause);
    }
}
