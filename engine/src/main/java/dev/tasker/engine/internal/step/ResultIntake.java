package dev.tasker.engine.internal.step;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.domainevent.ResultEvents;
import dev.tasker.engine.internal.graph.GraphPlanner;
import dev.tasker.engine.internal.graph.Growth;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.graph.Outcome;
import dev.tasker.engine.internal.graph.OutcomeParser;
import dev.tasker.engine.internal.graph.TaskGraph;
import dev.tasker.engine.internal.lane.Command.Complete;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.TaskPayload;
import dev.tasker.engine.internal.task.TaskReader;
import dev.tasker.engine.internal.task.TaskReader.Definition;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns a reported result into the command that records it: when the next attempt would be, what the result adds to its task, and
 * what it publishes. Reads the
 * database only for steps whose lease this node does not know. Thread-safe.
 */
public final class ResultIntake {
    private static final Logger log = LoggerFactory.getLogger(ResultIntake.class);

    private final TaskReader reader;
    private final RetryDelay retryDelay;
    private final GraphPlanner planner;
    private final PayloadCache payloads;
    private final ResultEvents events;

    public ResultIntake(
            TaskReader reader,
            RetryDelay retryDelay,
            GraphPlanner planner,
            PayloadCache payloads,
            ResultEvents events) {
        this.reader = reader;
        this.retryDelay = retryDelay;
        this.planner = planner;
        this.payloads = payloads;
        this.events = events;
    }

    /** The command for {@code result}; notes at the session that the lease was reported on. */
    public Complete command(
            LiveSession session, StepKey step, int token, StepResult result, CompletableFuture<Completion> answer) {
        Held held = session.held(step);
        if (held != null && held.token() == token) {
            held.reported();
        }
        Complete command = decided(new Complete(session, step, token, result, 0, null, null, List.of(), answer), held);
        String refusal = command.refusal();
        List<EventCandidate> published = events.of(step, held, refusal == null ? result : refused(refusal));
        return published.isEmpty() ? command : command.publishing(published);
    }

    private Complete decided(Complete plain, @Nullable Held held) {
        if (plain.result().success()) {
            Definition definition = definition(plain.step(), held);
            return definition == null ? plain : grown(plain, definition);
        }
        return plain.result().retryable() ? delayed(plain, definition(plain.step(), held)) : plain;
    }

    /** What events tell of a success that was refused. */
    private static StepResult refused(String refusal) {
        return new StepResult(false, false, 0, null, "{\"success\":false,\"error\":" + refusal + "}");
    }

    private @Nullable Definition definition(StepKey step, @Nullable Held held) {
        RunnableStep runnable = held == null ? null : held.runnable();
        RegisteredTemplate template = held == null ? null : held.template();
        if (held == null || runnable == null || template == null) {
            return reader.definition(step).orElse(null);
        }
        Assignment assignment = held.assignment();
        return new Definition(template, runnable, assignment == null ? 1 : assignment.attempt());
    }

    private Complete delayed(Complete command, @Nullable Definition definition) {
        return definition == null
                ? command
                : command.delayed(retryDelay.afterFailure(
                        command.result().backoff(),
                        definition.step().planned().retry().backoff(),
                        definition.attempts()));
    }

    private Complete grown(Complete command, Definition definition) {
        PlannedStep step = definition.step().planned();
        boolean decides = command.step().index() == step.index()
                && (step.type() == StepType.DECISION || step.type() == StepType.BATCHABLE);
        if (!decides) {
            return command;
        }
        RegisteredTemplate template = definition.template();
        try {
            Outcome outcome = step.type() == StepType.DECISION
                    ? OutcomeParser.decision(command.result().document())
                    : OutcomeParser.batches(command.result().document());
            Growth growth = planner.plan(template.plan(), graph(command.step().task(), template), step, outcome);
            String warning = planner.warning(template.plan(), step, outcome);
            if (warning != null) {
                log.warn("task {}: {}", command.task(), warning);
            }
            return growth == null ? command : command.with(new Expansion(template, step, outcome, growth), null);
        } catch (InvalidOutcomeException e) {
            return command.with(null, refusal(e));
        }
    }

    /** The graph as far as this node knows; the database tells when another node knows more. */
    private TaskGraph graph(UUID task, RegisteredTemplate template) {
        TaskPayload payload = payloads.get(task);
        return payload == null ? template.initialGraph() : payload.graph();
    }

    /** How many steps the command will write about. */
    public static int size(Complete command) {
        Expansion expansion = command.expansion();
        if (expansion != null) {
            return expansion.growth().steps().size();
        }
        Held held = command.session().held(command.step());
        RunnableStep runnable = held == null ? null : held.runnable();
        return runnable == null || !command.succeeds() ? 0 : runnable.children().length;
    }

    /** The history's record of an outcome that was refused. */
    static String refusal(InvalidOutcomeException refused) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("error_type", "invalid_outcome")
                .put("reason", refused.kind().name().toLowerCase(Locale.ROOT))
                .put("message", refused.getMessage())
                .toString();
    }
}
