package dev.tasker.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the testkit says when a test goes wrong. */
@ExtendWith(DatabaseExtension.class)
class TestkitTest {
    @AfterEach
    void clearInterruption() {
        assertThat(Thread.interrupted()).isIn(true, false);
    }

    @Test
    void badStatementIsNamed(TestDatabase database) {
        assertThatThrownBy(() -> database.execute("SELEKT 1")).hasMessage("SELEKT 1");
        assertThatThrownBy(() -> database.query("SELEKT ?", 2)).hasMessage("SELEKT ?");
        assertThat(database.server().isRunning()).isTrue();
        assertThat(database.query("SELECT current_database()")).containsExactly(database.name());
    }

    @Test
    void failureOfAnAnswerIsThrownAsItIs() {
        assertThatThrownBy(() ->
                        HandDrivenWorker.answer(CompletableFuture.failedFuture(new IllegalStateException("refused"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("refused");
        assertThatThrownBy(() -> HandDrivenWorker.answer(CompletableFuture.failedFuture(new IOException("cut"))))
                .isInstanceOf(AssertionError.class)
                .hasRootCauseMessage("cut");
    }

    @Test
    void interruptedWaitFailsAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> HandDrivenWorker.answer(new CompletableFuture<>()))
                .isInstanceOf(AssertionError.class);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThatThrownBy(() -> Eventually.equals("one", 1, () -> 2)).isInstanceOf(AssertionError.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void workerIsGivenWhatTheTestExpects(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("lone", "only");
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            assertThatThrownBy(() -> worker.next("other")).hasMessage("assigned: only (expected: other)");
            assertThat(worker.poll(1)).isNull();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> worker.poll(1_000)).isInstanceOf(AssertionError.class);
            assertThatThrownBy(worker::next).isInstanceOf(AssertionError.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
