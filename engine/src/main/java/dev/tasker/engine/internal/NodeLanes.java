package dev.tasker.engine.internal;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.internal.lane.BatchNumbers;
import dev.tasker.engine.internal.lane.Command;
import dev.tasker.engine.internal.lane.CommitLane;
import dev.tasker.engine.internal.lane.LaneCalls;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.ResultIntake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit lanes of a node: those among which tasks are spread, and one for bulk work. Thread-safe. */
final class NodeLanes {
    private static final Logger log = LoggerFactory.getLogger(NodeLanes.class);

    /** Commands that write more steps than this go to the bulk lane, where nobody with a single step waits behind them. */
    private static final int BULK_STEPS = 250;

    private static final Duration BARRIER_PATIENCE = Duration.ofSeconds(5);

    private final List<CommitLane> spread = new ArrayList<>();
    private final CommitLane bulk;

    NodeLanes(LaneConfig config, Database direct, LaneCalls calls, BatchNumbers numbers) {
        for (int i = 0; i < config.lanes(); i++) {
            spread.add(new CommitLane("lane-" + i, config, direct, calls, numbers));
        }
        bulk = new CommitLane("lane-bulk", config, direct, calls, numbers);
    }

    /** The lane for a command of {@code task} that writes about so many steps: a task's ordinary commands always meet in one lane. */
    CommitLane of(UUID task, int steps) {
        if (steps > BULK_STEPS) {
            return bulk;
        }
        // the random bits; the last ones are zero in every task uuid
        return spread.get(Math.floorMod((int) (task.getLeastSignificantBits() >>> 24), spread.size()));
    }

    List<CommitLane> all() {
        List<CommitLane> all = new ArrayList<>(spread);
        all.add(bulk);
        return all;
    }

    /** Queues a result in the lane of its task. */
    void submit(Command.Complete result) {
        of(result.task(), ResultIntake.size(result)).submit(result);
    }

    /** The same for one that was accepted before: a lane that is full now fails it. */
    void submitAgain(Command.Complete result) {
        try {
            submit(result);
        } catch (EngineException e) {
            result.fail(e);
        }
    }

    /** Waits until everything received so far is recorded. */
    void flush() {
        List<CompletableFuture<@Nullable Void>> marks = new ArrayList<>();
        for (CommitLane lane : all()) {
            CompletableFuture<@Nullable Void> mark = new CompletableFuture<>();
            lane.submit(new Command.Barrier(mark));
            marks.add(mark);
        }
        try {
            CompletableFuture.allOf(marks.toArray(CompletableFuture[]::new))
                    .get(BARRIER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("results received before an expiry could not all be recorded: {}", e.toString());
        }
    }

    /** Commits what waits, within {@code patience} for each lane, and ends. */
    void close(Duration patience) {
        for (CommitLane lane : all()) {
            lane.drain(patience);
            lane.close();
        }
    }
}
