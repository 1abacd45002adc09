package dev.tasker.server.api;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepState;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskFilter;
import dev.tasker.engine.TaskPage;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.server.security.Principal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The same done to many tasks, each by itself (03 §6.2). Blocks and throws as {@link TaskOperations} does. Thread-safe. */
public final class BulkOperations {
    public static final int TASKS_MAX = 1_000;
    private static final int PAGE = 500;
    private static final String NOTHING_FAILED = "No step of the task is in error";

    private final Engine engine;

    public BulkOperations(Engine engine) {
        this.engine = engine;
    }

    /** Which tasks, and why. */
    public sealed interface Selection {

        /** These, each once; at most {@link #TASKS_MAX}. */
        record Named(Set<UUID> taskUuids) implements Selection {
            public Named {
                if (taskUuids.size() > TASKS_MAX) {
                    throw new RefusedOperationException(
                            Fault.INVALID,
                            "task_uuids: " + taskUuids.size() + " (expected: at most " + TASKS_MAX + ")");
                }
                taskUuids = new LinkedHashSet<>(taskUuids);
            }
        }

        /** The newest {@link #TASKS_MAX} that a filter admits and that can be acted on. */
        record Filtered(TaskFilter filter) implements Selection {}
    }

    /**
     * What became of it.
     *
     * @param dryRun nothing was done: {@code successful} are those it would have been tried with
     * @param failed why not, by task
     * @param more whether the filter admits further tasks
     */
    public record Result(boolean dryRun, List<UUID> successful, Map<UUID, String> failed, boolean more) {}

    private record Chosen(List<UUID> tasks, boolean more) {}

    /** Cancels tasks; of a filter, those that have not ended. */
    public Result cancel(Selection selection, @Nullable String reason, boolean dryRun, Principal caller)
            throws InterruptedException {
        Chosen chosen = choose(selection, TaskFilter.UNFINISHED.states());
        if (dryRun) {
            return new Result(true, chosen.tasks(), Map.of(), chosen.more());
        }
        Map<UUID, ActionOutcome> outcomes =
                Outcomes.of(engine.cancel(chosen.tasks(), new Cancellation(reason, Callers.operator(caller))));
        return result(chosen, outcomes);
    }

    /** Resets every failed step of tasks for another try; of a filter, of those that are blocked or in error. */
    public Result retry(Selection selection, String reason, boolean dryRun, Principal caller)
            throws InterruptedException {
        Chosen chosen = choose(selection, Set.of(TaskState.BLOCKED_BY_FAILURES, TaskState.ERROR));
        if (dryRun) {
            return new Result(true, chosen.tasks(), Map.of(), chosen.more());
        }
        Map<UUID, ActionOutcome> outcomes = new LinkedHashMap<>();
        for (UUID task : chosen.tasks()) {
            outcomes.put(task, reset(task, reason, Callers.operator(caller)));
        }
        return result(chosen, outcomes);
    }

    /** Resets every failed step of one task; returns the task as it is then. */
    public TaskView retry(UUID task, String reason, Principal caller) throws InterruptedException {
        Outcomes.require(reset(task, reason, Callers.operator(caller)), Fault.TASK_UNKNOWN, Fault.ACTION_REFUSED);
        return engine.task(task).orElseThrow(TaskOperations::unknown);
    }

    private ActionOutcome reset(UUID task, String reason, Operator operator) throws InterruptedException {
        List<StepView> steps = engine.steps(task);
        if (steps.isEmpty()) {
            return new ActionOutcome.NotFound("Resource not found");
        }
        List<CompletableFuture<ActionOutcome>> answers = steps.stream()
                .filter(step -> step.state() == StepState.ERROR)
                .map(step ->
                        engine.operate(task, step.stepUuid(), new StepAction.ResetForRetry(reason, operator, false)))
                .toList();
        ActionOutcome outcome = new ActionOutcome.Refused(ErrorCode.Kind.CALLER, NOTHING_FAILED);
        for (CompletableFuture<ActionOutcome> answer : answers) {
            ActionOutcome one = Outcomes.of(answer);
            if (!(outcome instanceof ActionOutcome.Done)) {
                outcome = one; // whatever else was refused, somebody else did it meanwhile
            }
        }
        return outcome;
    }

    private Chosen choose(Selection selection, Set<TaskState> states) {
        return switch (selection) {
            case Selection.Named(Set<UUID> tasks) -> new Chosen(List.copyOf(tasks), false);
            case Selection.Filtered(TaskFilter filter) -> chosen(filter, states);
        };
    }

    private Chosen chosen(TaskFilter filter, Set<TaskState> states) {
        Set<TaskState> wanted = new LinkedHashSet<>(states);
        if (!filter.states().isEmpty()) {
            wanted.retainAll(filter.states());
        }
        List<UUID> tasks = new ArrayList<>();
        if (wanted.isEmpty()) {
            return new Chosen(tasks, false);
        }
        TaskFilter narrowed = filter.withStates(wanted);
        TaskPage page = engine.tasks(narrowed, TaskPage.Request.first(PAGE));
        page.tasks().forEach(task -> tasks.add(task.taskUuid()));
        while (page.next() != null && tasks.size() < TASKS_MAX) {
            page = engine.tasks(
                    narrowed, TaskPage.Request.after(page.next(), Math.min(PAGE, TASKS_MAX - tasks.size())));
            page.tasks().forEach(task -> tasks.add(task.taskUuid()));
        }
        return new Chosen(tasks, page.next() != null);
    }

    private static Result result(Chosen chosen, Map<UUID, ActionOutcome> outcomes) {
        List<UUID> successful = new ArrayList<>();
        Map<UUID, String> failed = new LinkedHashMap<>();
        for (UUID task : chosen.tasks()) {
            switch (outcomes.get(task)) {
                case ActionOutcome.Done() -> successful.add(task);
                case ActionOutcome.Refused(var _, String why) -> failed.put(task, why);
                case ActionOutcome.NotFound(String why) -> failed.put(task, why);
                case null -> failed.put(task, "Resource not found");
            }
        }
        return new Result(false, successful, failed, chosen.more());
    }
}
