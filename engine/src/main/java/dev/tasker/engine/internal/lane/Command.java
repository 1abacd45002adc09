package dev.tasker.engine.internal.lane;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.step.Expansion;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.NewTask;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What waits in a lane: one change to one task, and the future of whoever asked for it. */
public sealed interface Command {

    /** The task the command changes. */
    UUID task();

    /** Payload bytes it brings along. */
    int bytes();

    /** Answers that the command could not be carried out. */
    void fail(EngineException failure);

    /** Creates a task. */
    record Create(NewTask request, CompletableFuture<Creation> answer) implements Command {
        @Override
        public UUID task() {
            return request.uuid();
        }

        @Override
        public int bytes() {
            return request.part().context().length();
        }

        @Override
        public void fail(EngineException failure) {
            answer.completeExceptionally(failure);
        }
    }

    /**
     * Records a result.
     *
     * @param delayMs delay of the next attempt, should there be one
     * @param expansion what the result adds to the task, null when it adds nothing
     * @param refusal why a success is recorded as a permanent failure, null when it is not
     * @param events what the result publishes, depending on what is made of it
     */
    record Complete(
            LiveSession session,
            StepKey step,
            int token,
            StepResult result,
            int delayMs,
            @Nullable Expansion expansion,
            @Nullable String refusal,
            List<EventCandidate> events,
            CompletableFuture<Completion> answer)
            implements Command {

        /** Whether the step will be complete, should the result be accepted. */
        public boolean succeeds() {
            return result.success() && refusal == null;
        }

        /** The same result, with the delay of the next attempt. */
        public Complete delayed(int newDelayMs) {
            return new Complete(session, step, token, result, newDelayMs, expansion, refusal, events, answer);
        }

        /** The same result, publishing events. */
        public Complete publishing(List<EventCandidate> newEvents) {
            return new Complete(session, step, token, result, delayMs, expansion, refusal, newEvents, answer);
        }

        /** The same result with another growth. */
        public Complete with(@Nullable Expansion newExpansion, @Nullable String newRefusal) {
            return new Complete(session, step, token, result, delayMs, newExpansion, newRefusal, events, answer);
        }

        @Override
        public UUID task() {
            return step.task();
        }

        @Override
        public int bytes() {
            int bytes = result.document().length();
            for (EventCandidate event : events) {
                bytes += event.event().message().length();
            }
            return bytes;
        }

        @Override
        public void fail(EngineException failure) {
            if (failure.code() == ErrorCode.INVALID_REQUEST) {
                answer.complete(Completion.INVALID); // the result can never be stored; its lease stays
                return;
            }
            answer.completeExceptionally(failure);
        }
    }

    /** Saves the progress of a running step. */
    record Checkpoint(
            LiveSession session,
            StepKey step,
            int token,
            dev.tasker.engine.Checkpoint checkpoint,
            CompletableFuture<Completion> answer)
            implements Command {
        @Override
        public UUID task() {
            return step.task();
        }

        @Override
        public int bytes() {
            String accumulated = checkpoint.accumulatedResults();
            return checkpoint.cursor().length() + (accumulated == null ? 0 : accumulated.length());
        }

        @Override
        public void fail(EngineException failure) {
            if (failure.code() == ErrorCode.INVALID_REQUEST) {
                answer.complete(Completion.INVALID); // it can never be stored; the lease stays
                return;
            }
            answer.completeExceptionally(failure);
        }
    }

    /**
     * Gives a step back.
     *
     * @param unhandled because its worker has no handler for it
     */
    record Reject(LiveSession session, StepKey step, int token, boolean unhandled, CompletableFuture<Completion> answer)
            implements Command {
        @Override
        public UUID task() {
            return step.task();
        }

        @Override
        public int bytes() {
            return 0;
        }

        @Override
        public void fail(EngineException failure) {
            answer.completeExceptionally(failure);
        }
    }

    /**
     * Carries out what an operator decided about a step.
     *
     * @param detail the action with reason and actor as JSON, for the history
     * @param result the result document of a manual completion, otherwise null
     * @param expansion what that result adds to the task, null when it adds nothing
     */
    record Operate(
            StepKey step,
            StepAction action,
            String detail,
            @Nullable String result,
            @Nullable Expansion expansion,
            CompletableFuture<ActionOutcome> answer)
            implements Command {
        public Operate(
                StepKey step,
                StepAction action,
                String detail,
                @Nullable String result,
                @Nullable Expansion expansion) {
            this(step, action, detail, result, expansion, new CompletableFuture<>());
        }

        /** The same action with another growth. */
        public Operate with(@Nullable Expansion newExpansion) {
            return new Operate(step, action, detail, result, newExpansion, answer);
        }

        /** What no two commands of one call may name alike: an action its step, one that adds steps its task. */
        Object named() {
            return expansion == null ? step : step.task();
        }

        @Override
        public UUID task() {
            return step.task();
        }

        @Override
        public int bytes() {
            return detail.length() + (result == null ? 0 : result.length());
        }

        @Override
        public void fail(EngineException failure) {
            answer.completeExceptionally(failure);
        }
    }

    /**
     * Cancels a task.
     *
     * @param steps how many it has, about
     * @param detail reason and actor as JSON, for the history
     */
    record Cancel(UUID task, int steps, String detail, CompletableFuture<ActionOutcome> answer) implements Command {
        private static final int WRITTEN_PER_STEP = 1 << 10;
        private static final int BYTES_MAX = 4 << 20;

        public Cancel(UUID task, int steps, String detail) {
            this(task, steps, detail, new CompletableFuture<>());
        }

        /** What it writes rather than what it brings: a batch of cancellations is bounded by the steps it changes. */
        @Override
        public int bytes() {
            return (int) Math.min((long) steps * WRITTEN_PER_STEP, BYTES_MAX);
        }

        @Override
        public void fail(EngineException failure) {
            answer.completeExceptionally(failure);
        }
    }

    /**
     * Ends an attempt that is out of time. Nobody waits for the answer: one that fails is asked for again.
     *
     * @param timeout the limit it ran past
     * @param delayMs delay of the next attempt, should there be one
     */
    record TimeOut(LiveSession session, StepKey step, int token, Assignment assignment, Duration timeout, int delayMs)
            implements Command {
        @Override
        public UUID task() {
            return step.task();
        }

        @Override
        public int bytes() {
            return 0;
        }

        @Override
        public void fail(EngineException failure) {
            // the next look at deadlines finds the lease again
        }
    }

    /** A mark: everything queued before it has been carried out when it is answered. */
    record Barrier(CompletableFuture<@Nullable Void> answer) implements Command {
        private static final UUID NONE = new UUID(0, 0);

        @Override
        public UUID task() {
            return NONE;
        }

        @Override
        public int bytes() {
            return 0;
        }

        @Override
        public void fail(EngineException failure) {
            answer.completeExceptionally(failure);
        }
    }
}
