package dev.tasker.engine.internal.step;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Checkpoint;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.session.StepDeadlines;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Saves batches of checkpoints (02 §7.5). A step that yields goes on in the same session and slot at once, from memory: its next assignment
 * is the last one with the new token and the saved record. Checkpoints that were not taken cost one read more.
 */
public final class StepCheckpointer implements BatchCall<Checkpoint, List<List<Checkpoint>>, StepCheckpointer.Answer> {
    private static final String CALL = """
        SELECT task_uuid, step_index, token, attempts, record FROM tasker.checkpoint_steps(?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private static final String CURRENT = """
        SELECT step.task_uuid, step.step_index, step.state, step.lease_token, step.session_id
        FROM   unnest(?, ?) AS wanted(task_uuid, step_index)
               JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
        """;

    private final Aftermath aftermath;
    private final StepDeadlines deadlines;

    public StepCheckpointer(Aftermath aftermath, StepDeadlines deadlines) {
        this.aftermath = aftermath;
        this.deadlines = deadlines;
    }

    private record Saved(int token, int attempts, @Nullable String record) {}

    private record Standing(StepState state, int token, int sessionId) {}

    /** Saved checkpoints, and the standing of the steps of the others. */
    public static final class Answer {
        private final Map<Checkpoint, Saved> saved = new HashMap<>();
        private final Map<StepKey, Standing> refused = new HashMap<>();
    }

    /** One round, or as many as there are checkpoints of one step: they are saved in order. */
    @Override
    public List<List<Checkpoint>> prepare(List<Checkpoint> commands) {
        List<List<Checkpoint>> rounds = new ArrayList<>();
        List<Checkpoint> left = commands;
        while (!left.isEmpty()) {
            List<Checkpoint> round = new ArrayList<>(left.size());
            List<Checkpoint> later = new ArrayList<>(0);
            Set<StepKey> seen = HashSet.newHashSet(left.size());
            for (Checkpoint command : left) {
                (seen.add(command.step()) ? round : later).add(command);
            }
            rounds.add(round);
            left = later;
        }
        return rounds;
    }

    @Override
    public Answer execute(Connection connection, List<List<Checkpoint>> rounds, long batchNumber) throws SQLException {
        Answer answer = new Answer();
        List<Checkpoint> refused = new ArrayList<>(0);
        for (List<Checkpoint> round : rounds) {
            save(connection, round, batchNumber, answer);
            round.stream().filter(command -> !answer.saved.containsKey(command)).forEach(refused::add);
        }
        if (!refused.isEmpty()) {
            readStanding(connection, refused, answer);
        }
        return answer;
    }

    private static void save(Connection connection, List<Checkpoint> round, long batchNumber, Answer answer)
            throws SQLException {
        Map<StepKey, Checkpoint> byStep = HashMap.newHashMap(round.size());
        round.forEach(command -> byStep.put(command.step(), command));
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            call.setLong(1, batchNumber);
            bindSteps(call, 2, round);
            SqlArrays.setInts(
                    call, 4, round.stream().mapToInt(Checkpoint::token).toArray());
            SqlArrays.setInts(
                    call,
                    5,
                    round.stream().mapToInt(command -> command.session().id()).toArray());
            Boolean[] yields =
                    round.stream().map(command -> command.checkpoint().yields()).toArray(Boolean[]::new);
            call.setArray(6, connection.createArrayOf("bool", yields));
            SqlArrays.setTexts(
                    call,
                    7,
                    round.stream().map(command -> command.checkpoint().cursor()).toList());
            SqlArrays.setLongs(
                    call,
                    8,
                    round.stream()
                            .mapToLong(command -> command.checkpoint().itemsProcessed())
                            .toArray());
            List<@Nullable String> accumulated = new ArrayList<>(round.size());
            round.forEach(command -> accumulated.add(command.checkpoint().accumulatedResults()));
            SqlArrays.setTexts(call, 9, accumulated);
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                Checkpoint command = byStep.get(new StepKey(rows.getObject(1, UUID.class), rows.getInt(2)));
                if (command != null) {
                    answer.saved.put(command, new Saved(rows.getInt(3), rows.getInt(4), rows.getString(5)));
                }
            }
        }
    }

    private static void bindSteps(PreparedStatement statement, int first, List<Checkpoint> commands)
            throws SQLException {
        SqlArrays.setUuids(
                statement,
                first,
                commands.stream().map(command -> command.step().task()).toList());
        SqlArrays.setInts(
                statement,
                first + 1,
                commands.stream().mapToInt(command -> command.step().index()).toArray());
    }

    private static void readStanding(Connection connection, List<Checkpoint> refused, Answer answer)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(CURRENT)) {
            bindSteps(select, 1, refused);
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                answer.refused.put(
                        new StepKey(rows.getObject(1, UUID.class), rows.getInt(2)),
                        new Standing(StepState.ofCode(rows.getInt(3)), rows.getInt(4), rows.getInt(5)));
            }
        }
    }

    @Override
    public void apply(List<List<Checkpoint>> rounds, Answer answer, long batchNumber, boolean repeated) {
        // Continuations go before answers: a worker that closes when all is answered has them, and gives them back.
        for (List<Checkpoint> round : rounds) {
            for (Checkpoint command : round) {
                Saved saved = answer.saved.get(command);
                if (saved != null && saved.record() != null) {
                    goOn(command, saved.token(), saved.attempts(), saved.record(), batchNumber);
                }
            }
        }
        for (List<Checkpoint> round : rounds) {
            for (Checkpoint command : round) {
                Completion completion = completion(command, answer, repeated);
                if (completion != Completion.ACCEPTED) {
                    refused(command);
                }
                command.answer().complete(completion);
            }
        }
    }

    /** A handler that wanted to yield has ended: no heartbeat tells it that its lease had, so its slot is free now. */
    private void refused(Checkpoint command) {
        LiveSession session = command.session();
        if (command.checkpoint().yields() && session.forget(command.step(), command.token())) {
            session.returnSlot();
            aftermath.slotsFreed();
        }
    }

    /** The slot of the old lease is that of the new one. */
    private void goOn(Checkpoint command, int token, int attempts, String record, long batchNumber) {
        LiveSession session = command.session();
        Held old = session.held(command.step());
        Assignment assignment = old == null || old.token() != command.token() ? null : old.assignment();
        if (old == null || assignment == null || old.template() == null || session.isClosed()) {
            if (session.slotsReturn()) {
                session.addSlots(-1); // which is returned when the old lease gives way
            }
            aftermath.leased(List.of(new LeasedStep(session, command.step(), token, attempts)), batchNumber);
            return;
        }
        Assignment next = assignment.continued(token, record);
        Held lease = new Held(command.step(), token, old.template());
        lease.assigned(next, old.template());
        session.hold(lease, batchNumber);
        deadlines.begin(session, lease, next);
        session.hand(List.of(next));
    }

    private static Completion completion(Checkpoint command, Answer answer, boolean repeated) {
        if (answer.saved.containsKey(command)) {
            return Completion.ACCEPTED;
        }
        Standing standing = answer.refused.get(command.step());
        if (standing == null || command.token() < 1 || standing.token() < command.token()) {
            return Completion.INVALID; // no such step, or no such lease
        }
        // A yield whose answer was lost: reconciliation delivers the continuation.
        boolean yielded = repeated
                && command.checkpoint().yields()
                && standing.state() == StepState.IN_PROGRESS
                && standing.token() == command.token() + 1
                && standing.sessionId() == command.session().id();
        return yielded ? Completion.ACCEPTED : Completion.STALE_LEASE;
    }

    @Override
    public void abandon(List<List<Checkpoint>> rounds) {
        // nothing was reserved
    }
}
