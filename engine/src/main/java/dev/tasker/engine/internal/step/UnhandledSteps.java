package dev.tasker.engine.internal.step;

import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.internal.lane.Command.Reject;
import dev.tasker.engine.internal.session.LiveSession;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Decides about steps that a worker gave back because it has no handler for them, though it registered their callable (04 §9.6): they are
 * offered to the others that take their queue, and fail for good once none is left that has not said the same. The session that gave one
 * back is not served from that queue for a while, longer each time up to a minute, so that others come first, and it does not get what waits
 * there again and again.
 * Thread-safe; one read more than giving a step back costs.
 */
public final class UnhandledSteps {
    private final HandlerCensus census;
    private final Duration pause;
    private final Executor readers;
    private final Consumer<Reject> lane;
    private final Completer completer;

    /** Reports a result, as sessions do. */
    @FunctionalInterface
    public interface Completer {
        void complete(
                LiveSession session, StepKey step, int token, StepResult result, CompletableFuture<Completion> answer);
    }

    /** @param pause how long a session is not served from a queue whose step it gave back for the first time; then twice as long each time */
    public UnhandledSteps(
            HandlerCensus census, Duration pause, Executor readers, Consumer<Reject> lane, Completer completer) {
        this.census = census;
        this.pause = pause;
        this.readers = readers;
        this.lane = lane;
        this.completer = completer;
    }

    /** The session gives the step back: it goes on elsewhere, or has failed. The answer fails as that of a result does. */
    public void giveBack(LiveSession session, StepKey step, int token, CompletableFuture<Completion> answer) {
        try {
            readers.execute(() -> {
                try {
                    decide(session, step, token, answer);
                } catch (EngineException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new EngineException(ErrorCode.CLOSED, "the engine is closed", e));
        }
    }

    private void decide(LiveSession session, StepKey step, int token, CompletableFuture<Completion> answer) {
        HandlerCensus.Count count = census.without(session, step).orElse(null);
        if (count != null) {
            session.pause(count.queueId(), pause);
        }
        // A session that is given nothing more says nothing about those that are to come.
        if (count == null || count.isTaken() || !session.isServed()) {
            lane.accept(new Reject(session, step, token, true, answer));
            return;
        }
        String document = EngineResults.handlerNotFound(count.callable(), count.without());
        completer.complete(session, step, token, new StepResult(false, false, 0, null, document), answer);
    }
}
