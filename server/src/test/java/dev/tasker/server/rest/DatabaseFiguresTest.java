package dev.tasker.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatabaseFiguresTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // and tick over
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void databaseIsAskedOnceInTenSeconds() throws Exception {
        try (DatabaseFigures<DeadLetterReason> open = new DatabaseFigures<>(
                () -> Map.of(DeadLetterReason.MANUAL_DLQ, (long) asked.incrementAndGet()), nanos::get)) {
            assertThat(open.count()).containsEntry(DeadLetterReason.MANUAL_DLQ, 1L);
            nanos.addAndGet(DatabaseFigures.FRESH.toNanos() - 1);
            assertThat(open.count()).containsEntry(DeadLetterReason.MANUAL_DLQ, 1L);
            nanos.addAndGet(1);
            assertThat(open.count()).containsEntry(DeadLetterReason.MANUAL_DLQ, 2L);
        }
    }

    @Test
    void databaseThatDoesNotAnswerHoldsUpNoScrape() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (DatabaseFigures<DeadLetterReason> open = new DatabaseFigures<>(
                () -> {
                    asked.incrementAndGet();
                    never.await();
                    return Map.of();
                },
                nanos::get)) {
            assertThat(open.count()).isEmpty();
            assertThat(open.count()).isEmpty();
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void databaseThatFailsLeavesTheFigureOut() throws Exception {
        try (DatabaseFigures<DeadLetterReason> open = new DatabaseFigures<>(
                () -> {
                    throw new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "gone");
                },
                nanos::get)) {
            assertThat(open.count()).isEmpty();
        }
    }
}
