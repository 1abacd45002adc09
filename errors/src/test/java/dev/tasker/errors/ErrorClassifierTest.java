package dev.tasker.errors;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of 01 §4.3, row by row. */
class ErrorClassifierTest {
    private static final UUID STEP = new UUID(1, 1);
    private static final UUID TASK = new UUID(1, 0);

    /** Half of the jitter: an exponential delay is 1.05 of its plain value. */
    private static final ErrorClassifier CLASSIFIER = new ErrorClassifier(ClassifierConfig.DEFAULT, () -> 0.5);

    static Stream<Arguments> rows() {
        return Stream.of(
                row(new Timeout("load"), "timeout", "EXECUTION_TIMEOUT", 0.95, "60s 120s 240s 300s"),
                row(database("connection refused"), "network", "DATABASE_CONNECTION_ERROR", 0.85, EXP),
                row(database("the network is down"), "network", "DATABASE_CONNECTION_ERROR", 0.85, EXP),
                row(database("timeout, lock not taken"), "network", "DATABASE_CONNECTION_ERROR", 0.85, EXP),
                row(database("deadlock detected"), "state_inconsistency", "DATABASE_LOCK_ERROR", 0.85, EXP),
                row(database("no lock"), "state_inconsistency", "DATABASE_LOCK_ERROR", 0.85, EXP),
                row(database("constraint x"), "permanent", "DATABASE_CONSTRAINT_VIOLATION", 0.85, NEVER),
                row(database("a violation"), "permanent", "DATABASE_CONSTRAINT_VIOLATION", 0.85, NEVER),
                row(database("out of order"), "transient", "DATABASE_GENERAL_ERROR", 0.85, EXP),
                row(
                        new StateTransitionFailed("concurrent change"),
                        "state_inconsistency",
                        "STATE_TRANSITION_ERROR",
                        0.80,
                        "0.5s 1s 1.5s 2s"),
                row(
                        new StateTransitionFailed("lock held"),
                        "state_inconsistency",
                        "STATE_TRANSITION_ERROR",
                        0.80,
                        "0.5s 1s 1.5s 2s"),
                row(new StateTransitionFailed("no such state"), "permanent", "STATE_TRANSITION_ERROR", 0.80, NEVER),
                row(new Configuration("no pool"), "configuration", "CONFIGURATION_ERROR", 0.99, NEVER),
                row(new Validation("name", "empty"), "permanent", "VALIDATION_ERROR", 0.95, NEVER),
                row(step("timeout of a call"), "timeout", "STEP_EXECUTION_FAILED", 0.75, "30s 30s 30s 30s"),
                row(step("network gone"), "network", "STEP_EXECUTION_FAILED", 0.75, "5s 10s 15s 20s"),
                row(step("connection reset"), "network", "STEP_EXECUTION_FAILED", 0.75, "5s 10s 15s 20s"),
                row(step("rate exceeded"), "rate_limit", "STEP_EXECUTION_FAILED", 0.75, "60s 60s 60s 60s"),
                row(step("limit reached"), "rate_limit", "STEP_EXECUTION_FAILED", 0.75, "60s 60s 60s 60s"),
                row(step("no resource"), "resource_exhaustion", "STEP_EXECUTION_FAILED", 0.75, "30s 30s 30s 30s"),
                row(step("no memory"), "resource_exhaustion", "STEP_EXECUTION_FAILED", 0.75, "30s 30s 30s 30s"),
                row(step("no disk"), "resource_exhaustion", "STEP_EXECUTION_FAILED", 0.75, "30s 30s 30s 30s"),
                row(step("permission denied"), "configuration", "STEP_EXECUTION_FAILED", 0.75, NEVER),
                row(step("bad auth"), "configuration", "STEP_EXECUTION_FAILED", 0.75, NEVER),
                row(step("who knows"), "transient", "STEP_EXECUTION_FAILED", 0.75, EXP),
                row(new StepExecutionFailed("bad auth", "E_7"), "configuration", "E_7", 0.75, NEVER),
                row(
                        new ExecutionTimeout(STEP, Duration.ofSeconds(9)),
                        "timeout",
                        "EXECUTION_TIMEOUT",
                        0.95,
                        "60s 120s 240s 300s"),
                row(new RetryLimitExceeded(3, 3), "permanent", "RETRY_LIMIT_EXCEEDED", 1.0, NEVER),
                row(new OtherExecution("network"), "transient", "EXECUTION_ERROR", 0.60, EXP),
                row(new Other("constraint"), "unknown", "UNKNOWN_ERROR", 0.50, EXP),
                row(new Stated("mine", "no", false, Duration.ZERO), "permanent", "mine", 1.0, NEVER),
                row(new Stated("mine", "yes", true, Duration.ZERO), "transient", "mine", 1.0, "0s 0s 0s 0s"),
                row(new Stated("mine", "yes", true, Duration.ofSeconds(7)), "transient", "mine", 1.0, "7s 7s 7s 7s"),
                row(new Stated("mine", "yes", true, null), "transient", "mine", 1.0, EXP));
    }

