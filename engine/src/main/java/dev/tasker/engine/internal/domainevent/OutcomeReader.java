package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.StepState;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what events tell of attempts that this node does not hold; steps that declare no events are left out. */
public final class OutcomeReader {
    private static final String OUTCOMES = """
        SELECT step.task_uuid, step.step_index, step.name, step.attempts, step.state, step.result, step.template_step,
               request.template_id, request.correlation_id
        FROM   unnest(?, ?) AS wanted(task_uuid, step_index)
               JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
               JOIN tasker.task_requests AS request USING (task_uuid)
        ORDER  BY step.task_uuid, step.step_index
        """;

    private final TemplateCatalogue templates;

    public OutcomeReader(TemplateCatalogue templates) {
        this.templates = templates;
    }

    /** An attempt with what its step's row says now. */
    public record Stored(
            StepOutcome outcome, StepState state, @Nullable String result) {}

    /** The attempts of {@code steps} whose template declares events for them. */
    public List<Stored> read(Connection connection, Collection<StepKey> steps) throws SQLException {
        return all(connection, steps).stream()
                .filter(stored -> stored.outcome().declaresEvents())
                .toList();
    }

    /** The attempt that a step is at, whether it declares events or not; null for a step that does not exist. */
    @Nullable
    StepOutcome read(Connection connection, StepKey step) throws SQLException {
        List<Stored> stored = all(connection, List.of(step));
        return stored.isEmpty() ? null : stored.getFirst().outcome();
    }

    private List<Stored> all(Connection connection, Collection<StepKey> steps) throws SQLException {
        List<Stored> stored = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(OUTCOMES)) {
            SqlArrays.setUuids(select, 1, steps.stream().map(StepKey::task).toList());
            SqlArrays.setInts(select, 2, steps.stream().mapToInt(StepKey::index).toArray());
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                RegisteredTemplate template = templates.byId(rows.getInt(8));
                RunnableStep definition = template.steps().get(rows.getInt(7));
                String name = rows.getString(3);
                StepOutcome outcome = new StepOutcome(
                        new StepKey(rows.getObject(1, UUID.class), rows.getInt(2)),
                        template,
                        definition,
                        name == null ? definition.planned().name() : name,
                        rows.getInt(4),
                        rows.getObject(9, UUID.class));
                stored.add(new Stored(outcome, StepState.ofCode(rows.getInt(5)), rows.getString(6)));
            }
        }
        return stored;
    }
}
