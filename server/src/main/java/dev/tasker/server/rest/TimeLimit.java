package dev.tasker.server.rest;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Bounds how long a request waits for the engine; afterwards it is answered with 408. */
final class TimeLimit implements AutoCloseable {
    private final Duration limit;
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("rest-call-", 0).factory());

    TimeLimit(Duration limit) {
        this.limit = limit;
    }

    /** The answer to come. What it stands for may still happen after the time is up. */
    <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        return outcome(answer);
    }

    /** What {@code call} returns; it is interrupted when the time is up. */
    <T> T call(Callable<T> call) throws InterruptedException {
        Future<T> answer = calls.submit(call);
        try {
            return outcome(answer);
        } finally {
            answer.cancel(true);
        }
    }

    private <T> T outcome(Future<T> answer) throws InterruptedException {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new RefusedException(Problem.TIMEOUT);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        calls.shutdownNow();
    }
}
