package dev.tasker.examples;

import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepResult;

/** Carries a failure out of the depth of a handler, which then returns it exactly as declared. */
public final class DeclaredFailure extends Exception {

    private final transient StepResult.Failure failure;

    public DeclaredFailure(StepResult.Failure failure) {
        super(failure.message(), null, false, false);
        this.failure = failure;
    }

    /** Bad input, which no retry mends. */
    public static DeclaredFailure invalid(String code, String message) {
        return new DeclaredFailure(
                StepResult.failure(message).type("ValidationError").code(code).permanent());
    }

    /** The result of another step is not there, which a retry may mend. */
    public static DeclaredFailure dependency(String code, String message) {
        return new DeclaredFailure(
                StepResult.failure(message).type("DependencyError").code(code));
    }

    /** Adds one fact. */
    public DeclaredFailure with(String key, Object value) {
        return new DeclaredFailure(failure.context(key, value));
    }

    public StepResult.Failure failure() {
        return failure;
    }

    /** A handler that may stop anywhere with a declared failure. */
    @FunctionalInterface
    public interface Body {
        StepResult.Success run(StepContext context) throws DeclaredFailure;

        /** This body as a handler. */
        default StepHandler asHandler() {
            return context -> {
                try {
                    return run(context);
                } catch (DeclaredFailure e) {
                    return e.failure();
                }
            };
        }
    }
}
