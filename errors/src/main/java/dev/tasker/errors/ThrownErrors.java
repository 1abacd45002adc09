package dev.tasker.errors;

import dev.tasker.errors.OrchestrationError.Database;
import dev.tasker.errors.OrchestrationError.Other;
import dev.tasker.errors.OrchestrationError.StepExecutionFailed;
import dev.tasker.errors.OrchestrationError.Timeout;
import dev.tasker.errors.OrchestrationError.Validation;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Exceptions as errors to be judged: their class and SQLSTATE speak first, their words only where these say nothing (01 §4.3). */
public final class ThrownErrors {
    private static final List<Class<? extends Exception>> TIMEOUTS = List.of(
            TimeoutException.class,
            SocketTimeoutException.class,
            HttpTimeoutException.class,
            SQLTimeoutException.class);
    private static final List<Class<? extends Exception>> NETWORK = List.of(
            ConnectException.class,
            NoRouteToHostException.class,
            UnknownHostException.class,
            SocketException.class,
            UnresolvedAddressException.class);
    private static final List<Class<? extends Exception>> DENIED =
            List.of(AccessDeniedException.class, SecurityException.class);
    private static final List<Class<? extends Exception>> WRONG_VALUES = List.of(
            IllegalArgumentException.class,
            NullPointerException.class,
            ClassCastException.class,
            IndexOutOfBoundsException.class,
            UnsupportedOperationException.class,
            NoSuchElementException.class);

    private ThrownErrors() {}

    /** What {@code thrown} is, wrappers of concurrent calls aside. */
    public static OrchestrationError of(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        String message = text(cause);
        if (isAny(cause, TIMEOUTS)) {
            return new Timeout(message);
        }
        if (cause instanceof SQLException sql) {
            return new Database(message, sql.getSQLState());
        }
        if (isAny(cause, NETWORK)) {
            return new StepExecutionFailed(message, null, ErrorCategory.NETWORK);
        }
        if (cause instanceof OutOfMemoryError) {
            return new StepExecutionFailed(message, null, ErrorCategory.RESOURCE_EXHAUSTION);
        }
        if (isAny(cause, DENIED)) {
            return new StepExecutionFailed(message, null, ErrorCategory.CONFIGURATION);
        }
        if (isAny(cause, WRONG_VALUES)) {
            return new Validation(cause.getClass().getSimpleName(), message);
        }
        return cause instanceof Exception ? new StepExecutionFailed(message, null) : new Other(message);
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wrapper = thrown instanceof ExecutionException || thrown instanceof CompletionException;
        return wrapper && cause != null ? unwrapped(cause) : thrown;
    }

    private static boolean isAny(Throwable thrown, List<Class<? extends Exception>> types) {
        return types.stream().anyMatch(type -> type.isInstance(thrown));
    }

    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getName() : message;
    }
}
