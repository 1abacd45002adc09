package dev.tasker.engine.internal.audit;

import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.engine.DoctorReport;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** One walk over what a doctor is asked to look at; over tasks on as many connections as its speed says. Made for a single run. */
public final class AuditWalk {
    private static final int SMALL_ROWS = 5_000;
    private static final int ATTEMPTS_MAX = 5;
    private static final Suspect.Timer BEFORE_ALL = new Suspect.Timer(OffsetDateTime.MIN, DoctorOptions.FIRST, -1);

    private final Database database;
    private final DoctorOptions options;
    private final AuditTally tally;
    private final CountDownLatch never = new CountDownLatch(1);

    /** A walk that tells {@code progress} after each piece how many tasks were recounted so far. */
    public AuditWalk(Database database, DoctorOptions options, LongConsumer progress) {
        this.database = database;
        this.options = options;
        this.tally = new AuditTally(progress);
    }

    /** Walks. A database that goes away ends it early, and the report says so. */
    public DoctorReport run() throws InterruptedException {
        long start = System.nanoTime();
        List<String> unattended = List.of();
        String broken = null;
        try (Connection open = database.open()) {
            walkTasks(open);
            if (options.isEverything()) {
                walkTimers(open);
                walkSessions(open);
                walkIdentities(open);
                AuditCalls.examineTotals(open, options.repair()).forEach(tally::found);
                unattended = AuditCalls.unattended(open);
            }
        } catch (SQLException e) {
            EngineException failure = Database.translated(e);
            if (failure.code() != ErrorCode.DATABASE_UNAVAILABLE) {
                throw failure;
            }
            broken = String.valueOf(e.getMessage());
        }
        return tally.report(Duration.ofNanos(System.nanoTime() - start), unattended, broken);
    }

    private void walkTasks(Connection open) throws SQLException, InterruptedException {
        TaskPieces pieces = new TaskPieces(options);
        List<Future<?>> others = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int other = 1; other < options.speed().connections(); other++) {
                others.add(threads.submit(() -> {
                    try (Connection own = database.open()) {
                        recount(own, pieces);
                    }
                    return null;
                }));
            }
            try {
                recount(open, pieces);
            } finally {
                pieces.stop();
            }
        }
        for (Future<?> other : others) {
            if (other.state() == Future.State.FAILED) {
                rethrow(other.exceptionNow());
            }
        }
    }

    private void recount(Connection open, TaskPieces pieces) throws SQLException, InterruptedException {
        try {
            long start = System.nanoTime();
            for (AuditCalls.Piece piece = pieces.take(open); piece != null; piece = pieces.take(open)) {
                examine(open, AuditCalls.tasks(open, piece));
                tally.recounted(piece.tasks(), piece.steps());
                rest(start);
                start = System.nanoTime();
            }
        } catch (SQLException | RuntimeException e) {
            pieces.stop();
            throw e;
        }
    }

    private static void rethrow(Throwable failure) throws SQLException, InterruptedException {
        switch (failure) {
            case SQLException e -> throw e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void walkTimers(Connection open) throws SQLException, InterruptedException {
        Suspect.Timer after = BEFORE_ALL;
        while (after != null) {
            long start = System.nanoTime();
            AuditCalls.Timers piece = AuditCalls.timers(open, after, SMALL_ROWS);
            examine(open, piece.suspects());
            after = piece.next();
            rest(start);
        }
    }

    private void walkSessions(Connection open) throws SQLException, InterruptedException {
        Integer after = 0;
        while (after != null) {
            long start = System.nanoTime();
            AuditCalls.Sessions piece = AuditCalls.sessions(open, after, SMALL_ROWS);
            examine(open, piece.suspects());
            after = piece.next();
            rest(start);
        }
    }

    private void walkIdentities(Connection open) throws SQLException, InterruptedException {
        String after = "";
        while (after != null) {
            long start = System.nanoTime();
            AuditCalls.Identities piece = AuditCalls.identities(open, after, SMALL_ROWS);
            examine(open, piece.suspects());
            after = piece.next();
            rest(start);
        }
    }

    private void examine(Connection open, List<Suspect> suspects) throws SQLException {
        for (Suspect suspect : suspects) {
            tally.examined(examine(open, suspect));
        }
    }

    private List<AuditFinding> examine(Connection open, Suspect suspect) throws SQLException {
        for (int made = 1; ; made++) {
            try {
                return AuditCalls.examine(open, suspect, options.repair());
            } catch (SQLException e) {
                if (!isRepeatable(e) || made >= ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static boolean isRepeatable(SQLException failure) {
        return SqlFailure.of(failure) == SqlFailure.REPEAT;
    }

    /** Leaves the database to others, in proportion to what was taken. */
    private void rest(long startNanos) throws InterruptedException {
        long nanos = (System.nanoTime() - startNanos) * options.speed().rest();
        if (nanos > 0) {
            boolean ignored = never.await(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
