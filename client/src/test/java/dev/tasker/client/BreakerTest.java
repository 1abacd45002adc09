package dev.tasker.client;

import static dev.tasker.client.ScriptedServer.answer;
import static dev.tasker.client.ScriptedServer.loss;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A server that is away is left alone for a while. */
class BreakerTest {
    private final AtomicLong now = new AtomicLong();
    private final Breaker breaker = new Breaker(now::get);

    @Test
    void restsAfterFiveFailuresInARowAndTriesOneCallThen() {
        fail(4);
        assertThat(breaker.admit()).isZero();
        breaker.answered();
        fail(5);

        assertThat(breaker.admit()).hasSeconds(5);
        now.addAndGet(Duration.ofSeconds(4).toNanos());
        assertThat(breaker.admit()).hasSeconds(1);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(breaker.admit()).isZero();
        assertThat(breaker.admit()).as("one at a time").isPositive();
        breaker.failed();
        assertThat(breaker.admit()).hasSeconds(5);
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(breaker.admit()).isZero();
        breaker.answered();

        assertThat(breaker.admit()).isZero();
        assertThat(breaker.admit()).isZero();
    }

    @Test
    void trialThatWasGivenUpIsMadeByTheNext() {
        fail(5);
        now.addAndGet(Duration.ofSeconds(5).toNanos());

        assertThat(breaker.admit()).isZero();
        breaker.abandoned();

        assertThat(breaker.admit()).isZero();
    }

    @Test
    void callsOfAllKindsShareItAndProbesAreMadeAnyway() throws Exception {
        ScriptedServer.Act[] losses = Collections.nCopies(12, loss()).toArray(ScriptedServer.Act[]::new);
        try (ScriptedServer server = new ScriptedServer(losses);
                TaskerClient client =
                        TaskerClient.of(ClientConfig.of(server.url()).withRetries(RetryPolicy.NEVER))) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> client.steps()
                                .act(UUID.randomUUID(), UUID.randomUUID(), new StepAction.ResolveManually("r", "b")))
                        .isInstanceOf(TaskerException.Unavailable.class);
            }
            int asked = server.calls().size();

            assertThatThrownBy(() -> client.tasks().get(UUID.randomUUID()))
                    .isInstanceOfSatisfying(
                            TaskerException.Unavailable.class,
                            refused -> assertThat(refused.attempts()).isZero())
                    .hasMessageEndingWith("was not asked: it has not answered lately.");
            assertThat(server.calls()).hasSize(asked);
            assertThatThrownBy(() -> client.health().live()).isInstanceOf(TaskerException.Unavailable.class);
            assertThat(server.calls()).hasSizeGreaterThan(asked);
        }
    }

    @Test
    void refusalsAreAnswers() throws Exception {
        ScriptedServer.Act[] refusals =
                Collections.nCopies(9, answer(503, "busy")).toArray(ScriptedServer.Act[]::new);
        try (ScriptedServer server = new ScriptedServer(refusals);
                TaskerClient client =
                        TaskerClient.of(ClientConfig.of(server.url()).withRetries(RetryPolicy.NEVER))) {
            for (int i = 0; i < 9; i++) {
                assertThatThrownBy(() -> client.tasks().get(UUID.randomUUID())).hasMessageContaining("busy");
            }
        }
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(breaker.admit()).isZero();
            breaker.failed();
        }
    }
}
