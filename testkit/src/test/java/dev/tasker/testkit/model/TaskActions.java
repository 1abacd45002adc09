package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;
import static dev.tasker.testkit.model.World.chosen;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskRequest;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.model.Answers.Answer;
import dev.tasker.testkit.model.Ground.Place;
import dev.tasker.testkit.model.World.Lease;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What clients and operators do: create tasks, repair steps, cancel. */
final class TaskActions {
    private final World world;
    private final Map<UUID, Made> made = new HashMap<>();

    private record Made(int template, String key) {}

    TaskActions(World world) {
        this.world = world;
    }

    UUID create(Action.Create create) {
        Place place = world.ground.place(create.template() / world.templates());
        if (create.again() && !world.order.isEmpty()) {
            UUID known = chosen(world.order, create.template());
            Creation creation = create(Objects.requireNonNull(made.get(known)), place);
            require(
                    new Creation.Duplicate(known).equals(creation),
                    creation + " (expected: Duplicate of " + known + ")");
            return known;
        }
        int template = create.template() % world.templates();
        Made task = new Made(template, "key" + world.order.size());
        Creation creation = create(task, place);
        require(creation instanceof Creation.Created, creation + " (expected: Created)");
        UUID uuid = creation.taskUuid();
        made.put(uuid, task);
        world.order.add(uuid);
        world.tasks.put(uuid, new TaskModel(uuid, world.plan(template)));
        return uuid;
    }

    private Creation create(Made task, Place place) {
        TaskRequest request =
                world.registered(task.template(), place).request("{}").withIdempotencyKey(task.key());
        return HandDrivenWorker.answer(place.node.engine().create(request));
    }

    @Nullable
    UUID operate(Action.Operate operate) {
        if (world.order.isEmpty()) {
            return null;
        }
        List<TaskModel> blocked =
                world.tasks.values().stream().filter(TaskModel::isBlocked).toList();
        TaskModel task = blocked.isEmpty() || operate.step() % 4 == 0
                ? world.modelOf(chosen(world.order, operate.task()))
                : chosen(blocked, operate.task());
        List<StepModel> failed = task.steps.stream()
                .filter(step -> step.state == StepState.ERROR)
                .toList();
        operate(
                chosen(failed.isEmpty() ? task.steps : failed, operate.step()),
                operate.kind(),
                operate.step(),
                world.ground.place(operate.task()));
        return task.uuid;
    }

    /** @param number chooses what a step completed by hand asks for */
    void operate(StepModel step, Action.Kind kind, int number, Place place) {
        Operator operator = new Operator("model", null);
        Answer answer = Answers.of(step.task.plan, step.planned, step.name, step.token, number);
        StepAction action = switch (kind) {
            case RESET -> new StepAction.ResetForRetry("again", operator, false);
            case RESOLVE -> new StepAction.ResolveManually("waived", operator);
            case COMPLETE -> new StepAction.CompleteManually(answer.result(), null, "supplied", operator);
        };
        List<Lease> leases = world.leasesOf(step);
        UUID stepUuid = place.node.step(step.task.uuid, step.name).stepUuid();
        long struck = place.struck();
        boolean allowed = step.task.operated(step, kind, answer.wish(), world.now);
        ActionOutcome found = HandDrivenWorker.answer(place.node.engine().operate(step.task.uuid, stepUuid, action));
        require(
                allowed ? found.equals(new ActionOutcome.Done()) : found instanceof ActionOutcome.Refused,
                kind + " of " + step + ": " + found + " (expected: " + (allowed ? "Done" : "Refused") + ")");
        if (allowed) {
            world.told(leases, place, place.struck() > struck);
            if (kind == Action.Kind.COMPLETE) {
                step.result = place.node.step(step.task.uuid, step.name).result();
                require(
                        String.valueOf(step.result).contains("\"manually_completed\":true")
                                && String.valueOf(step.result).contains("\"" + step.name + " by lease "),
                        step + ": result " + step.result + " (expected: the operator's)");
            }
        }
    }

    @Nullable
    UUID cancel(Action.Cancel cancel) {
        if (world.order.isEmpty()) {
            return null;
        }
        Place place = world.ground.place(cancel.task());
        TaskModel task = world.modelOf(chosen(world.order, cancel.task() / Ground.NODES));
        List<Lease> leases = task.steps.stream()
                .flatMap(step -> world.leasesOf(step).stream())
                .toList();
        long struck = place.struck();
        boolean allowed = task.cancel();
        ActionOutcome found = HandDrivenWorker.answer(place.node.engine().cancel(task.uuid, Cancellation.UNEXPLAINED));
        require(
                allowed ? found.equals(new ActionOutcome.Done()) : found instanceof ActionOutcome.Refused,
                "cancellation of " + task.uuid + ": " + found + " (expected: " + (allowed ? "Done" : "Refused") + ")");
        if (allowed) {
            world.told(leases, place, place.struck() > struck);
        }
        return task.uuid;
    }

    @Nullable
    UUID clear(Action.Clear clear) {
        List<StepModel> saved = world.tasks.values().stream()
                .flatMap(task -> task.steps.stream())
                .filter(step -> step.progress != null)
                .toList();
        if (saved.isEmpty()) {
            return null;
        }
        StepModel step = chosen(saved, clear.task());
        Place place = world.ground.place(clear.step());
        UUID stepUuid = place.node.step(step.task.uuid, step.name).stepUuid();
        boolean expected = TaskModel.cleared(step);
        boolean found = place.node.engine().clearCheckpoint(stepUuid);
        require(found == expected, "clearing " + step + ": " + found + " (expected: " + expected + ")");
        return step.task.uuid;
    }
}
