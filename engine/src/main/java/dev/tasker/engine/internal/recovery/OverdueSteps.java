package dev.tasker.engine.internal.recovery;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.internal.lane.Command;
import dev.tasker.engine.internal.lane.CommitLane;
import dev.tasker.engine.internal.session.StepDeadlines;
import dev.tasker.engine.internal.session.StepDeadlines.Overdue;
import dev.tasker.engine.internal.step.RetryDelay;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.TaskReader;
import dev.tasker.engine.internal.template.RunnableStep;
import dev.tasker.template.Backoff;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the lanes to end attempts that are out of time: behind every result that came before. Passes are made by one thread. */
public final class OverdueSteps {
    private static final Logger log = LoggerFactory.getLogger(OverdueSteps.class);

    private final StepDeadlines deadlines;
    private final RetryDelay retryDelay;
    private final TaskReader reader;
    private final Function<UUID, CommitLane> laneOf;

    /** @param laneOf the lane of a task's ordinary commands */
    public OverdueSteps(
            StepDeadlines deadlines, RetryDelay retryDelay, TaskReader reader, Function<UUID, CommitLane> laneOf) {
        this.deadlines = deadlines;
        this.retryDelay = retryDelay;
        this.reader = reader;
        this.laneOf = laneOf;
    }

    /** Asks for the end of whatever is due and returns how long nothing will be. */
    public Duration runOnce() {
        return deadlines.runOnce(this::end);
    }

    private void end(Overdue overdue) {
        StepKey step = overdue.lease().key();
        try {
            int delayMs = retryDelay.afterFailure(
                    null, backoff(overdue), overdue.assignment().attempt());
            laneOf.apply(step.task())
                    .submit(new Command.TimeOut(
                            overdue.session(),
                            step,
                            overdue.lease().token(),
                            overdue.assignment(),
                            overdue.timeout(),
                            delayMs));
        } catch (EngineException e) {
            log.warn("step {} of task {} is out of time, its end waits: {}", step.index(), step.task(), e.toString());
        }
    }

    private @Nullable Backoff backoff(Overdue overdue) {
        RunnableStep known = overdue.lease().runnable();
        RunnableStep runnable = known != null
                ? known
                : reader.definition(overdue.lease().key())
                        .map(definition -> definition.step())
                        .orElse(null);
        return runnable == null ? null : runnable.planned().retry().backoff();
    }
}
