package dev.tasker.client;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Makes calls, repeats those that may be (07 §10.6), and makes none while the server is away ({@link Breaker}); the same for every transport.
 * Thread-safe.
 */
final class Repetition implements AutoCloseable {
    private final ClientConfig config;
    private final Breaker breaker = new Breaker(System::nanoTime);
    private final CountDownLatch closing = new CountDownLatch(1);

    /** One attempt. */
    interface Attempt<T> {
        /**
         * What the server answers.
         *
         * @param number from 1
         * @param limit what is left of the time for the call
         * @throws TaskerException when it refuses, or does not answer
         */
        T make(int number, Duration limit) throws InterruptedException;
    }

    Repetition(ClientConfig config) {
        this.config = config;
    }

    /**
     * The answer to a call that succeeded, at the latest when the time is up.
     *
     * @param name for who listens
     */
    <T> T call(String name, Manner manner, Attempt<T> attempt) throws InterruptedException {
        long began = System.nanoTime();
        try {
            T answer = manner.guarded() ? guarded(manner, attempt) : repeated(manner, attempt);
            config.listener().ended(name, Duration.ofNanos(System.nanoTime() - began), null);
            return answer;
        } catch (TaskerException e) {
            config.listener().ended(name, Duration.ofNanos(System.nanoTime() - began), e);
            throw e;
        }
    }

    private <T> T guarded(Manner manner, Attempt<T> attempt) throws InterruptedException {
        requireOpen();
        Duration rest = breaker.admit();
        if (!rest.isZero()) {
            throw new TaskerException.Unavailable(Refusal.silence(
                    "The server at " + config.server() + " was not asked: it has not answered lately.", true, 0, null));
        }
        boolean told = false;
        try {
            T answer = repeated(manner, attempt);
            breaker.answered();
            told = true;
            return answer;
        } catch (TaskerException e) {
            if (e.status() == 0 && e.isRetryable()) {
                breaker.failed();
            } else {
                breaker.answered();
            }
            told = true;
            throw e;
        } finally {
            if (!told) {
                breaker.abandoned();
            }
        }
    }

    private <T> T repeated(Manner manner, Attempt<T> attempt) throws InterruptedException {
        long deadline =
                System.nanoTime() + config.timeout().plus(manner.patience()).toNanos();
        for (int number = 1; ; number++) {
            requireOpen();
            try {
                return attempt.make(number, Duration.ofNanos(deadline - System.nanoTime()));
            } catch (TaskerException e) {
                Duration pause = pause(e, number);
                boolean inTime = System.nanoTime() + pause.toNanos() < deadline;
                if (!mayRepeat(manner, e) || isLast(number) || !inTime || pause(pause)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }

    boolean isClosed() {
        return closing.getCount() == 0;
    }

    /** Whether the attempt of this number is the last that there may be. */
    boolean isLast(int number) {
        return number >= config.retries().attempts();
    }

    /** Waits unless the client is closed meanwhile; whether it was. */
    boolean pause(Duration pause) throws InterruptedException {
        return closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** As long as our own policy or the server wants, whichever is longer. */
    Duration pause(TaskerException failure, int number) {
        Duration ours = config.retries().pause(number, ThreadLocalRandom.current());
        return failure.retryAfter().filter(asked -> asked.compareTo(ours) > 0).orElse(ours);
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("This client is closed.");
        }
    }

    private static boolean mayRepeat(Manner manner, TaskerException failure) {
        return failure.isRetryable() && (manner.repeatable() || failure.isCertainlyUndone());
    }
}
