package dev.tasker.worker;

import dev.tasker.errors.Classification;
import dev.tasker.errors.ErrorCategory;
import dev.tasker.errors.ErrorClassifier;
import dev.tasker.errors.ErrorContext;
import dev.tasker.errors.HandlerError;
import dev.tasker.errors.ThrownErrors;
import dev.tasker.worker.StepResult.Failure;
import java.time.Duration;
import java.util.Map;

/**
 * Failures as the error classifier judges exceptions (01 §4.3), for handlers that prefer its verdict, its code and its delay to what the
 * worker makes of an exception that is thrown. Thread-safe.
 */
public final class ClassifiedFailure {
    private static final ErrorClassifier CLASSIFIER = new ErrorClassifier();

    private ClassifiedFailure() {}

    /** The failure of this attempt because of {@code thrown}. */
    public static Failure of(Throwable thrown, StepContext step) {
        ErrorContext attempt = new ErrorContext(
                step.stepUuid(),
                step.taskUuid(),
                step.attempt(),
                step.maxAttempts(),
                Duration.ZERO,
                step.step().name(),
                step.handlerName(),
                Map.of());
        Classification verdict = CLASSIFIER.classify(ThrownErrors.of(thrown), attempt);
        Failure failure = StepResult.failure(verdict.errorMessage())
                .type(type(CLASSIFIER.handlerError(verdict, attempt)))
                .code(verdict.errorCode())
                .context("error_category", verdict.category().text())
                .context("exception_type", thrown.getClass().getName());
        Duration delay = verdict.retryDelay();
        return delay == null ? failure.permanent() : failure.backoffHint(new BackoffHint(kind(verdict), delay));
    }

    private static String type(HandlerError error) {
        return switch (error) {
            case HandlerError.Permanent _ -> ErrorTypes.PERMANENT_ERROR;
            case HandlerError.TimedOut _ -> ErrorTypes.TIMEOUT;
            case HandlerError.Network _, HandlerError.Retryable _ -> ErrorTypes.RETRYABLE_ERROR;
        };
    }

    private static BackoffHint.Kind kind(Classification verdict) {
        return verdict.category() == ErrorCategory.RATE_LIMIT ? BackoffHint.Kind.RATE_LIMIT : BackoffHint.Kind.CUSTOM;
    }
}
