package dev.tasker.engine.internal.operator;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.internal.graph.InvalidOutcomeException;
import dev.tasker.engine.internal.lane.Command.Operate;
import dev.tasker.engine.internal.lane.CommitLane;
import dev.tasker.engine.internal.step.Expansion;
import dev.tasker.engine.internal.step.StepExpander;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.TaskReader;
import dev.tasker.engine.internal.task.TaskReader.Definition;
import dev.tasker.engine.internal.task.TaskUuids;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Turns what an operator asks for into the command that does it, and queues that in the task's lane. Thread-safe. */
public final class OperatorIntake {
    private final TaskReader reader;
    private final StepExpander expander;
    private final BiFunction<UUID, Integer, CommitLane> lanes;

    /** @param lanes the lane of a task for a command that writes so many steps */
    public OperatorIntake(TaskReader reader, StepExpander expander, BiFunction<UUID, Integer, CommitLane> lanes) {
        this.reader = reader;
        this.expander = expander;
        this.lanes = lanes;
    }

    /** Queues the action; what cannot be stored, or a lane that is full, is told by an exception. */
    public CompletableFuture<ActionOutcome> operate(UUID task, UUID stepUuid, StepAction action) {
        StepKey step = new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid));
        Operate command = StepOperator.command(step, action);
        if (!step.task().equals(task)) {
            return answered(new ActionOutcome.NotFound(
                    reader.definition(step).isPresent()
                            ? "Step does not belong to the specified task"
                            : "Resource not found"));
        }
        if (command.result() != null) {
            Definition definition = reader.definition(step).orElse(null);
            if (definition == null) {
                return answered(new ActionOutcome.NotFound("Resource not found"));
            }
            try {
                command = command.with(expander.expand(step, definition, command.result()));
            } catch (InvalidOutcomeException e) {
                return answered(refused(e));
            }
        }
        submit(command);
        return command.answer();
    }

    /** Queues a command of this node, once more. */
    public void submit(Operate command) {
        Expansion expansion = command.expansion();
        lanes.apply(command.task(), expansion == null ? 0 : expansion.size()).submit(command);
    }

    /** The answer to a manual completion whose result asks for steps that cannot be added: nothing is changed. */
    static ActionOutcome refused(InvalidOutcomeException refusal) {
        return new ActionOutcome.Refused(
                ErrorCode.Kind.CALLER, "Cannot manually complete step: " + refusal.getMessage());
    }

    private static CompletableFuture<ActionOutcome> answered(ActionOutcome outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
