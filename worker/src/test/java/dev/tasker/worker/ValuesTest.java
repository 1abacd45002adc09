package dev.tasker.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules that records of this package keep by themselves. */
class ValuesTest {

    @Test
    void assignmentsAreEqualWhenStepAndLeaseTokenAre() {
        UUID step = UUID.randomUUID();
        Assignment first = Assignments.with().stepUuid(step).leaseToken(1).build();
        Assignment again = Assignments.with()
                .stepUuid(step)
                .leaseToken(1)
                .context("{\"a\":1}")
                .build();
        Assignment later = Assignments.with().stepUuid(step).leaseToken(2).build();

        assertThat(first).isEqualTo(again).hasSameHashCodeAs(again).isNotEqualTo(later);
        assertThat(first).isNotEqualTo(Assignments.assignment());
        assertThat(first.toString()).contains(step.toString(), "attempt 1");
    }

    @Test
    void attemptsBelowOneAreRefused() {
        assertThatThrownBy(() -> Assignments.with().attempt(0).build()).hasMessage("attempt: 0 (expected: >= 1)");
    }

    @Test
    void successfulReportHasNoErrorFields() {
        assertThatThrownBy(() -> new StepReport(true, true, Duration.ZERO, null, null, null, "{}"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StepReport(true, false, Duration.ZERO, null, "x", null, "{}"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StepReport(true, false, Duration.ZERO, null, null, "x", "{}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void resultsDoNotChangeWithTheMapsTheyWereMadeFrom() {
        var metadata = new HashMap<String, Object>(Map.of("a", 1));
        StepResult.Success success = StepResult.success("x", metadata);
        metadata.put("b", 2);

        assertThat(success.metadata()).hasSize(1);
    }

    @Test
    void backoffIsNeverNegativeAndRoundsUp() {
        assertThat(new BackoffHint(BackoffHint.Kind.CUSTOM, Duration.ofMillis(1)).delaySeconds())
                .isEqualTo(1);
        assertThat(new BackoffHint(BackoffHint.Kind.CUSTOM, Duration.ZERO).delaySeconds())
                .isZero();
        assertThat(BackoffHint.Kind.values())
                .extracting(BackoffHint.Kind::wireName)
                .containsExactly("ServerRequested", "RateLimit", "ServiceUnavailable", "Custom");
        assertThatThrownBy(() -> new BackoffHint(BackoffHint.Kind.CUSTOM, Duration.ofMillis(-1)))
                .hasMessageContaining("backoff delay");
    }

    @Test
    void workerConfigHasDefaultsAndNamesWhatItRefuses() {
        WorkerConfig config = WorkerConfig.defaults();

        assertThat(config.name()).startsWith("worker-");
        assertThat(config.slots()).isEqualTo(100);
        assertThat(config.handlerTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.stopGrace()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThatThrownBy(() -> config.withSlots(0)).hasMessage("worker.slots: 0 (expected: >= 1)");
        assertThatThrownBy(() -> config.withName(" ")).hasMessageContaining("worker.name");
        assertThatThrownBy(() -> config.withHandlerTimeout(Duration.ZERO)).hasMessageContaining("handler_timeout");
        assertThatThrownBy(() -> config.withDrainTimeout(Duration.ofSeconds(-1)))
                .hasMessage("worker.drain_timeout: PT-1S (expected: >= PT0S)");
    }

    @Test
    void registrationNeedsASlot() {
        assertThatThrownBy(() -> new Registration("w", UUID.randomUUID(), List.of(), 0, Duration.ofSeconds(1)))
                .hasMessage("maxInFlight: 0 (expected: >= 1)");
    }
}
