package dev.tasker.engine.internal.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.internal.lane.Command.Cancel;
import dev.tasker.engine.internal.lane.CommitLane;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/**
 * Brings cancellations to their lanes: one task to its own, unless it is large; many to the bulk lane, piece by piece, so that neither the lane
 * nor the other tasks wait behind them. Thread-safe.
 */
public final class Cancellations {
    static final int TASKS_MAX = 100_000;

    /** A piece ends with the task that fills it. */
    private static final int PIECE_TASKS = 250;

    private static final int PIECE_STEPS = 1_000;

    /** After each piece the lane rests this many times as long as the piece took, within bounds: the database is left to the others. */
    private static final int REST = 2;

    private static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(65);

    private static final String SIZES =
            "SELECT task_uuid, total_steps FROM tasker.tasks WHERE task_uuid = ANY (?::uuid[])";

    private final Database database;
    private final ExecutorService threads;
    private final BiFunction<UUID, Integer, CommitLane> laneOf;

    /** @param laneOf the lane for a command of a task that writes about so many steps */
    public Cancellations(Database database, ExecutorService threads, BiFunction<UUID, Integer, CommitLane> laneOf) {
        this.database = database;
        this.threads = threads;
        this.laneOf = laneOf;
    }

    /** Cancels one task. Reads its size on the caller's thread. */
    public CompletableFuture<ActionOutcome> cancel(UUID task, Cancellation cancellation) {
        String detail = ActionDocuments.detail(cancellation);
        Integer steps = sizes(List.of(task)).get(task);
        if (steps == null) {
            return CompletableFuture.completedFuture(new ActionOutcome.NotFound("Resource not found"));
        }
        return submit(laneOf.apply(task, steps), new Cancel(task, steps, detail));
    }

    /** Cancels these tasks, each by itself. Fails as a whole when the lane does; what was cancelled before stays so. */
    public CompletableFuture<Map<UUID, ActionOutcome>> cancel(Collection<UUID> tasks, Cancellation cancellation) {
        List<UUID> distinct = List.copyOf(new LinkedHashSet<>(tasks));
        if (distinct.size() > TASKS_MAX) {
            throw new EngineException(
                    ErrorCode.INVALID_REQUEST, "tasks: " + distinct.size() + " (expected: at most " + TASKS_MAX + ")");
        }
        String detail = ActionDocuments.detail(cancellation);
        CompletableFuture<Map<UUID, ActionOutcome>> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    answer.complete(inPieces(distinct, detail));
                } catch (CompletionException e) {
                    answer.completeExceptionally(e.getCause() == null ? e : e.getCause());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            throw new EngineException(ErrorCode.CLOSED, "the engine is closed", e);
        }
        return answer;
    }

    private Map<UUID, ActionOutcome> inPieces(List<UUID> tasks, String detail) {
        Map<UUID, ActionOutcome> outcomes = new LinkedHashMap<>();
        for (int from = 0; from < tasks.size(); from += PIECE_TASKS) {
            List<UUID> some = tasks.subList(from, Math.min(from + PIECE_TASKS, tasks.size()));
            Map<UUID, Integer> sizes = sizes(some);
            List<Cancel> piece = new ArrayList<>();
            int steps = 0;
            for (UUID task : some) {
                Integer size = sizes.get(task);
                if (size == null) {
                    outcomes.put(task, new ActionOutcome.NotFound("Resource not found"));
                    continue;
                }
                piece.add(new Cancel(task, size, detail));
                steps += size;
                if (steps >= PIECE_STEPS) {
                    cancel(piece, outcomes);
                    piece.clear();
                    steps = 0;
                }
            }
            cancel(piece, outcomes);
        }
        return outcomes;
    }

    private void cancel(List<Cancel> piece, Map<UUID, ActionOutcome> outcomes) {
        if (piece.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        List<CompletableFuture<ActionOutcome>> answers = new ArrayList<>(piece.size());
        for (Cancel command : piece) {
            answers.add(submit(laneOf.apply(command.task(), Integer.MAX_VALUE), command));
        }
        for (int i = 0; i < piece.size(); i++) {
            outcomes.put(piece.get(i).task(), answers.get(i).join());
        }
        LockSupport.parkNanos(Math.min(REST * (System.nanoTime() - start), REST_NANOS_MAX));
        if (Thread.currentThread().isInterrupted()) {
            throw new EngineException(ErrorCode.CLOSED, "the engine is closed");
        }
    }

    private static CompletableFuture<ActionOutcome> submit(CommitLane lane, Cancel command) {
        try {
            lane.submit(command);
        } catch (EngineException e) {
            command.answer().completeExceptionally(e);
        }
        return command.answer();
    }

    /** How many steps these tasks have now; unknown tasks are missing. */
    private Map<UUID, Integer> sizes(List<UUID> tasks) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(SIZES)) {
                SqlArrays.setUuids(select, 1, tasks);
                ResultSet rows = select.executeQuery();
                Map<UUID, Integer> sizes = new HashMap<>();
                while (rows.next()) {
                    sizes.put(rows.getObject(1, UUID.class), rows.getInt(2));
                }
                return sizes;
            }
        });
    }
}
