package dev.tasker.engine.internal.lane;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.SqlFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded queue of commands and the one thread that commits them: it takes what is there, makes one call per kind, and answers. A lone
 * command is written at once; under load batches grow by themselves. A batch that fails is split until the command at fault stands
 * alone. While the database is away commands wait, and the lane refuses once it is full. Thread-safe.
 */
public final class CommitLane implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CommitLane.class);
    private static final Duration OUTAGE_MAX = Duration.ofSeconds(60);
    private static final Duration RECONNECT_MIN = Duration.ofMillis(20);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(1);
    private static final int REPEATS_MAX = 20;

    private final String name;
    private final LaneConfig config;
    private final LaneCalls calls;
    private final BatchNumbers numbers;
    private final DedicatedConnection connection;
    private final LaneStatistics statistics = new LaneStatistics();
    private final Thread writer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>(); // guarded by lock
    private long queuedBytes; // guarded by lock
    private boolean closed; // guarded by lock
    private volatile boolean aborted;

    private record Waiting(Command command, long sinceNanos) {}

    public CommitLane(String name, LaneConfig config, Database database, LaneCalls calls, BatchNumbers numbers) {
        this.name = name;
        this.config = config;
        this.calls = calls;
        this.numbers = numbers;
        this.connection = new DedicatedConnection(database, name);
        this.writer = Thread.ofPlatform().name("tasker-" + name).start(this::write);
    }

    /** Queues a command, or throws {@link ErrorCode#OVERLOADED} when the lane is full. */
    public void submit(Command command) {
        lock.lock();
        try {
            if (closed) {
                throw new EngineException(ErrorCode.CLOSED, "the engine is closed");
            }
            if (queue.size() >= config.queueCommandsMax()) {
                throw refused("commands waiting", queue.size(), config.queueCommandsMax());
            }
            if (queuedBytes + command.bytes() > config.queueBytesMax() && !queue.isEmpty()) {
                throw refused("bytes waiting", queuedBytes, config.queueBytesMax());
            }
            queue.add(new Waiting(command, System.nanoTime()));
            queuedBytes += command.bytes();
            if (queue.size() == 1) {
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private EngineException refused(String what, long found, long max) {
        statistics.refused();
        return new EngineException(
                ErrorCode.OVERLOADED, "lane " + name + ": " + found + " " + what + " (expected: < " + max + ")");
    }

    /** Figures of this lane now. */
    public LaneStatistics.Snapshot statistics() {
        lock.lock();
        try {
            Waiting oldest = queue.peek();
            long ageNanos = oldest == null ? 0 : System.nanoTime() - oldest.sinceNanos();
            return statistics.snapshot(name, queue.size(), config.queueCommandsMax(), queuedBytes, ageNanos);
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        List<Command> batch = new ArrayList<>();
        try {
            while (take(batch)) {
                commit(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            log.debug("lane {} was interrupted", name);
        } finally {
            connection.close();
        }
    }

    /** Waits for commands and moves what fits one batch; false when the lane is closed and empty. */
    private boolean take(List<Command> batch) throws InterruptedException {
        lock.lock();
        try {
            while (queue.isEmpty()) {
                if (closed) {
                    return false;
                }
                arrived.await();
            }
            long bytes = 0;
            while (batch.size() < config.batchCommandsMax() && !queue.isEmpty()) {
                Command next = queue.getFirst().command();
                if (!batch.isEmpty() && bytes + next.bytes() > config.batchBytesMax()) {
                    break;
                }
                queue.removeFirst();
                bytes += next.bytes();
                queuedBytes -= next.bytes();
                batch.add(next);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void commit(List<Command> batch) {
        List<Command.Complete> completes = new ArrayList<>();
        List<Command.Checkpoint> checkpoints = new ArrayList<>();
        List<Command.Complete> growing = new ArrayList<>(0);
        List<Command.Reject> rejects = new ArrayList<>();
        List<Command.TimeOut> timeOuts = new ArrayList<>();
        List<Command.Create> creates = new ArrayList<>();
        List<Command.Operate> operates = new ArrayList<>();
        List<Command.Cancel> cancels = new ArrayList<>();
        List<Command.Barrier> barriers = new ArrayList<>();
        for (Command command : batch) {
            switch (command) {
                case Command.Complete complete -> (complete.expansion() == null ? completes : growing).add(complete);
                case Command.Checkpoint checkpoint -> checkpoints.add(checkpoint);
                case Command.Reject reject -> rejects.add(reject);
                case Command.TimeOut timeOut -> timeOuts.add(timeOut);
                case Command.Create create -> creates.add(create);
                case Command.Operate operate -> operates.add(operate);
                case Command.Cancel cancel -> cancels.add(cancel);
                case Command.Barrier barrier -> barriers.add(barrier);
            }
        }
        call(calls.checkpoint(), checkpoints); // before the result of the same attempt
        call(calls.complete(), completes);
        call(calls.grow(), growing);
        call(calls.reject(), rejects);
        call(calls.timeOut(), timeOuts);
        call(calls.create(), creates);
        rounds(operates, Command.Operate::named).forEach(round -> call(calls.operate(), round));
        rounds(cancels, Command.Cancel::task).forEach(round -> call(calls.cancel(), round));
        barriers.forEach(barrier -> barrier.answer().complete(null));
    }

    /** The commands in order, in as few rounds as it takes for none to name anything twice. */
    private static <C extends Command> Collection<List<C>> rounds(List<C> commands, Function<C, Object> named) {
        Map<Integer, List<C>> rounds = new TreeMap<>();
        Map<Object, Integer> met = new HashMap<>();
        for (C command : commands) {
            int round = met.merge(named.apply(command), 1, Integer::sum);
            rounds.computeIfAbsent(round, _ -> new ArrayList<>()).add(command);
        }
        return rounds.values();
    }

    private <C extends Command, P, A> void call(BatchCall<C, P, A> call, List<C> commands) {
        if (commands.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        long number = numbers.begin();
        P prepared = call.prepare(commands);
        Tries tries = new Tries();
        try {
            A answer = execute(call, prepared, number, tries);
            statistics.committed(commands.size(), System.nanoTime() - start);
            if (tries.answerLost) {
                numbers.lost(number); // before slots are freed that leases nobody knows of yet have taken
            }
            call.apply(prepared, answer, number, tries.answerLost);
        } catch (SQLException e) {
            call.abandon(prepared);
            failed(call, commands, e);
        } catch (RuntimeException e) {
            call.abandon(prepared);
            log.error("lane {}: a batch of {} failed in memory", name, commands.size(), e);
            BatchCall.failAll(commands, new EngineException(ErrorCode.INTERNAL, "batch failed: " + e, e));
        } finally {
            if (tries.answerLost) {
                numbers.lost(number);
                calls.answerLost();
            } else {
                numbers.answered(number);
            }
        }
    }

    private <C extends Command, P, A> void failed(BatchCall<C, P, A> call, List<C> commands, SQLException failure) {
        switch (SqlFailure.of(failure)) {
            case REPEAT, CONNECTION -> {
                BatchCall.failAll(commands, Database.translated(failure));
                return;
            }
            case VALUE, POISON -> {}
        }
        if (commands.size() == 1) {
            statistics.poisoned();
            log.error(
                    "lane {}: command of task {} cannot be stored",
                    name,
                    commands.getFirst().task(),
                    failure);
            commands.getFirst().fail(Database.translated(failure));
            return;
        }
        int half = commands.size() / 2;
        call(call, commands.subList(0, half));
        call(call, commands.subList(half, commands.size()));
    }

    /** What is known of the tries of one call. */
    private static final class Tries {
        private boolean sent;
        private boolean answerLost; // the connection broke after sending: nobody knows whether it was committed
    }

    /** Makes the call until it is answered. After a lost connection nobody knows whether it was committed: the same call tells. */
    private <C extends Command, P, A> A execute(BatchCall<C, P, A> call, P prepared, long number, Tries tries)
            throws SQLException {
        long deadline = System.nanoTime() + OUTAGE_MAX.toNanos();
        Duration pause = RECONNECT_MIN;
        boolean away = false;
        for (int repeats = 0; ; ) {
            tries.sent = false;
            try {
                return connection.run(open -> {
                    tries.sent = true;
                    return call.execute(open, prepared, number);
                });
            } catch (SQLException e) {
                switch (SqlFailure.of(e)) {
                    case VALUE, POISON -> throw e;
                    case REPEAT -> {
                        statistics.repeated();
                        if (++repeats >= REPEATS_MAX) {
                            throw e;
                        }
                    }
                    case CONNECTION -> {
                        if (!away) {
                            log.warn("lane {}: lost the database, waiting for it: {}", name, e.getMessage());
                        }
                        away = true;
                        tries.answerLost |= tries.sent;
                        calls.outage();
                        if (aborted || System.nanoTime() - deadline > 0) {
                            throw e;
                        }
                        pause(pause);
                        pause = pause.multipliedBy(2).compareTo(RECONNECT_MAX) > 0
                                ? RECONNECT_MAX
                                : pause.multipliedBy(2);
                    }
                }
            }
        }
    }

    private void pause(Duration pause) {
        lock.lock();
        try {
            // woken early only by abort; other commands may arrive and wait with us
            long left = pause.toNanos();
            while (left > 0 && !aborted) {
                left = arrived.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            aborted = true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more commands, commits those that wait, and ends. */
    public void drain(Duration patience) {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            writer.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends now: what waits is failed with {@link ErrorCode#CLOSED}. */
    @Override
    public void close() {
        List<Command> left = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            aborted = true;
            queue.forEach(waiting -> left.add(waiting.command()));
            queue.clear();
            queuedBytes = 0;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        BatchCall.failAll(left, new EngineException(ErrorCode.CLOSED, "the engine is closed"));
        try {
            writer.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
