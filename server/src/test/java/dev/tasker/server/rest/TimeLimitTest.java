package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that end in time, and calls that do not. */
@Timeout(30)
class TimeLimitTest {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    @Test
    void callThatTakesTooLongIsGivenUpAndItsThreadGoesOn() throws Exception {
        try (TimeLimit limit = new TimeLimit(Duration.ofMillis(100))) {
            for (int i = 0; i < 3; i++) {
                refused(limit, Problem.TIMEOUT);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                assertThat(limit.call(() -> "next")).isEqualTo("next");
            }
        }
    }

    @Test
    void interruptionIsATimeoutWhateverItWasTurnedInto() {
        try (TimeLimit limit = new TimeLimit(Duration.ofMillis(100))) {
            assertThatThrownBy(() -> limit.call(() -> {
                        try {
                            return NEVER.await(1, TimeUnit.MINUTES);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException("connection lost", e);
                        }
                    }))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TIMEOUT));
        }
    }

    @Test
    void callsThatEndInTimeAreNotInterruptedLater() throws Exception {
        try (TimeLimit limit = new TimeLimit(Duration.ofMillis(100))) {
            assertThat(limit.call(() -> 1)).isOne();

            assertThat(NEVER.await(300, TimeUnit.MILLISECONDS)).isFalse(); // throws when interrupted
        }
    }

    @Test
    void failuresFlyAsTheyAre() {
        try (TimeLimit limit = new TimeLimit(Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> limit.call(() -> {
                        throw new IllegalArgumentException("mine");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("mine");
            assertThatThrownBy(() -> limit.call(() -> {
                        throw new IOException("checked");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("checked");
        }
    }

    @Test
    void callsUnderWayEndWithTheServer() throws Exception {
        TimeLimit limit = new TimeLimit(Duration.ofMinutes(1));
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<Void> call = CompletableFuture.runAsync(() -> {
            try {
                limit.call(() -> {
                    began.countDown();
                    return NEVER.await(1, TimeUnit.MINUTES);
                });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();

        limit.close();

        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE));
    }

    @Test
    void answersThatDoNotComeAreGivenUp() throws Exception {
        try (TimeLimit limit = new TimeLimit(Duration.ofMillis(100))) {
            assertThat(limit.await(CompletableFuture.completedFuture("here"))).isEqualTo("here");
            assertThatThrownBy(() -> limit.await(new CompletableFuture<>()))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.problem()).isEqualTo(Problem.TIMEOUT));
        }
    }

    private static void refused(TimeLimit limit, Problem problem) {
        assertThatThrownBy(() -> limit.call(() -> NEVER.await(1, TimeUnit.MINUTES)))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
