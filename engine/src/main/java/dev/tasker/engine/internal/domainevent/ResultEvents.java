package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.StepResult;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.TaskPayload;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a reported result may publish: from memory where the node holds the lease, otherwise, unless it knows that the task's
 * template declares no events, with one read. A template without events costs a look at an empty list. Thread-safe.
 */
public final class ResultEvents {
    private final Database database;
    private final PayloadCache payloads;
    private final OutcomeReader reader;
    private final EventMaker maker;

    public ResultEvents(Database database, PayloadCache payloads, OutcomeReader reader, EventMaker maker) {
        this.database = database;
        this.payloads = payloads;
        this.reader = reader;
        this.maker = maker;
    }

    /**
     * The events that the result may publish.
     *
     * @param held the lease, null: not one of this node
     */
    public List<EventCandidate> of(StepKey step, @Nullable Held held, StepResult result) {
        StepOutcome attempt = held == null ? null : StepOutcome.ofHeld(step, held);
        if (attempt != null) {
            return attempt.declaresEvents() ? maker.ofResult(attempt, result) : List.of();
        }
        TaskPayload known = payloads.get(step.task());
        if (known != null && !declaresEvents(known.template())) {
            return List.of();
        }
        return database.call(connection -> reader.read(connection, List.of(step))).stream()
                .flatMap(stored -> maker.ofResult(stored.outcome(), result).stream())
                .toList();
    }

    private static boolean declaresEvents(RegisteredTemplate template) {
        return template.steps().stream()
                .anyMatch(step -> !step.planned().definition().publishesEvents().isEmpty());
    }
}
