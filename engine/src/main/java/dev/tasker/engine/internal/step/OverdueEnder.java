package dev.tasker.engine.internal.step;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.domainevent.EndedEvents;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.TimeOut;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.errors.ErrorHandling;
import dev.tasker.errors.OrchestrationError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends batches of attempts that are out of time (04 §9.6). Results that a lane received before are recorded before, and count. */
public final class OverdueEnder implements BatchCall<TimeOut, List<TimeOut>, OverdueEnder.Answer> {
    private static final Logger log = LoggerFactory.getLogger(OverdueEnder.class);
    private static final String CALL = """
        SELECT kind, task_uuid, step_index, state, attempts, max_attempts FROM tasker.time_out_steps(?, ?, ?, ?, ?, ?)
        """;

    private final EndedEvents events;
    private final Aftermath aftermath;
    private final EndedAttempts judge = new EndedAttempts();

    public OverdueEnder(EndedEvents events, Aftermath aftermath) {
        this.events = events;
        this.aftermath = aftermath;
    }

    private record Ended(StepState state, int attempts, int attemptsMax) {}

    private record Entered(UUID task, TaskState state) {}

    /** Attempts that were ended, and tasks that changed. */
    public static final class Answer {
        private final Map<StepKey, Ended> ended = new HashMap<>();
        private final List<Entered> entered = new ArrayList<>();
        private List<EventCandidate> events = List.of();
    }

    @Override
    public List<TimeOut> prepare(List<TimeOut> commands) {
        return commands;
    }

    @Override
    public Answer execute(Connection connection, List<TimeOut> commands, long batchNumber) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Answer answer = end(connection, commands);
            if (!answer.ended.isEmpty()) {
                answer.events = events.keep(connection, answer.ended.keySet());
            }
            connection.commit();
            return answer;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static Answer end(Connection connection, List<TimeOut> commands) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            SqlArrays.setUuids(
                    call,
                    1,
                    commands.stream().map(command -> command.step().task()).toList());
            SqlArrays.setInts(
                    call,
                    2,
                    commands.stream()
                            .mapToInt(command -> command.step().index())
                            .toArray());
            SqlArrays.setInts(
                    call, 3, commands.stream().mapToInt(TimeOut::token).toArray());
            SqlArrays.setInts(
                    call,
                    4,
                    commands.stream()
                            .mapToInt(command -> command.session().id())
                            .toArray());
            SqlArrays.setInts(
                    call, 5, commands.stream().mapToInt(TimeOut::delayMs).toArray());
            SqlArrays.setTexts(
                    call,
                    6,
                    commands.stream()
                            .map(command -> EngineResults.timedOut(command.assignment(), command.timeout()))
                            .toList());
            Answer answer = new Answer();
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                UUID task = rows.getObject(2, UUID.class);
                if (rows.getInt(1) == 0) {
                    answer.ended.put(
                            new StepKey(task, rows.getInt(3)),
                            new Ended(StepState.ofCode(rows.getInt(4)), rows.getInt(5), rows.getInt(6)));
                } else {
                    answer.entered.add(new Entered(task, TaskState.ofCode(rows.getInt(4))));
                }
            }
            return answer;
        }
    }

    /** A lost answer whose effect is in place is found out by the next heartbeat, which names the lease as lost. */
    @Override
    public void apply(List<TimeOut> commands, Answer answer, long batchNumber, boolean repeated) {
        for (TimeOut command : commands) {
            Ended ended = answer.ended.get(command.step());
            if (ended != null) {
                told(command, ended);
            }
        }
        events.committed(answer.events);
        answer.entered.forEach(entered -> aftermath.taskEntered(entered.task(), entered.state()));
        aftermath.slotsFreed();
    }

    private void told(TimeOut command, Ended ended) {
        if (ended.state() == StepState.WAITING_FOR_RETRY) {
            aftermath.timerSet(Duration.ofMillis(command.delayMs()));
        }
        ErrorHandling handling = judge.judge(
                new OrchestrationError.ExecutionTimeout(command.assignment().stepUuid(), command.timeout()),
                command.step(),
                ended.state(),
                ended.attempts(),
                ended.attemptsMax(),
                Duration.ofMillis(command.delayMs()));
        log.warn(
                "step {} ran past its time on session {} and is {}: {}",
                handling.stepUuid(),
                command.session().uuid(),
                handling.finalState(),
                handling.classificationSummary());
        aftermath.errorHandled(handling);
        LiveSession session = command.session();
        Held held = session.held(command.step());
        if (session.forget(command.step(), command.token())) {
            session.returnSlot();
            Assignment assignment = held == null || held.isReported() ? null : held.assignment();
            if (assignment != null) { // else: the answer to its late result tells
                session.tellLost(assignment);
            }
        }
    }

    @Override
    public void abandon(List<TimeOut> commands) {
        // nothing was reserved
    }
}
