package dev.tasker.engine.internal.step;

import dev.tasker.engine.Completion;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Reject;
import dev.tasker.engine.internal.sql.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Gives batches of steps back to their queues, attempts refunded (04 §9.6). */
public final class StepRejecter implements BatchCall<Reject, List<Reject>, Map<StepKey, StepRejecter.Returned>> {
    private static final String CALL =
            "SELECT task_uuid, step_index, queue_id, priority FROM tasker.reject_steps(?, ?, ?, ?, ?)";

    private final Aftermath aftermath;

    public StepRejecter(Aftermath aftermath) {
        this.aftermath = aftermath;
    }

    /** Where a step given back waits. */
    public record Returned(int queueId, int priority) {}

    @Override
    public List<Reject> prepare(List<Reject> commands) {
        return commands;
    }

    @Override
    public Map<StepKey, Returned> execute(Connection connection, List<Reject> commands, long batchNumber)
            throws SQLException {
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
            SqlArrays.setInts(call, 3, commands.stream().mapToInt(Reject::token).toArray());
            SqlArrays.setInts(
                    call,
                    4,
                    commands.stream()
                            .mapToInt(command -> command.session().id())
                            .toArray());
            Object[] unhandled = commands.stream().map(Reject::unhandled).toArray();
            call.setArray(5, connection.createArrayOf("boolean", unhandled));
            Map<StepKey, Returned> returned = new HashMap<>();
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                returned.put(
                        new StepKey(rows.getObject(1, UUID.class), rows.getInt(2)),
                        new Returned(rows.getInt(3), rows.getInt(4)));
            }
            return returned;
        }
    }

    @Override
    public void apply(List<Reject> commands, Map<StepKey, Returned> returned, long batchNumber, boolean repeated) {
        for (Reject command : commands) {
            if (command.session().forget(command.step(), command.token())) {
                command.session().returnSlot();
            }
            command.answer()
                    .complete(
                            returned.containsKey(command.step()) || repeated
                                    ? Completion.ACCEPTED
                                    : Completion.STALE_LEASE);
        }
        returned.values().forEach(step -> aftermath.enqueued(step.queueId(), step.priority()));
        aftermath.slotsFreed();
    }

    @Override
    public void abandon(List<Reject> commands) {
        // nothing was reserved
    }
}
