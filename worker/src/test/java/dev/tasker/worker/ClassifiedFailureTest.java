package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.worker.StepResult.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What handlers get from the error classifier. */
class ClassifiedFailureTest {

    @Test
    void failureCarriesVerdictCodeAndDelay() {
        Failure failure = ClassifiedFailure.of(new ConnectException("refused"), attempt(2));
        assertThat(failure.retryable()).isTrue();
        assertThat(failure.message()).isEqualTo("refused");
        assertThat(failure.type()).isEqualTo(ErrorTypes.RETRYABLE_ERROR);
        assertThat(failure.code()).isEqualTo("STEP_EXECUTION_FAILED");
        assertThat(failure.backoffHint()).isEqualTo(new BackoffHint(BackoffHint.Kind.CUSTOM, Duration.ofSeconds(10)));
        assertThat(failure.context().get("error_category")).isEqualTo("network");
        assertThat(failure.context().get("exception_type")).isEqualTo("java.net.ConnectException");
    }

    @Test
    void rateLimitAsksAsSuch() {
        Failure failure = ClassifiedFailure.of(new IOException("rate exceeded"), attempt(1));
        assertThat(failure.backoffHint())
                .isEqualTo(new BackoffHint(BackoffHint.Kind.RATE_LIMIT, Duration.ofSeconds(60)));
    }

    @Test
    void timeoutAndWrongValueHaveTypesOfTheirOwn() {
        assertThat(ClassifiedFailure.of(new TimeoutException("slow"), attempt(1))
                        .type())
                .isEqualTo(ErrorTypes.TIMEOUT);
        Failure wrong = ClassifiedFailure.of(new IllegalArgumentException("no"), attempt(1));
        assertThat(wrong.type()).isEqualTo(ErrorTypes.PERMANENT_ERROR);
        assertThat(wrong.retryable()).isFalse();
        assertThat(wrong.backoffHint()).isNull();
    }

    @Test
    void lastAttemptIsNotRetried() {
        Failure failure = ClassifiedFailure.of(new ConnectException("refused"), attempt(3));
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.backoffHint()).isNull();
    }

    private static StepContext attempt(int number) {
        return new StepContext(Assignments.with().attempt(number).build());
    }
}
