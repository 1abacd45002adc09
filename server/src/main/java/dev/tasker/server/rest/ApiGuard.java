package dev.tasker.server.rest;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.server.health.Backpressure;
import dev.tasker.server.health.CircuitBreaker;
import dev.tasker.server.health.NodeHealth;

/**
 * Stands before the routes that change or recount tasks: refuses what the database or the lanes cannot take, and tells the breaker what
 * came of the rest (03 §1.3). Thread-safe.
 */
final class ApiGuard {
    private static final String CREATE = "POST /v1/tasks";

    private final Backpressure backpressure;
    private final CircuitBreaker breaker;

    ApiGuard(NodeHealth health) {
        this.backpressure = health.backpressure();
        this.breaker = health.breaker();
    }

    /** Handles a call of a route, unless it has to be refused. */
    Reply handle(Route route, Call call) throws InterruptedException {
        String operation = route.method() + " " + route.pattern();
        boolean isCreation = operation.equals(CREATE);
        boolean isAnalytics = route.pattern().startsWith("/v1/analytics/");
        if (isCreation) {
            backpressure.refuses(route.pattern()).ifPresent(rejection -> {
                throw new RefusedException(Problem.backpressure(rejection.text(), rejection.retryAfterSeconds()));
            });
        } else if (isAnalytics || operation.equals("GET /v1/tasks") || operation.equals("DELETE /v1/tasks/{uuid}")) {
            if (!breaker.admits()) {
                backpressure.rejected(route.pattern(), "circuit_breaker");
                throw new RefusedException(isAnalytics ? Problem.CIRCUIT_BREAKER_OPEN : Problem.UNAVAILABLE);
            }
        } else {
            return route.handler().handle(call); // reads go on, and tell nothing
        }
        return judged(route, call);
    }

    private Reply judged(Route route, Call call) throws InterruptedException {
        boolean judged = false;
        try {
            Reply reply = route.handler().handle(call);
            breaker.succeeded();
            judged = true;
            return reply;
        } catch (EngineException e) {
            if (e.code() == ErrorCode.DATABASE_UNAVAILABLE || e.code() == ErrorCode.INTERNAL) {
                breaker.failed();
            } else if (e.code() == ErrorCode.OVERLOADED) {
                backpressure.rejected(route.pattern(), "lane_full");
            }
            throw e;
        } catch (RefusedException e) {
            if (e.problem().equals(Problem.TIMEOUT)) {
                breaker.failed();
            }
            throw e;
        } finally {
            if (!judged) {
                breaker.ended();
            }
        }
    }
}