    private static final String EXP = "1.05s 2.1s 4.2s 8.4s";
    private static final String NEVER = "never";

    private static Arguments row(
            OrchestrationError error, String category, String code, double confidence, String delays) {
        return Arguments.of(error, category, code, confidence, delays);
    }

    private static Database database(String reason) {
        return new Database(reason, null);
    }

    private static StepExecutionFailed step(String message) {
        return new StepExecutionFailed(message, null);
    }

    private static Classification classify(OrchestrationError error, int attempt, int maxAttempts) {
        return CLASSIFIER.classify(error, ErrorContext.orchestration(TASK, STEP, "pay", attempt, maxAttempts));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void errorIsJudgedByTheTable(
            OrchestrationError error, String category, String code, double confidence, String delays) {
        Classification first = classify(error, 1, 9);
        assertThat(first.category().text()).isEqualTo(category);
        assertThat(first.errorCode()).isEqualTo(code);
        assertThat(first.confidence()).isEqualTo(confidence);
        assertThat(first.errorMessage()).isEqualTo(error.message());
        assertThat(first.remediationSuggestions()).isNotEmpty();
        boolean retried = !delays.equals(NEVER);
        assertThat(first.retryable()).isEqualTo(retried);
        assertThat(first.strategy() == RetryStrategy.NO_RETRY).isEqualTo(!retried);
        if (retried) {
            assertThat(Stream.of(1, 2, 3, 4)
                            .map(attempt -> classify(error, attempt, 9).retryDelay()))
                    .containsExactlyElementsOf(Arrays.stream(delays.split(" "))
                            .map(delay -> Duration.parse("PT" + delay))
                            .toList());
        } else {
            assertThat(first.retryDelay()).isNull();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void nothingIsRetriedOnTheLastAttempt(
            OrchestrationError error, String category, String code, double confidence, String delays) {
        for (int attempt : new int[] {3, 4}) {
            Classification last = classify(error, attempt, 3);
            assertThat(last.retryable()).isFalse();
            assertThat(last.retryDelay()).isNull();
            assertThat(last.strategy()).isEqualTo(RetryStrategy.NO_RETRY);
            assertThat(last.finalAttempt()).isTrue();
            assertThat(last.category().text()).isEqualTo(category);
            assertThat(last.errorCode()).isEqualTo(code);
            assertThat(last.confidence()).isEqualTo(confidence);
        }
    }

    @Test
    void onlyErrorsThatNoAttemptCanMendEndBeforeTheLast() {
        String ending = rows().map(row -> (OrchestrationError) row.get()[0])
                .filter(error -> classify(error, 1, 9).finalAttempt())
                .map(error -> error.getClass().getSimpleName())
                .distinct()
                .collect(Collectors.joining(" "));
        assertThat(ending).isEqualTo("Configuration Validation RetryLimitExceeded");
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', textBlock = """
        08006 | network             | constraint violation
        08P01 | network             | deadlock
        57P01 | network             | deadlock
        53300 | network             | deadlock
        40001 | state_inconsistency | could not serialize access, connection
        40P01 | state_inconsistency | constraint
        55P03 | state_inconsistency | canceling statement due to lock timeout
        23505 | permanent           | connection
        23514 | permanent           | anything
        22001 | transient           | value too long
        22001 | network             | value too long for a connection
        XX000 | state_inconsistency | deadlock
        """)
    void sqlStateSpeaksBeforeTheWords(String state, String category, String reason) {
        assertThat(classify(new Database(reason, state), 1, 3).category().text())
                .isEqualTo(category);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        cannot operate                 | transient
        could not generate             | transient
        author unknown                 | transient
        unlimited                      | transient
        memorypool                     | transient
        Timeout                        | transient
        RATE                           | transient
        rate_limit_exceeded            | rate_limit
        429 (rate)                     | rate_limit
        statement_timeout, rate        | timeout
        timeout: connection            | timeout
        connection limit               | network
        disk limit                     | rate_limit
        auth memory                    | resource_exhaustion
        """)
    void wordsAreFoundWholeAsTheyAreWrittenAndTheFirstRuleCounts(String message, String category) {
        assertThat(classify(step(message), 1, 3).category().text()).isEqualTo(category);
    }

    @Test
    void exponentialDelayIsJitteredAndCapped() {
        assertThat(exponential(0.0, 4)).isEqualTo(Duration.ofSeconds(8));
        assertThat(exponential(0.999_999, 4)).isBetween(Duration.ofMillis(8_799), Duration.ofMillis(8_800));
        assertThat(exponential(0.999_999, 9)).isEqualTo(Duration.ofMillis(281_600));
        assertThat(exponential(0.0, 10)).isEqualTo(Duration.ofMinutes(5));
        assertThat(exponential(0.5, 2_000)).isEqualTo(Duration.ofMinutes(5));
    }

    private static @Nullable Duration exponential(double random, int attempt) {
        return new ErrorClassifier(ClassifierConfig.DEFAULT, () -> random)
                .classify(new Other("x"), ErrorContext.orchestration(TASK, STEP, "pay", attempt, 9_999))
                .retryDelay();
    }

    @Test
    void strategyTellsHowTheDelayComesAbout() {
        assertThat(classify(new Timeout("t"), 1, 3).strategy()).isEqualTo(RetryStrategy.EXPONENTIAL_BACKOFF);
        assertThat(classify(new Other("t"), 1, 3).strategy()).isEqualTo(RetryStrategy.JITTERED_EXPONENTIAL_BACKOFF);
        assertThat(classify(step("disk"), 1, 3).strategy()).isEqualTo(RetryStrategy.FIXED_DELAY);
        assertThat(classify(step("network"), 1, 3).strategy()).isEqualTo(RetryStrategy.LINEAR_BACKOFF);
        assertThat(classify(new Stated("c", "m", true, Duration.ZERO), 1, 3).strategy())
                .isEqualTo(RetryStrategy.IMMEDIATE);
        assertThat(classify(new Stated("c", "m", true, Duration.ofMillis(1)), 1, 3)
                        .strategy())
                .isEqualTo(RetryStrategy.CUSTOM_DELAY);
        assertThat(Stream.of(RetryStrategy.values()).map(RetryStrategy::text))
                .containsExactly(
                        "no_retry",
                        "immediate",
                        "fixed_delay",
                        "exponential_backoff",
                        "linear_backoff",
                        "jittered_exponential_backoff",
                        "custom_delay");
    }

    @Test
    void categoriesAreSpelledForProgramsAndForPeople() {
        assertThat(Stream.of(ErrorCategory.values()).map(category -> category.text() + " " + category.display()))
                .containsExactly(
                        "permanent Permanent",
                        "transient Transient",
                        "timeout Timeout",
                        "rate_limit Rate Limit",
                        "network Network",
                        "configuration Configuration",
                        "resource_exhaustion Resource Exhaustion",
                        "dependency_failure Dependency Failure",
                        "state_inconsistency State Inconsistency",
                        "unknown Unknown");
    }

    @ParameterizedTest
    @EnumSource(ErrorCategory.class)
    void categoryThatAnExceptionStatesCountsBeforeItsWords(ErrorCategory category) {
        Classification found = classify(new StepExecutionFailed("bad auth", null, category), 1, 3);
        assertThat(found.category()).isEqualTo(category);
        assertThat(found.remediationSuggestions()).isNotEmpty();
    }

    @Test
    void contextOfTheEngineHasItsDefaults() {
        ErrorContext context = ErrorContext.orchestration(TASK, STEP, "pay", 2, null);
        assertThat(context.maxAttempts()).isEqualTo(3);
        assertThat(context.errorSource()).isEqualTo("orchestration");
        assertThat(CLASSIFIER.classify(new Other("x"), context).finalAttempt()).isFalse();
    }

    @Test
    void handlersKnowTheErrorByItsKind() {
        assertThat(handlerError(new Configuration("c"), Map.of(), Duration.ZERO))
                .isEqualTo(new HandlerError.Permanent("Configuration error: c", "CONFIGURATION_ERROR"));
        assertThat(handlerError(new Validation("f", "r"), Map.of(), Duration.ZERO)
                        .className())
                .isEqualTo("PermanentError");
        assertThat(handlerError(new Timeout("t"), Map.of(), Duration.ofSeconds(12)))
                .isEqualTo(new HandlerError.TimedOut("Operation timed out: t", Duration.ofSeconds(12)));
        assertThat(handlerError(new Timeout("t"), Map.of(), Duration.ZERO))
                .as("duration unknown")
                .isEqualTo(new HandlerError.TimedOut("Operation timed out: t", Duration.ofSeconds(30)));
        assertThat(handlerError(new Timeout("t"), Map.of(), Duration.ofDays(1)))
                .isEqualTo(new HandlerError.TimedOut("Operation timed out: t", Duration.ofHours(1)));
        assertThat(handlerError(step("network"), Map.of("status_code", "502"), Duration.ZERO))
                .isEqualTo(new HandlerError.Network("network", 502));
        assertThat(handlerError(step("network"), Map.of("status_code", "many"), Duration.ZERO))
                .isEqualTo(new HandlerError.Network("network", null));
        assertThat(handlerError(step("odd"), Map.of("k", "v"), Duration.ZERO))
                .as("whole seconds, rounded up")
                .isEqualTo(new HandlerError.Retryable("odd", 2L, false, Map.of("k", "v")));
        assertThat(Stream.of(new Timeout("t"), step("network"), step("odd"))
                        .map(error ->
                                handlerError(error, Map.of(), Duration.ZERO).className()))
                .containsExactly("TimeoutError", "NetworkError", "RetryableError");
    }

    @Test
    void handlerIsToldToSkipTheRetryOfTheLastAttempt() {
        ErrorContext last = ErrorContext.orchestration(TASK, STEP, "pay", 3, 3);
        assertThat(CLASSIFIER.handlerError(CLASSIFIER.classify(step("odd"), last), last))
                .isEqualTo(new HandlerError.Retryable("odd", null, true, Map.of()));
    }

    private static HandlerError handlerError(OrchestrationError error, Map<String, String> metadata, Duration ran) {
        ErrorContext context = new ErrorContext(STEP, TASK, 1, 3, ran, "pay", "handler", metadata);
        return CLASSIFIER.handlerError(CLASSIFIER.classify(error, context), context);
    }

    @Test
    void actionFollowsTheVerdict() {
        assertThat(ErrorAction.after(classify(step("odd"), 1, 3)))
                .isEqualTo(ErrorAction.TRANSITIONED_TO_WAITING_FOR_RETRY);
        assertThat(ErrorAction.after(classify(step("odd"), 3, 3))).isEqualTo(ErrorAction.MARKED_AS_ERROR);
        assertThat(ErrorAction.after(classify(step("bad auth"), 1, 3)))
                .isEqualTo(ErrorAction.MARKED_AS_PERMANENT_FAILURE);
        assertThat(ErrorAction.after(classify(new Validation("f", "r"), 1, 3))).isEqualTo(ErrorAction.MARKED_AS_ERROR);
        assertThat(Stream.of(ErrorAction.values()).map(ErrorAction::text))
                .containsExactly(
                        "TransitionedToWaitingForRetry", "MarkedAsError", "MarkedAsPermanentFailure", "NoActionTaken");
    }

    @Test
    void summaryTellsVerdictCategoryAndMessage() {
        assertThat(classify(step("rate exceeded"), 1, 3).summary())
                .isEqualTo("Retryable error (Rate Limit): rate exceeded");
        assertThat(classify(step("rate exceeded"), 3, 3).summary())
                .isEqualTo("Permanent error (Rate Limit): rate exceeded");
    }

    @Test
    void resultOfHandlingTellsWhetherABackOffWasStored() {
        ErrorHandling waiting = new ErrorHandling(
                STEP, ErrorAction.TRANSITIONED_TO_WAITING_FOR_RETRY, "waiting_for_retry", Duration.ofSeconds(2), "s");
        assertThat(waiting.backoffApplied()).isTrue();
        assertThat(new ErrorHandling(STEP, ErrorAction.MARKED_AS_ERROR, "error", null, "s").backoffApplied())
                .isFalse();
    }

    @Test
    void classifierOfItsOwnJittersUpwardsOnly() {
        Duration delay = new ErrorClassifier()
                .classify(new Other("x"), ErrorContext.orchestration(TASK, STEP, "pay", 1, 3))
                .retryDelay();
        assertThat(delay).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
    }
}
