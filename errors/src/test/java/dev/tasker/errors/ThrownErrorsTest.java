package dev.tasker.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.errors.OrchestrationError.Database;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.file.AccessDeniedException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Classes of exceptions speak before their words. */
class ThrownErrorsTest {
    private static final ErrorContext FIRST = ErrorContext.orchestration(new UUID(1, 0), new UUID(1, 1), "pay", 1, 3);

    static Stream<Arguments> thrown() {
        return Stream.of(
                Arguments.of(new TimeoutException("rate limit"), "timeout", "EXECUTION_TIMEOUT"),
                Arguments.of(new SocketTimeoutException("network"), "timeout", "EXECUTION_TIMEOUT"),
                Arguments.of(new HttpTimeoutException("network"), "timeout", "EXECUTION_TIMEOUT"),
                Arguments.of(new SQLTimeoutException("lock"), "timeout", "EXECUTION_TIMEOUT"),
                Arguments.of(new SQLException("lock", "23505"), "permanent", "DATABASE_CONSTRAINT_VIOLATION"),
                Arguments.of(new SQLException("deadlock"), "state_inconsistency", "DATABASE_LOCK_ERROR"),
                Arguments.of(new ConnectException("auth"), "network", "STEP_EXECUTION_FAILED"),
                Arguments.of(new UnknownHostException("auth"), "network", "STEP_EXECUTION_FAILED"),
                Arguments.of(new SocketException("disk"), "network", "STEP_EXECUTION_FAILED"),
                Arguments.of(new OutOfMemoryError("auth"), "resource_exhaustion", "STEP_EXECUTION_FAILED"),
                Arguments.of(new AccessDeniedException("disk"), "configuration", "STEP_EXECUTION_FAILED"),
                Arguments.of(new SecurityException("network"), "configuration", "STEP_EXECUTION_FAILED"),
                Arguments.of(new IllegalArgumentException("network"), "permanent", "VALIDATION_ERROR"),
                Arguments.of(new NullPointerException("network"), "permanent", "VALIDATION_ERROR"),
                Arguments.of(new IOException("disk full"), "resource_exhaustion", "STEP_EXECUTION_FAILED"),
                Arguments.of(new IllegalStateException("odd"), "transient", "STEP_EXECUTION_FAILED"),
                Arguments.of(new StackOverflowError("disk"), "unknown", "UNKNOWN_ERROR"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("thrown")
    void classOfTheExceptionDecidesWhereItSaysSomething(Throwable thrown, String category, String code) {
        for (Throwable wrapped : new Throwable[] {thrown, new ExecutionException(new CompletionException(thrown))}) {
            Classification verdict = new ErrorClassifier().classify(ThrownErrors.of(wrapped), FIRST);
            assertThat(verdict.category().text()).isEqualTo(category);
            assertThat(verdict.errorCode()).isEqualTo(code);
        }
    }

    @Test
    void exceptionWithoutWordsIsNamedByItsClass() {
        assertThat(ThrownErrors.of(new IllegalStateException()).message()).isEqualTo("java.lang.IllegalStateException");
        assertThat(ThrownErrors.of(new SQLException(" ", "08006")))
                .isEqualTo(new Database("java.sql.SQLException", "08006"));
        assertThat(ThrownErrors.of(new IllegalArgumentException("no name")).message())
                .isEqualTo("Validation error: IllegalArgumentException: no name");
    }
}
