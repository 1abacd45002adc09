package dev.tasker.engine.internal.step;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.domainevent.ResultEvents;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.lane.Command.Complete;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.task.TaskReader;
import dev.tasker.engine.internal.task.TaskReader.Definition;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns a reported result into the command that records it: when the next attempt would be, what the result adds to its task, and
 * what it publishes. Reads the
 * database only for steps whose lease this node does not know. Thread-safe.
 */
public final class ResultIntake {
    private final TaskReader reader;
    private final RetryDelay retryDelay;
    private final StepExpander expander;
    private final ResultEvents events;

    public ResultIntake(TaskReader reader, RetryDelay retryDelay, StepExpander expander, ResultEvents events) {
        this.reader = reader;
        this.retryDelay = retryDelay;
        this.expander = expander;
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
        try {
            Expansion expansion =
                    expander.expand(command.step(), definition, command.result().document());
            return expansion == null ? command : command.with(expansion, null);
        } catch (InvalidOutcomeException e) {
            return command.with(null, refusal(e));
        }
    }

    /** How many steps the command will write about. */
    public static int size(Complete command) {
        Expansion expansion = command.expansion();
        if (expansion != null) {
            return expansion.size();
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
