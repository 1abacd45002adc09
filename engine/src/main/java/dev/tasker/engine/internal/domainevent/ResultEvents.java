package dev.tasker.engine.internal.domainevent;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.TaskPayload;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
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
        RegisteredTemplate template = held == null ? null : held.template();
        Assignment assignment = held == null ? null : held.assignment();
        if (template != null && assignment != null) {
            RunnableStep definition = definition(step, template, assignment);
            if (definition.planned().definition().publishesEvents().isEmpty()) {
                return List.of();
            }
            return maker.ofResult(
                    new StepOutcome(
                            step,
                            template,
                            definition,
                            assignment.step().name(),
                            assignment.attempt(),
                            assignment.task().correlationId()),
                    result);
        }
        TaskPayload known = payloads.get(step.task());
        if (known != null && !declaresEvents(known.template())) {
            return List.of();
        }
        return database.call(connection -> reader.read(connection, List.of(step))).stream()
                .flatMap(stored -> maker.ofResult(stored.outcome(), result).stream())
                .toList();
    }

    private static RunnableStep definition(StepKey step, RegisteredTemplate template, Assignment assignment) {
        String name = assignment.step().templateStepName();
        RunnableStep initial = template.step(step.index());
        if (initial != null && initial.planned().name().equals(name)) {
            return initial;
        }
        return template.steps().stream()
                .filter(candidate -> candidate.planned().name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static boolean declaresEvents(RegisteredTemplate template) {
        return template.steps().stream()
                .anyMatch(step -> !step.planned().definition().publishesEvents().isEmpty());
    }
}
