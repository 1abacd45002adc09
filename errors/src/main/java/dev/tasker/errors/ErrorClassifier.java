package dev.tasker.errors;

import dev.tasker.errors.OrchestrationError.Configuration;
import dev.tasker.errors.OrchestrationError.Database;
import dev.tasker.errors.OrchestrationError.ExecutionTimeout;
import dev.tasker.errors.OrchestrationError.Other;
import dev.tasker.errors.OrchestrationError.OtherExecution;
import dev.tasker.errors.OrchestrationError.RetryLimitExceeded;
import dev.tasker.errors.OrchestrationError.StateTransitionFailed;
import dev.tasker.errors.OrchestrationError.Stated;
import dev.tasker.errors.OrchestrationError.StepExecutionFailed;
import dev.tasker.errors.OrchestrationError.Timeout;
import dev.tasker.errors.OrchestrationError.Validation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Judges errors by the table of 01 §4.3; the first rule that fits counts. Pure but for its jitter; thread-safe. */
public final class ErrorClassifier {
    private static final double DATABASE = 0.85;
    private static final double STATE = 0.80;
    private static final double STEP = 0.75;

    private final ClassifierConfig config;
    private final DoubleSupplier random;

    /** @param random uniform in [0, 1), for the jitter */
    public ErrorClassifier(ClassifierConfig config, DoubleSupplier random) {
        this.config = config;
        this.random = random;
    }

