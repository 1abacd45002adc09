package dev.tasker.worker;

/** The canonical values of {@code error_type} that the worker itself writes; handlers may use others. */
public final class ErrorTypes {

    public static final String CHECKPOINT_ERROR = "checkpoint_error";
    public static final String HANDLER_ERROR = "handler_error";
    public static final String HANDLER_NOT_FOUND = "handler_not_found";
    public static final String HANDLER_PANIC = "handler_panic";
    public static final String HANDLER_TIMEOUT = "handler_timeout";
    public static final String PERMANENT_ERROR = "permanent_error";
    public static final String RETRYABLE_ERROR = "retryable_error";
    public static final String SERIALIZATION_ERROR = "FFI_SERIALIZATION_ERROR"; // spelling fixed by stored documents
    public static final String TIMEOUT = "timeout";
    public static final String VALIDATION_ERROR = "validation_error";
    public static final String WORKER_SHUTDOWN = "worker_shutdown";

    private ErrorTypes() {}
}
