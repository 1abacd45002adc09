package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.StepResult.Failure;
import java.io.IOException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;

class FailureClassifierTest {

    private final Assignment assignment = Assignments.assignment();

    static List<Exception> permanent() {
        return List.of(
                new IllegalArgumentException("x"),
                new NumberFormatException("x"),
                new NullPointerException("x"),
                new ClassCastException("x"),
                new IndexOutOfBoundsException("x"),
                new UnsupportedOperationException("x"),
                new NoSuchElementException("x"),
                new MappingFailed());
    }

    static List<Exception> retryable() {
        return List.of(
                new IOException("x"),
                new TimeoutException("x"),
                new SQLTransientException("x"),
                new InterruptedException("x"),
                new IllegalStateException("x"),
                new Exception("x"));
    }

    @ParameterizedTest
    @MethodSource("permanent")
    void exceptionThatNoRetryCanMendIsPermanent(Exception thrown) {
        Failure failure = FailureClassifier.thrown(thrown, assignment);

        assertThat(failure.retryable()).isFalse();
        assertThat(failure.type()).isEqualTo("handler_error");
        assertThat(failure.context().get("exception_type"))
                .isEqualTo(thrown.getClass().getName());
    }

    @ParameterizedTest
    @MethodSource("retryable")
    void everyOtherExceptionIsRetryableHandlerError(Exception thrown) {
        Failure failure = FailureClassifier.thrown(thrown, assignment);

        assertThat(failure.retryable()).isTrue();
        assertThat(failure.type()).isEqualTo("handler_error");
        assertThat(failure.code()).isNull();
        assertThat(failure.message()).isEqualTo("x");
    }

    @Test
    void failureNamesHandlerAndTask() {
        Failure failure = FailureClassifier.thrown(new IOException("x"), assignment);

        assertThat(failure.context().get("handler_name")).isEqualTo("handler");
        assertThat(failure.context().get("task_uuid")).isEqualTo(assignment.taskUuid());
    }

