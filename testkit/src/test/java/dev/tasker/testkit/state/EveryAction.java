package dev.tasker.testkit.state;

import static dev.tasker.testkit.state.EveryCall.CHAIN;
import static dev.tasker.testkit.state.EveryCall.NO_SESSION;
import static dev.tasker.testkit.state.EveryCall.PAIR;
import static dev.tasker.testkit.state.EveryCall.PERMANENT;
import static dev.tasker.testkit.state.EveryCall.RETRYABLE;
import static dev.tasker.testkit.state.EveryCall.SUCCESS;

import java.util.UUID;

/** Every change that operators can make, by hand. */
final class EveryAction {
    private static final int RESET = 0;
    private static final int RESOLVE = 1;
    private static final int COMPLETE = 2;

    private final EveryCall calls;
    private int session;

    EveryAction(EveryCall calls) {
        this.calls = calls;
    }

    void run() {
        session = calls.session();
        satisfied(RESOLVE);
        satisfied(COMPLETE);
        reset();
        givenUp();
        cancelled();
        waitingStepsMoveOn();
    }

    private void satisfied(int action) {
        UUID task = calls.create(CHAIN, session);
        operate(task, 1, action);
        operate(task, 0, action);

        task = pair(SUCCESS, RETRYABLE);
        operate(task, 1, action);

        task = calls.create(CHAIN, session);
        calls.complete(task, 0, 1, session, RETRYABLE);
        operate(task, 0, action);
        finish(task, 1);

        task = calls.create(CHAIN, session);
        calls.complete(task, 0, 1, session, PERMANENT);
        operate(task, 0, action);
        finish(task, 1);

        operate(pair(PERMANENT, SUCCESS), 0, action);

        task = pair(PERMANENT, RETRYABLE);
        operate(task, 0, action);
        operate(task, 1, action);

        task = calls.create(PAIR, session);
        calls.complete(task, 1, 1, session, RETRYABLE);
        operate(task, 0, action);
        operate(task, 1, action);
    }

    private void reset() {
        UUID task = pair(PERMANENT, PERMANENT);
        operate(task, 1, RESET);
        operate(task, 0, RESET);
        calls.claim(session);
        calls.claim(session);
        operate(task, 0, RESOLVE);
        operate(task, 1, RESOLVE);
    }

    private void givenUp() {
        UUID task = pair(PERMANENT, SUCCESS);
        calls.giveUp(task);
        operate(task, 0, RESOLVE);

        task = pair(PERMANENT, RETRYABLE);
        calls.giveUp(task);
        operate(task, 0, RESOLVE);
        operate(task, 1, RESOLVE);

        task = calls.create(CHAIN, session);
        calls.complete(task, 0, 1, session, PERMANENT);
        calls.giveUp(task);
        operate(task, 0, RESET);
        finish(task, 0);
        finish(task, 1);
    }

    private void cancelled() {
        cancel(pair(SUCCESS, RETRYABLE));
        UUID task = calls.create(CHAIN, session);
        calls.complete(task, 0, 1, session, PERMANENT);
        cancel(task);
        cancel(calls.create(CHAIN, session));
    }

    /** Last: their ready rows are in the way of whoever claims. */
    private void waitingStepsMoveOn() {
        operate(calls.create(CHAIN, NO_SESSION), 0, RESOLVE);
        operate(calls.create(CHAIN, NO_SESSION), 0, COMPLETE);
        cancel(calls.create(CHAIN, NO_SESSION));
    }

    private UUID pair(int first, int second) {
        UUID task = calls.create(PAIR, session);
        calls.complete(task, 1, 1, session, second);
        calls.complete(task, 0, 1, session, first);
        return task;
    }

    private void finish(UUID task, int step) {
        calls.complete(task, step, calls.claim(session), session, SUCCESS);
    }

    private void operate(UUID task, int step, int action) {
        calls.query(
                "operate_steps(ARRAY['%s']::uuid[], ARRAY[%d], ARRAY[%d]::smallint[], ARRAY['{}'], ARRAY['{}'], ARRAY[false])"
                        .formatted(task, step, action));
    }

    private void cancel(UUID task) {
        calls.query("cancel_tasks(ARRAY['%s']::uuid[], ARRAY['{}'])".formatted(task));
    }
}
