package dev.tasker.worker.resolve;

import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.ErrorTypes;
import dev.tasker.worker.PermanentStepException;
import java.util.List;

/** Nothing resolves a handler's address, or it has no such method; no further attempt helps (04 §5.9). */
public final class HandlerNotFoundException extends PermanentStepException {

    private HandlerNotFoundException(String message) {
        super(message);
        typed(ErrorTypes.HANDLER_NOT_FOUND);
    }

    static HandlerNotFoundException nothing(String callable, List<String> tried) {
        return new HandlerNotFoundException("Handler not found: " + callable + " (tried: " + tried
                + "; expected: a registered callable, or an address that one of them resolves)");
    }

    static HandlerNotFoundException unknownHint(String callable, String hint, List<String> available) {
        return new HandlerNotFoundException("Handler not found: " + callable + " (resolver: '" + hint
                + "' does not exist, expected: one of " + available + ")");
    }

    static HandlerNotFoundException byHint(String callable, String hint) {
        return new HandlerNotFoundException(
                "Handler not found: " + callable + " (tried: [" + hint + "] alone, for the template names it)");
    }

    static HandlerNotFoundException unusable(String callable, BadHandlerException reason) {
        return new HandlerNotFoundException(
                "Handler not found: " + callable + " (its class is no handler: " + reason.getMessage() + ")");
    }

    /** A handler was found, and has no such method. */
    public static HandlerNotFoundException method(String callable, String method, List<String> methods) {
        return new HandlerNotFoundException("method '" + method + "' of handler " + callable
                + " does not exist (expected: one of " + methods + ")");
    }
}
