package dev.tasker.testkit.model;

import dev.tasker.template.BatchConfig;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a wish adds to a task: 02 §6.4 to §6.6 and §7.3, read literally, for templates so small that nothing needs to be fast. */
final class Growth {
    private static final int INSTANCES_MAX = 50;

    private final TaskModel task;
    private final StepModel decider;
    private final Set<PlannedStep> added = new LinkedHashSet<>();

    private Growth(TaskModel task, StepModel decider) {
        this.task = task;
        this.decider = decider;
    }

    /** Carries out what the result of {@code decider} asks for; false: it cannot be carried out, and nothing is added. */
    static boolean of(TaskModel task, StepModel decider, Wish wish) {
        Growth growth = new Growth(task, decider);
        return switch (wish) {
            case Wish.Nothing _ -> true;
            case Wish.Branches branches -> growth.branches(branches.names());
            case Wish.Batches batches -> growth.batches(batches);
            case Wish.NoBatches none -> growth.noBatches(none);
        };
    }

    private boolean branches(List<String> names) {
        Set<PlannedStep> segment = new HashSet<>();
        walk(decider.planned, segment);
        for (String name : names) {
            if (segment.stream().noneMatch(step -> step.name().equals(name))) {
                return false;
            }
        }
        segment.stream().filter(step -> names.contains(step.name())).forEach(this::forward);
        added.removeIf(step -> !task.instancesOf(step).isEmpty());
        beyond();
        task.plan.topologicalOrder().stream().filter(added::contains).forEach(task::add);
        connect();
        return true;
    }

    /** The graph of a decision with its exits (6.4). */
    private void walk(PlannedStep from, Set<PlannedStep> segment) {
        for (PlannedStep child : children(from)) {
            if (segment.add(child) && child.type() != StepType.DECISION) {
                walk(child, segment);
            }
        }
    }

    /** A branch and what follows inside the graph, as far as convergences, batch workers and beyond exits (6.5.4 a-c). */
    private void forward(PlannedStep step) {
        if (!added.add(step) || step.type() == StepType.DECISION) {
            return;
        }
        children(step).stream().filter(child -> !joins(child)).forEach(this::forward);
    }

    /** Convergences that have a parent now, and what follows from them once all its parents exist (6.5.4 d, e). */
    private void beyond() {
        Set<PlannedStep> behind = new HashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (PlannedStep step : task.plan.steps()) {
                if (added.contains(step) || !task.instancesOf(step).isEmpty() || step.type() == StepType.BATCH_WORKER) {
                    continue;
                }
                boolean follows = step.type() == StepType.DEFERRED_CONVERGENCE
                        ? parents(step).stream().anyMatch(added::contains)
                        : parents(step).stream().anyMatch(behind::contains)
                                && parents(step).stream()
                                        .allMatch(parent -> added.contains(parent)
                                                || !task.instancesOf(parent).isEmpty());
                if (follows) {
                    added.add(step);
                    behind.add(step);
                    more = true;
                }
            }
        }
    }

    private boolean batches(Wish.Batches batches) {
        List<String> ids = batches.ids();
        PlannedStep worker = task.plan.step(batches.worker()).orElse(null);
        if (worker == null
                || worker.type() != StepType.BATCH_WORKER
                || batches.count() != ids.size()
                || Set.copyOf(ids).size() != ids.size()) {
            return false;
        }
        cut(worker, ids);
        return true;
    }

    private boolean noBatches(Wish.NoBatches wish) {
        if (wish.named() != null) {
            cut(task.plan.step(wish.named()).orElseThrow(), List.of("000"));
        }
        return true;
    }

    private void cut(PlannedStep worker, List<String> ids) {
        BatchConfig config = worker.definition().batchConfig();
        int slots = config == null ? INSTANCES_MAX : Math.min(config.parallelism(), INSTANCES_MAX);
        for (int i = 0; i < ids.size(); i++) {
            task.addInstance(worker, worker.name() + "_" + ids.get(i), decider, i >= slots);
        }
        added.add(worker);
        beyond();
        added.remove(worker);
        task.plan.topologicalOrder().stream().filter(added::contains).forEach(task::add);
        added.add(worker);
        connect();
    }

    /** Parents of what was added, and of convergences that gained some (6.5.6, 6.6). */
    private void connect() {
        for (StepModel step : List.copyOf(task.steps)) {
            boolean isNew = added.contains(step.planned);
            if (step.planned.type() == StepType.BATCH_WORKER) {
                continue;
            }
            boolean convergence = step.planned.type() == StepType.DEFERRED_CONVERGENCE;
            if (!isNew && !convergence) {
                continue;
            }
            for (PlannedStep declared : parents(step.planned)) {
                List<StepModel> existing = task.instancesOf(declared);
                if (isNew || added.contains(declared)) {
                    step.parents.addAll(existing);
                }
                if (existing.isEmpty() && convergence) {
                    holdBack(step, declared, isNew);
                } else if (existing.isEmpty()) {
                    step.parents.add(decider);
                }
            }
        }
    }

    /** The barrier: steps that may still create {@code missing} come first. */
    private void holdBack(StepModel convergence, PlannedStep missing, boolean isNew) {
        for (StepModel other : task.steps) {
            boolean creates = other.planned.type() == StepType.DECISION || other.planned.type() == StepType.BATCHABLE;
            if (other != decider
                    && creates
                    && missing.ancestors().contains(other.planned.index())
                    && (isNew || added.contains(other.planned))) {
                task.holdBack(convergence, other);
            }
        }
    }

    private List<PlannedStep> children(PlannedStep step) {
        return step.children().stream().mapToObj(task.plan.steps()::get).toList();
    }

    private List<PlannedStep> parents(PlannedStep step) {
        return step.parents().stream().mapToObj(task.plan.steps()::get).toList();
    }

    private static boolean joins(PlannedStep step) {
        return step.type() == StepType.DEFERRED_CONVERGENCE || step.type() == StepType.BATCH_WORKER;
    }
}
