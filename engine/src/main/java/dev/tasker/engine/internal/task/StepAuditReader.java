package dev.tasker.engine.internal.task;

import dev.tasker.engine.StepAudit;
import dev.tasker.engine.internal.sql.Database;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads what was reported of a step, and what operators did to it. Thread-safe. */
public final class StepAuditReader {
    private static final String AUDIT = """
        SELECT sort_key, recorded_at, worker_uuid, correlation_id, success, execution_time_ms, result, from_state, to_state
        FROM   tasker.workflow_step_result_audit
        WHERE  task_uuid = ? AND workflow_step_uuid = ?
        ORDER  BY sort_key DESC
        """;

    private final Database database;

    public StepAuditReader(Database database) {
        this.database = database;
    }

    /** Newest first, none for an unknown step; {@code name} is the step's. */
    public List<StepAudit> of(UUID task, UUID step, String name) {
        return database.call(connection -> {
            try (PreparedStatement select = connection.prepareStatement(AUDIT)) {
                select.setObject(1, task);
                select.setObject(2, step);
                ResultSet row = select.executeQuery();
                List<StepAudit> audit = new ArrayList<>();
                while (row.next()) {
                    int sortKey = row.getInt(1);
                    audit.add(new StepAudit(
                            derived("step_audit", step, sortKey),
                            derived("step_transition", step, sortKey),
                            step,
                            task,
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            row.getObject(3, UUID.class),
                            row.getObject(4, UUID.class),
                            row.getBoolean(5),
                            row.getObject(6, Long.class),
                            row.getString(7),
                            name,
                            row.getString(8),
                            row.getString(9)));
                }
                return audit;
            }
        });
    }

    private static UUID derived(String kind, UUID step, int sortKey) {
        return UUID.nameUUIDFromBytes(("tasker:" + kind + ":" + step + ":" + sortKey).getBytes(StandardCharsets.UTF_8));
    }
}