    /** A classifier with the default delays. */
    public ErrorClassifier() {
        this(ClassifierConfig.DEFAULT, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** What a rule says, before the attempts are counted. */
    private record Rule(
            ErrorCategory category,
            RetryStrategy strategy,
            @Nullable Duration delay,
            String code,
            double confidence) {
        private static Rule permanent(ErrorCategory category, String code, double confidence) {
            return new Rule(category, RetryStrategy.NO_RETRY, null, code, confidence);
        }
    }

    /** The verdict on {@code error} in {@code context}. */
    public Classification classify(OrchestrationError error, ErrorContext context) {
        int attempt = context.attemptNumber();
        Rule rule = rule(error, attempt);
        boolean wanted = rule.strategy() != RetryStrategy.NO_RETRY;
        boolean retryable = wanted && context.attemptsLeft();
        boolean endsByItself =
                error instanceof Configuration || error instanceof Validation || error instanceof RetryLimitExceeded;
        return new Classification(
                rule.category(),
                retryable,
                retryable ? rule.strategy() : RetryStrategy.NO_RETRY,
                retryable ? rule.delay() : null,
                rule.code(),
                error.message(),
                Remediation.of(rule.category()),
                endsByItself || !context.attemptsLeft(),
                rule.confidence(),
                context.metadata());
    }

    private Rule rule(OrchestrationError error, int attempt) {
        return switch (error) {
            case Stated stated -> stated(stated, attempt);
            case Timeout _, ExecutionTimeout _ ->
                new Rule(
                        ErrorCategory.TIMEOUT,
                        RetryStrategy.EXPONENTIAL_BACKOFF,
                        capped(config.timeoutDelay().toMillis() * Math.pow(2, attempt)),
                        "EXECUTION_TIMEOUT",
                        0.95);
            case Database database -> database(database, attempt);
            case StateTransitionFailed failed ->
                Words.of(failed.reason()).haveAny("concurrent", "lock")
                        ? new Rule(
                                ErrorCategory.STATE_INCONSISTENCY,
                                RetryStrategy.LINEAR_BACKOFF,
                                config.stateDelay().multipliedBy(attempt),
                                "STATE_TRANSITION_ERROR",
                                STATE)
                        : Rule.permanent(ErrorCategory.PERMANENT, "STATE_TRANSITION_ERROR", STATE);
            case Configuration _ -> Rule.permanent(ErrorCategory.CONFIGURATION, "CONFIGURATION_ERROR", 0.99);
            case Validation _ -> Rule.permanent(ErrorCategory.PERMANENT, "VALIDATION_ERROR", 0.95);
            case StepExecutionFailed failed -> step(failed, attempt);
            case RetryLimitExceeded _ -> Rule.permanent(ErrorCategory.PERMANENT, "RETRY_LIMIT_EXCEEDED", 1.0);
            case OtherExecution _ -> exponential(ErrorCategory.TRANSIENT, "EXECUTION_ERROR", 0.60, attempt);
            case Other _ -> exponential(ErrorCategory.UNKNOWN, "UNKNOWN_ERROR", 0.50, attempt);
        };
    }

    private Rule stated(Stated stated, int attempt) {
        if (!stated.retryable()) {
            return Rule.permanent(ErrorCategory.PERMANENT, stated.code(), 1.0);
        }
        Duration delay = stated.delay();
        if (delay == null) {
            return exponential(ErrorCategory.TRANSIENT, stated.code(), 1.0, attempt);
        }
        RetryStrategy strategy = delay.isZero() ? RetryStrategy.IMMEDIATE : RetryStrategy.CUSTOM_DELAY;
        return new Rule(ErrorCategory.TRANSIENT, strategy, delay, stated.code(), 1.0);
    }

    private enum Statement {
        CONNECTION,
        LOCK,
        CONSTRAINT
    }

    private Rule database(Database error, int attempt) {
        Statement kind = ofState(error.sqlState())
                .or(() -> ofReason(Words.of(error.reason())))
                .orElse(null);
        return switch (kind) {
            case CONNECTION -> exponential(ErrorCategory.NETWORK, "DATABASE_CONNECTION_ERROR", DATABASE, attempt);
            case LOCK -> exponential(ErrorCategory.STATE_INCONSISTENCY, "DATABASE_LOCK_ERROR", DATABASE, attempt);
            case CONSTRAINT -> Rule.permanent(ErrorCategory.PERMANENT, "DATABASE_CONSTRAINT_VIOLATION", DATABASE);
            case null -> exponential(ErrorCategory.TRANSIENT, "DATABASE_GENERAL_ERROR", DATABASE, attempt);
        };
    }

    private static Optional<Statement> ofState(@Nullable String sqlState) {
        if (sqlState == null) {
            return Optional.empty();
        }
        return switch (sqlState) {
            // serialisation failure, deadlock, lock not available
            case "40001", "40P01", "55P03" -> Optional.of(Statement.LOCK);
            // ended by an administrator or a crash, starting up, too many connections
            case "57P01", "57P02", "57P03", "53300" -> Optional.of(Statement.CONNECTION);
            default -> {
                if (sqlState.startsWith("08")) {
                    yield Optional.of(Statement.CONNECTION);
                }
                yield sqlState.startsWith("23") ? Optional.of(Statement.CONSTRAINT) : Optional.empty();
            }
        };
    }

    private static Optional<Statement> ofReason(Words words) {
        if (words.haveAny("connection", "network", "timeout")) {
            return Optional.of(Statement.CONNECTION);
        }
        if (words.haveAny("deadlock", "lock")) {
            return Optional.of(Statement.LOCK);
        }
        return words.haveAny("constraint", "violation") ? Optional.of(Statement.CONSTRAINT) : Optional.empty();
    }

    private Rule step(StepExecutionFailed failed, int attempt) {
        String code = failed.errorCode() == null ? "STEP_EXECUTION_FAILED" : failed.errorCode();
        ErrorCategory category = failed.known() == null ? ofMessage(Words.of(failed.message())) : failed.known();
        return switch (category) {
            case TIMEOUT -> fixed(category, config.timeoutDelay(), code);
            case NETWORK ->
                new Rule(
                        category,
                        RetryStrategy.LINEAR_BACKOFF,
                        config.networkDelay().multipliedBy(attempt),
                        code,
                        STEP);
            case RATE_LIMIT -> fixed(category, config.rateLimitDelay(), code);
            case RESOURCE_EXHAUSTION -> fixed(category, config.resourceDelay(), code);
            case CONFIGURATION, PERMANENT -> Rule.permanent(category, code, STEP);
            case TRANSIENT, DEPENDENCY_FAILURE, STATE_INCONSISTENCY, UNKNOWN ->
                exponential(category, code, STEP, attempt);
        };
    }

    private static ErrorCategory ofMessage(Words words) {
        if (words.haveAny("timeout")) {
            return ErrorCategory.TIMEOUT;
        }
        if (words.haveAny("network", "connection")) {
            return ErrorCategory.NETWORK;
        }
        if (words.haveAny("rate", "limit")) {
            return ErrorCategory.RATE_LIMIT;
        }
        if (words.haveAny("resource", "memory", "disk")) {
            return ErrorCategory.RESOURCE_EXHAUSTION;
        }
        return words.haveAny("permission", "auth") ? ErrorCategory.CONFIGURATION : ErrorCategory.TRANSIENT;
    }

    private static Rule fixed(ErrorCategory category, Duration delay, String code) {
        return new Rule(category, RetryStrategy.FIXED_DELAY, delay, code, STEP);
    }

    private Rule exponential(ErrorCategory category, String code, double confidence, int attempt) {
        double growth = Math.pow(config.multiplier(), attempt - 1.0);
        double jittered = config.base().toMillis() * growth * (1 + config.jitter() * random.getAsDouble());
        return new Rule(category, RetryStrategy.JITTERED_EXPONENTIAL_BACKOFF, capped(jittered), code, confidence);
    }

    private Duration capped(double millis) {
        return Duration.ofMillis(
                Math.round(Math.min(millis, (double) config.max().toMillis())));
    }

    /** The verdict as handlers know errors. */
    public HandlerError handlerError(Classification verdict, ErrorContext context) {
        String message = verdict.errorMessage();
        return switch (verdict.category()) {
            case PERMANENT, CONFIGURATION -> new HandlerError.Permanent(message, verdict.errorCode());
            case TIMEOUT -> new HandlerError.TimedOut(message, timeout(context.executionDuration()));
            case NETWORK -> new HandlerError.Network(message, statusCode(verdict));
            case TRANSIENT, RATE_LIMIT, RESOURCE_EXHAUSTION, DEPENDENCY_FAILURE, STATE_INCONSISTENCY, UNKNOWN -> {
                Duration delay = verdict.retryDelay();
                yield new HandlerError.Retryable(
                        message,
                        delay == null ? null : (Long) delay.plusMillis(999).toSeconds(),
                        !verdict.retryable(),
                        verdict.metadata());
            }
        };
    }

    private Duration timeout(Duration executionDuration) {
        Duration known = executionDuration.isZero() ? config.defaultTimeout() : executionDuration;
        return known.compareTo(config.maxTimeout()) > 0 ? config.maxTimeout() : known;
    }

    private static @Nullable Integer statusCode(Classification verdict) {
        String code = verdict.metadata().getOrDefault("status_code", "");
        return code.matches("[1-5][0-9]{2}") ? Integer.valueOf(code) : null;
    }

    /** The words of a text: letters and digits in a row, as they are written. So {@code rate} is not found in {@code operate}. */
    private record Words(List<String> words) {
        private static Words of(String text) {
            return new Words(List.of(text.split("[^\\p{L}\\p{N}]+")));
        }

        private boolean haveAny(String... wanted) {
            for (String word : wanted) {
                if (words.contains(word)) {
                    return true;
                }
            }
            return false;
        }
    }
}