    @Test
    void errorIsPermanentPanic() {
        Failure failure = FailureClassifier.thrown(new AssertionError("broken"), assignment);

        assertThat(failure.type()).isEqualTo("handler_panic");
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.message()).isEqualTo("Handler panicked: broken");
    }

    @Test
    void exceptionWithoutMessageIsNamedByItsClass() {
        assertThat(FailureClassifier.thrown(new IOException(), assignment).message())
                .isEqualTo("java.io.IOException");
    }

    @Test
    void endlessMessageIsCut() {
        assertThat(FailureClassifier.thrown(new IOException("x".repeat(9_000)), assignment)
                        .message())
                .hasSize(4_000);
    }

    @Test
    void wrapperOfAsynchronousWorkIsLookedThrough() {
        var cause = new PermanentStepException("gone");

        assertThat(FailureClassifier.thrown(new ExecutionException(cause), assignment)
                        .type())
                .isEqualTo("permanent_error");
        assertThat(FailureClassifier.thrown(new CompletionException(cause), assignment)
                        .type())
                .isEqualTo("permanent_error");
        assertThat(FailureClassifier.thrown(new ExecutionException("alone", null), assignment)
                        .retryable())
                .isTrue();
    }

    @Test
    void permanentStepExceptionKeepsCodeAndContext() {
        Failure failure = FailureClassifier.thrown(
                new PermanentStepException("no such sku", "UNKNOWN_SKU", null).with("sku", "S-1"), assignment);

        assertThat(failure.retryable()).isFalse();
        assertThat(failure.type()).isEqualTo("permanent_error");
        assertThat(failure.code()).isEqualTo("UNKNOWN_SKU");
        assertThat(failure.context().get("sku")).isEqualTo("S-1");
        assertThat(failure.context().get("handler_name")).isEqualTo("handler");
    }

    @Test
    void validationStepExceptionIsPermanentValidationError() {
        Failure failure = FailureClassifier.thrown(new ValidationStepException("odd"), assignment);

        assertThat(failure.retryable()).isFalse();
        assertThat(failure.type()).isEqualTo("validation_error");
        assertThat(failure.code()).isEqualTo("VALIDATION_ERROR");
    }

    @Test
    void retryableStepExceptionMayAskForAPause() {
        Failure plain = FailureClassifier.thrown(new RetryableStepException("away", new IOException()), assignment);
        Failure later = FailureClassifier.thrown(new RetryableStepException("away", Duration.ofSeconds(3)), assignment);

        assertThat(plain.retryable()).isTrue();
        assertThat(plain.type()).isEqualTo("retryable_error");
        assertThat(plain.backoffHint()).isNull();
        assertThat(later.backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.SERVER_REQUESTED, Duration.ofSeconds(3)));
    }

    static List<Object[]> kinds() {
        Duration pause = Duration.ofSeconds(3);
        return List.of(
                new Object[] {new NetworkStepException("x"), "retryable_error", "NETWORK_ERROR"},
                new Object[] {new NetworkStepException("x", new IOException()), "retryable_error", "NETWORK_ERROR"},
                new Object[] {new NetworkStepException("x", pause), "retryable_error", "NETWORK_ERROR"},
                new Object[] {new TimeoutStepException("x"), "timeout", "TIMEOUT"},
                new Object[] {new TimeoutStepException("x", pause), "timeout", "TIMEOUT"},
                new Object[] {new TimeoutStepException("x", new IOException()), "timeout", "TIMEOUT"},
                new Object[] {new RateLimitStepException("x", pause), "retryable_error", "RATE_LIMITED"},
                new Object[] {new RateLimitStepException("x"), "retryable_error", "RATE_LIMITED"},
                new Object[] {new RateLimitStepException("x", new IOException()), "retryable_error", "RATE_LIMITED"},
                new Object[] {new ServiceUnavailableStepException("x"), "retryable_error", "SERVICE_UNAVAILABLE"},
                new Object[] {new ServiceUnavailableStepException("x", pause), "retryable_error", "SERVICE_UNAVAILABLE"
                },
                new Object[] {
                    new ServiceUnavailableStepException("x", new IOException()),
                    "retryable_error",
                    "SERVICE_UNAVAILABLE"
                },
                new Object[] {new ResourceContentionStepException("x"), "retryable_error", "RESOURCE_CONTENTION"},
                new Object[] {new ResourceContentionStepException("x", pause), "retryable_error", "RESOURCE_CONTENTION"
                },
                new Object[] {
                    new ResourceContentionStepException("x", new IOException()),
                    "retryable_error",
                    "RESOURCE_CONTENTION"
                },
                new Object[] {new NotFoundStepException("x"), "permanent_error", "NOT_FOUND"},
                new Object[] {new AuthenticationStepException("x"), "permanent_error", "AUTHENTICATION_ERROR"},
                new Object[] {new AuthorizationStepException("x"), "permanent_error", "AUTHORIZATION_ERROR"},
                new Object[] {new BusinessLogicStepException("x"), "permanent_error", "BUSINESS_LOGIC_ERROR"},
                new Object[] {new BusinessLogicStepException("x", "LIMIT", null), "permanent_error", "LIMIT"},
                new Object[] {new ConfigurationStepException("x"), "permanent_error", "CONFIGURATION_ERROR"});
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void kindOfStepExceptionSaysTypeCodeAndWhetherToTryAgain(StepException thrown, String type, String code) {
        Failure failure = FailureClassifier.thrown(thrown, assignment);

        assertThat(failure.type()).isEqualTo(type);
        assertThat(failure.code()).isEqualTo(code).isEqualTo(thrown.code());
        assertThat(failure.retryable())
                .isEqualTo(!type.equals("permanent_error"))
                .isEqualTo(thrown.retryable());
    }

    @Test
    void pauseIsAskedForInTheNameOfWhoeverWantsIt() {
        Duration pause = Duration.ofSeconds(3);

        assertThat(new RateLimitStepException("x", pause).toFailure().backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.RATE_LIMIT, pause));
        assertThat(new ServiceUnavailableStepException("x", pause).toFailure().backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.SERVICE_UNAVAILABLE, pause));
        assertThat(new NetworkStepException("x", pause).retryAfter()).isEqualTo(pause);
        assertThat(new NotFoundStepException("x").retryAfter()).isNull();
        assertThat(new RetryableStepException("x", "CARRIER_AWAY", null, null)
                        .typed("carrier_away")
                        .toFailure())
                .isEqualTo(StepResult.failure("x").type("carrier_away").code("CARRIER_AWAY"));
    }

    @Test
    void failureThatWasMadeAsAValueCanBeThrown() {
        Failure made =
                StepResult.failure("no").type("own").code("OWN").permanent().context("a", 1);

        Failure failure = FailureClassifier.thrown(made.toException().with("b", 2), assignment);

        assertThat(failure.type()).isEqualTo("own");
        assertThat(failure.code()).isEqualTo("OWN");
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.context()).containsKeys("a", "b", "task_uuid");
    }

    @Test
    void stepExceptionCanBeSubclassed() {
        class GatewayAway extends RetryableStepException {
            GatewayAway() {
                super("gateway away");
            }
        }

        assertThat(FailureClassifier.thrown(new GatewayAway(), assignment).type())
                .isEqualTo("retryable_error");
    }

    private static final class MappingFailed extends JacksonException {
        MappingFailed() {
            super("x");
        }
    }
}
