package dev.tasker.server.api;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.server.health.Backpressure;
import dev.tasker.server.health.CircuitBreaker;

/**
 * Stands before the operations that change or recount many rows: refuses what the database or the lanes cannot take, and tells the breaker
 * what came of the rest (03 §1.3). Reads of one thing go past it. Thread-safe.
 */
public final class DatabaseGuard {
    private final Backpressure backpressure;
    private final CircuitBreaker breaker;

    /** Something that asks the database. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws InterruptedException;
    }

    public DatabaseGuard(Backpressure backpressure, CircuitBreaker breaker) {
        this.backpressure = backpressure;
        this.breaker = breaker;
    }

    /** Runs a creation, unless the node cannot keep up. */
    <T> T create(String endpoint, Call<T> call) throws InterruptedException {
        backpressure.refuses(endpoint).ifPresent(rejection -> {
            throw RefusedOperationException.backpressure(rejection.text(), rejection.retryAfterSeconds());
        });
        return judged(endpoint, call);
    }

    /**
     * Runs a call, unless the breaker is open.
     *
     * @param endpoint for metrics
     * @param whenOpen what the call is refused as then
     */
    <T> T run(String endpoint, Fault whenOpen, Call<T> call) throws InterruptedException {
        if (!breaker.admits()) {
            backpressure.rejected(endpoint, "circuit_breaker");
            throw new RefusedOperationException(whenOpen, "Service temporarily unavailable");
        }
        return judged(endpoint, call);
    }

    private <T> T judged(String endpoint, Call<T> call) throws InterruptedException {
        boolean judged = false;
        try {
            T result = call.run();
            breaker.succeeded();
            judged = true;
            return result;
        } catch (EngineException e) {
            if (e.code() == ErrorCode.DATABASE_UNAVAILABLE || e.code() == ErrorCode.INTERNAL) {
                breaker.failed();
                judged = true;
            } else if (e.code() == ErrorCode.OVERLOADED) {
                backpressure.rejected(endpoint, "lane_full");
            }
            throw e;
        } catch (InterruptedException e) { // no answer in time
            breaker.failed();
            judged = true;
            throw e;
        } finally {
            if (!judged) {
                breaker.ended();
            }
        }
    }
}
