package dev.tasker.engine.internal.lane;

/**
 * The calls a lane can make, and whom it tells that the database was away.
 *
 * @param complete results that add nothing to their tasks
 * @param grow results that do
 * @param onOutage nobody may be expired for a while
 * @param onAnswerLost the database may know leases, waiting steps and timers that the node does not
 */
public record LaneCalls(
        BatchCall<Command.Create, ?, ?> create,
        BatchCall<Command.Complete, ?, ?> complete,
        BatchCall<Command.Complete, ?, ?> grow,
        BatchCall<Command.Checkpoint, ?, ?> checkpoint,
        BatchCall<Command.Reject, ?, ?> reject,
        BatchCall<Command.TimeOut, ?, ?> timeOut,
        BatchCall<Command.Operate, ?, ?> operate,
        BatchCall<Command.Cancel, ?, ?> cancel,
        Runnable onOutage,
        Runnable onAnswerLost) {

    void outage() {
        onOutage.run();
    }

    void answerLost() {
        onAnswerLost.run();
    }
}
