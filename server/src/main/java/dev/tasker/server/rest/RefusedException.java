package dev.tasker.server.rest;

import java.util.Map;

/** Ends the handling of a request with a {@link Problem}; an outcome, so it has no stack trace. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    RefusedException(Problem problem) {
        this(problem, Map.of());
    }

    /** @param headers further ones of the answer, by name */
    RefusedException(Problem problem, Map<String, String> headers) {
        super(problem.message(), null, false, false);
        this.problem = problem;
        this.headers = headers;
    }

    Problem problem() {
        return problem;
    }

    Map<String, String> headers() {
        return headers;
    }
}
