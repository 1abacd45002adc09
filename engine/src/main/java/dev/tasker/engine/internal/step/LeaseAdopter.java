package dev.tasker.engine.internal.step;

import dev.tasker.engine.EngineException;
import dev.tasker.engine.internal.lane.BatchNumbers;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.task.TaskUuids;
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

/** Moves leases to a session of this node, whoever held them. One call for each worker that comes back. Thread-safe. */
public final class LeaseAdopter {
    private static final String CALL =
            "SELECT task_uuid, step_index, token, attempts FROM tasker.adopt_leases(?, ?, ?, ?, ?)";

    private static final String LEASES_OF = """
        SELECT lease.task_uuid, lease.step_index, lease.token
        FROM   tasker.worker_sessions AS session, LATERAL tasker.leases_of(session.session_id) AS lease
        WHERE  session.session_uuid = ?
        """;

    private final Database database;
    private final BatchNumbers numbers;
    private final AssignmentAssembler assembler;

    public LeaseAdopter(Database database, BatchNumbers numbers, AssignmentAssembler assembler) {
        this.database = database;
        this.numbers = numbers;
        this.assembler = assembler;
    }

    /**
     * Gives the session these leases, as far as they live, and delivers their assignments; answers which.
     *
     * @param leases tokens by step
     */
    public Set<UUID> adopt(LiveSession session, Map<UUID, Integer> leases) {
        long number = numbers.begin();
        List<LeasedStep> adopted;
        try {
            adopted = database.call(open -> call(open, session, number, leases));
        } catch (EngineException e) {
            numbers.lost(number); // it may have been done all the same: then the reconciliation delivers them
            throw e;
        }
        session.addSlots(-adopted.size());
        assembler.deliver(adopted, number);
        numbers.answered(number);
        Set<UUID> steps = HashSet.newHashSet(adopted.size());
        adopted.forEach(step ->
                steps.add(TaskUuids.stepUuid(step.key().task(), step.key().index())));
        return steps;
    }

    /** The leases of a session of any node, tokens by step; one read. */
    public Map<UUID, Integer> leasesOf(UUID session) {
        return database.call(open -> {
            try (PreparedStatement select = open.prepareStatement(LEASES_OF)) {
                select.setObject(1, session);
                ResultSet rows = select.executeQuery();
                Map<UUID, Integer> leases = new HashMap<>();
                while (rows.next()) {
                    leases.put(TaskUuids.stepUuid(rows.getObject(1, UUID.class), rows.getInt(2)), rows.getInt(3));
                }
                return leases;
            }
        });
    }

    private static List<LeasedStep> call(Connection open, LiveSession session, long number, Map<UUID, Integer> leases)
            throws SQLException {
        List<UUID> steps = List.copyOf(leases.keySet());
        try (PreparedStatement call = open.prepareStatement(CALL)) {
            call.setInt(1, session.id());
            call.setLong(2, number);
            SqlArrays.setUuids(call, 3, steps.stream().map(TaskUuids::taskOf).toList());
            SqlArrays.setInts(
                    call, 4, steps.stream().mapToInt(TaskUuids::indexOf).toArray());
            SqlArrays.setInts(call, 5, steps.stream().mapToInt(leases::get).toArray());
            ResultSet rows = call.executeQuery();
            List<LeasedStep> adopted = new ArrayList<>();
            while (rows.next()) {
                StepKey key = new StepKey(rows.getObject(1, UUID.class), rows.getInt(2));
                adopted.add(new LeasedStep(session, key, rows.getInt(3), rows.getInt(4)));
            }
            return adopted;
        }
    }
}
