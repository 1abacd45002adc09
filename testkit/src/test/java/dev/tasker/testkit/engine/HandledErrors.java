package dev.tasker.testkit.engine;

import dev.tasker.engine.EngineListener;
import dev.tasker.engine.TaskState;
import dev.tasker.errors.ErrorHandling;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Hears of attempts that the engine ended itself. */
final class HandledErrors implements EngineListener {
    private final BlockingQueue<ErrorHandling> heard = new LinkedBlockingQueue<>();

    @Override
    public void taskEntered(UUID taskUuid, TaskState state) {}

    @Override
    public void errorHandled(ErrorHandling handling) {
        heard.add(handling);
    }

    /** The next one; waits for it. */
    ErrorHandling next() throws InterruptedException {
        ErrorHandling next = heard.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("heard of no error within 10 s");
        }
        return next;
    }
}
