package dev.tasker.engine.internal.recovery;

import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.StaleTask;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Judges tasks that rest or live too long, once per interval for all nodes together (01 §5.2). One statement when it is another node's turn or
 * nothing is due; a sweep is one call for each 250 tasks judged, with the tasks of a call in one transaction, and one statement that tells
 * of them after the commit.
 */
public final class StalenessSweeper {
    private static final Logger log = LoggerFactory.getLogger(StalenessSweeper.class);
    private static final String SWEEP = """
        SELECT kind, task_uuid, namespace_name, task_name, state, minutes, threshold, reason, action, entered, failed, wait_ms
        FROM   tasker.sweep_stale_tasks(?, ? * interval '1 ms', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;
    private static final String NOTIFY = "SELECT pg_notify(?, payload) FROM unnest(?) AS event(payload)";

    /** Tasks of one transaction; their rows are locked together. */
    private static final int PIECE_TASKS = 250;

    /** Tasks come of age that one call looks at. */
    private static final int PIECE_VISITS = 10_000;

    /** Calls of one pass; a sweep with more to do goes on in the next pass. */
    private static final int PIECES_MAX = 50;

    private static final Duration REST_MAX = Duration.ofMillis(40);
    private static final Duration CATCH_UP_PAUSE = Duration.ofSeconds(1);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final StalenessConfig config;
    private final ExpiryGuard guard;
    private final StalenessCounters counters;
    private final Aftermath aftermath;
    private boolean unfinished;
    private boolean first = true;

    public StalenessSweeper(
            Database database,
            StalenessConfig config,
            ExpiryGuard guard,
            StalenessCounters counters,
            Aftermath aftermath) {
        this.database = database;
        this.config = config;
        this.guard = guard;
        this.counters = counters;
        this.aftermath = aftermath;
    }

    private record Piece(List<StaleTask> tasks, Ending ending, Duration pause) {}

    /** In the order of the kinds that the call returns, from 1. */
    private enum Ending {
        DONE,
        NOT_DUE,
        MORE
    }

    /**
     * One pass of the loop. The first only waits, and so does one while no lease may expire: workers shall have had the time to report, and
     * recovery to take back what dead ones held, before their tasks count as stale (02 §8.7).
     */
    public synchronized Duration runOnce() {
        Duration forbidden = guard.remaining(System.nanoTime());
        if (first || !forbidden.isZero()) {
            first = false;
            return forbidden.compareTo(config.interval()) < 0
                    ? minimum(config.interval(), Duration.ofSeconds(30))
                    : forbidden;
        }
        return sweep(new ArrayList<>(), unfinished, config.interval());
    }

    /** A sweep now, whatever the interval; what it judged. Nothing when another node sweeps at the moment. */
    public synchronized List<StaleTask> sweep() {
        List<StaleTask> judged = new ArrayList<>();
        sweep(judged, false, Duration.ZERO);
        return judged;
    }

    private Duration sweep(List<StaleTask> judged, boolean goesOn, Duration interval) {
        long began = System.nanoTime();
        boolean again = goesOn;
        for (int pieces = 0; pieces < PIECES_MAX; pieces++) {
            int left = config.batchSize() - judged.size();
            boolean next = again;
            long start = System.nanoTime();
            Piece piece = database.call(connection -> call(connection, next, interval, left));
            judged.addAll(piece.tasks());
            after(piece.tasks());
            unfinished = piece.ending() == Ending.MORE && judged.size() < config.batchSize() && !config.dryRun();
            if (!unfinished) {
                if (piece.ending() != Ending.NOT_DUE) {
                    counters.swept(config.dryRun(), Duration.ofNanos(System.nanoTime() - began));
                }
                return piece.pause();
            }
            again = true;
            rest(System.nanoTime() - start);
        }
        counters.swept(config.dryRun(), Duration.ofNanos(System.nanoTime() - began));
        return CATCH_UP_PAUSE;
    }

    private Piece call(Connection connection, boolean again, Duration interval, int left) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(SWEEP)) {
            call.setBoolean(1, again);
            call.setLong(2, interval.toMillis());
            call.setBoolean(3, config.dryRun());
            call.setInt(4, config.dryRun() ? left : Math.min(left, PIECE_TASKS));
            call.setInt(5, PIECE_VISITS);
            call.setInt(6, (int) config.waitingForDependencies().toMinutes());
            call.setInt(7, (int) config.waitingForRetry().toMinutes());
            call.setInt(8, (int) config.stepsInProcess().toMinutes());
            call.setInt(9, (int) config.lifetime().toMinutes());
            call.setInt(10, (int) config.checkpointStall().toMinutes());
            call.setBoolean(11, config.enters());
            call.setBoolean(12, config.fails());
            call.setBoolean(13, config.entersExhausted());
            ResultSet rows = call.executeQuery();
            List<StaleTask> tasks = new ArrayList<>();
            Ending ending = Ending.NOT_DUE;
            Duration pause = Duration.ZERO;
            while (rows.next()) {
                if (rows.getInt(1) == 0) {
                    tasks.add(task(rows));
                } else {
                    ending = Ending.values()[rows.getInt(1) - 1];
                    pause = Duration.ofMillis(rows.getLong(12));
                }
            }
            return new Piece(tasks, ending, pause);
        }
    }

    private static StaleTask task(ResultSet row) throws SQLException {
        String action = row.getString(9);
        return new StaleTask(
                row.getObject(2, java.util.UUID.class),
                row.getString(3),
                row.getString(4),
                TaskState.ofCode(row.getInt(5)),
                row.getInt(6),
                row.getInt(7),
                DeadLetterReason.valueOf(row.getString(8).toUpperCase(Locale.ROOT)),
                action == null
                        ? StaleTask.Action.LEFT_ALONE
                        : StaleTask.Action.valueOf(action.toUpperCase(Locale.ROOT)),
                row.getBoolean(10),
                row.getBoolean(11));
    }

    /** What follows from a committed piece; none of it is needed for the tasks to be as they should. */
    private void after(List<StaleTask> tasks) {
        if (tasks.isEmpty()) {
            return;
        }
        counters.judged(tasks);
        for (StaleTask task : tasks) {
            if (task.failed()) {
                log.warn(
                        "task {} ({}/{}) was in {} for {} minutes, {} allowed, and is in error now",
                        task.taskUuid(),
                        task.namespace(),
                        task.taskName(),
                        task.state().text(),
                        task.minutesInState(),
                        task.thresholdMinutes());
                aftermath.taskEntered(task.taskUuid(), TaskState.ERROR);
            } else if (task.action() == StaleTask.Action.TRANSITION_FAILED) {
                log.warn("stale task {} could not be ended; the next sweep judges it anew", task.taskUuid());
            }
        }
        if (config.notifies()) {
            tell(tasks);
        }
    }

    private void tell(List<StaleTask> tasks) {
        try {
            database.call(connection -> {
                try (PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
                    notify.setString(1, config.eventChannel());
                    SqlArrays.setTexts(
                            notify,
                            2,
                            tasks.stream().map(StalenessSweeper::payload).toList());
                    return notify.execute();
                }
            });
        } catch (RuntimeException e) {
            log.warn("nobody could be told of {} stale tasks: {}", tasks.size(), e.toString());
        }
    }

    private static String payload(StaleTask task) {
        return JSON.createObjectNode()
                .put("task_uuid", task.taskUuid().toString())
                .put("namespace", task.namespace())
                .put("task_name", task.taskName())
                .put("current_state", task.state().text())
                .put("time_in_state_minutes", task.minutesInState())
                .put("staleness_threshold_minutes", task.thresholdMinutes())
                .put("reason", task.reason().text())
                .put("action_taken", task.action().text())
                .toString();
    }

    /** Leaves the database to others for twice as long as the piece took. */
    private static void rest(long pieceNanos) {
        LockSupport.parkNanos(Math.min(2 * pieceNanos, TimeUnit.MILLISECONDS.toNanos(REST_MAX.toMillis())));
    }

    private static Duration minimum(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
