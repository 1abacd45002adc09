package dev.tasker.server.api;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What became of calls to the engine, as values or refusals. */
final class Outcomes {
    private Outcomes() {}

    /** Waits for an answer; what it fails with is thrown as it is. */
    static <T> T of(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Returns for what was done, throws for the rest.
     *
     * @param unknown the fault when there is no such thing
     * @param refused the fault of a refusal that is the caller's mistake
     */
    static void require(ActionOutcome outcome, Fault unknown, Fault refused) {
        switch (outcome) {
            case ActionOutcome.Done() -> {}
            case ActionOutcome.NotFound(String reason) -> throw new RefusedOperationException(unknown, reason);
            case ActionOutcome.Refused(ErrorCode.Kind kind, String reason) ->
                throw new RefusedOperationException(kind == ErrorCode.Kind.CONFLICT ? Fault.CONFLICT : refused, reason);
        }
    }
}
