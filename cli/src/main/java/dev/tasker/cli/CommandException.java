package dev.tasker.cli;

/** A command cannot do what it was asked; the message is one sentence for the person who asked. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
