package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;
import static dev.tasker.testkit.model.World.chosen;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.model.Action.Outcome;
import dev.tasker.testkit.model.Answers.Answer;
import dev.tasker.testkit.model.World.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What workers say about their leases: results, progress, steps given back. */
final class WorkerActions {
    private static final int OTHERS = 6; // of so many reports one goes through any session

    private final World world;

    WorkerActions(World world) {
        this.world = world;
    }

    @Nullable
    UUID report(Action.Report report) {
        List<Lease> leases = world.leases();
        if (leases.isEmpty()) {
            return null;
        }
        Lease lease = chosen(leases, report.lease());
        return report(through(lease.session(), report.through()), lease.assignment(), report.outcome(), report.lease());
    }

    private SessionModel through(SessionModel holder, int choice) {
        return choice % OTHERS == 0 ? chosen(world.sessions, choice / OTHERS) : holder;
    }

    UUID report(SessionModel session, Assignment lease, Outcome outcome, int number) {
        StepResult result = result(lease, outcome, number);
        Completion expected = expected(lease, outcome, result, number);
        long struck = session.place.struck();
        Completion found = session.worker.report(lease.stepUuid(), lease.leaseToken(), result);
        boolean lost = session.place.struck() > struck;
        require(
                found == expected || (lost && isRepeated(expected, found)),
                lease.step().name() + ": " + found + " (expected: " + expected + ")");
        world.ended(session, lease);
        return lease.taskUuid();
    }

    /** Whether a call that was made again after its answer was lost may say so: its own effect looks like that of an earlier one. */
    private static boolean isRepeated(Completion expected, Completion found) {
        return expected == Completion.DUPLICATE && found == Completion.ACCEPTED;
    }

    private Completion expected(Assignment lease, Outcome outcome, StepResult result, int number) {
        StepModel step = world.stepOf(lease);
        int token = lease.leaseToken();
        return switch (outcome) {
            case SUCCESS ->
                step.task.succeeded(
                        step, token, result.document(), answer(lease, number).wish());
            case RETRYABLE -> step.task.failed(step, token, true, null, result.document(), world.now);
            case RETRY_AFTER -> step.task.failed(step, token, true, 2 * World.UNIT, result.document(), world.now);
            case PERMANENT -> step.task.failed(step, token, false, null, result.document(), world.now);
        };
    }

    private StepResult result(Assignment lease, Outcome outcome, int number) {
        return switch (outcome) {
            case SUCCESS -> StepResult.success(answer(lease, number).result());
            case RETRYABLE -> Results.retryable();
            case RETRY_AFTER -> Results.retryAfter(Duration.ofSeconds(2L * World.UNIT));
            case PERMANENT -> Results.permanent();
        };
    }

    private Answer answer(Assignment lease, int number) {
        StepModel step = world.stepOf(lease);
        return Answers.of(step.task.plan, step.planned, step.name, lease.leaseToken(), number);
    }

    @Nullable
    UUID burst(Action.Burst burst) {
        List<Lease> leases = world.leases();
        List<Lease> some = leases.subList(0, Math.min(burst.leases(), leases.size()));
        List<StepResult> results = some.stream()
                .map(Lease::assignment)
                .map(lease -> result(lease, Outcome.SUCCESS, world.numberOf(lease)))
                .toList();
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            Lease lease = some.get(i);
            answers.add(lease.session().worker.session().complete(lease.assignment(), results.get(i)));
        }
        world.tasks.values().forEach(TaskModel::burstBegins);
        for (int i = 0; i < some.size(); i++) {
            Assignment lease = some.get(i).assignment();
            Completion expected = expected(lease, Outcome.SUCCESS, results.get(i), world.numberOf(lease));
            Completion found = HandDrivenWorker.answer(answers.get(i));
            require(found == expected, lease.step().name() + ": " + found + " (expected: " + expected + ")");
            world.ended(some.get(i).session(), lease);
        }
        world.tasks.values().forEach(TaskModel::burstEnds);
        return some.isEmpty() ? null : some.getFirst().assignment().taskUuid();
    }

    @Nullable
    UUID reject(Action.Reject reject) {
        List<Lease> leases = world.leases();
        if (leases.isEmpty()) {
            return null;
        }
        Lease lease = chosen(leases, reject.lease());
        StepModel step = world.stepOf(lease.assignment());
        Completion expected = step.task.rejected(step, lease.assignment().leaseToken());
        Completion found = lease.session().worker.reject(lease.assignment());
        require(found == expected, "reject " + step + ": " + found + " (expected: " + expected + ")");
        world.ended(lease.session(), lease.assignment());
        return step.task.uuid;
    }

    @Nullable
    UUID late(Action.Late late) {
        List<Assignment> candidates = new ArrayList<>(world.ended);
        world.orphaned.values().forEach(orphan -> candidates.addAll(orphan.held.values()));
        if (candidates.isEmpty()) {
            return null;
        }
        return report(
                chosen(world.sessions, late.session()), chosen(candidates, late.lease()), late.outcome(), late.lease());
    }

    /** Of five leases whose progress is saved one has ended, of a step that runs under another one, if any. */
    @Nullable
    UUID checkpoint(Action.Checkpoint checkpoint) {
        List<Lease> leases = world.leases();
        if (!world.ended.isEmpty() && checkpoint.lease() % 5 == 0) {
            List<Assignment> goingOn = world.ended.stream()
                    .filter(lease -> world.stepOf(lease).state == StepState.IN_PROGRESS)
                    .toList();
            Assignment lease = chosen(goingOn.isEmpty() ? world.ended : goingOn, checkpoint.lease() / 5);
            return checkpoint(chosen(world.sessions, checkpoint.through()), lease, checkpoint);
        }
        if (leases.isEmpty()) {
            return null;
        }
        Lease lease = chosen(leases, checkpoint.lease());
        return checkpoint(through(lease.session(), checkpoint.through()), lease.assignment(), checkpoint);
    }

    private UUID checkpoint(SessionModel session, Assignment lease, Action.Checkpoint checkpoint) {
        StepModel step = world.stepOf(lease);
        Completion expected = step.task.checkpointed(
                step, lease.leaseToken(), checkpoint.cursor(), checkpoint.yields(), session.worker.uuid());
        long struck = session.place.struck();
        Completion found = save(session, lease, checkpoint.cursor(), checkpoint.yields());
        boolean lost = session.place.struck() > struck;
        require(
                found == expected || (lost && expected == Completion.STALE_LEASE),
                "checkpoint of " + step + ": " + found + " (expected: " + expected + ")");
        if (checkpoint.yields() && !(step.goesOn && found == Completion.ACCEPTED)) {
            world.ended(
                    session,
                    lease); // refused, its handler has ended all the same; the holder, if another, may not know
        } else if (checkpoint.yields() && !world.ended.contains(lease)) {
            world.ended.add(lease);
        }
        return step.task.uuid;
    }

    static Completion save(SessionModel session, Assignment lease, int cursor, boolean yields) {
        String json = String.valueOf(cursor);
        return HandDrivenWorker.answer(session.worker
                .session()
                .checkpoint(
                        lease.stepUuid(), lease.leaseToken(), new Checkpoint(json, cursor, "[" + json + "]", yields)));
    }

    /**
     * A worker without time: it says nothing, or saves its progress, or reports in the last moment, and the engine decides whether that was
     * in time.
     */
    void runPastTime(SessionModel session, Assignment lease) {
        StepModel step = world.stepOf(lease);
        int manner = Math.floorMod(world.numberOf(lease), 3);
        if (manner == 1 && save(session, lease, lease.leaseToken(), false) == Completion.ACCEPTED) {
            require(
                    step.task.checkpointed(step, lease.leaseToken(), lease.leaseToken(), false, session.worker.uuid())
                            == Completion.ACCEPTED,
                    "checkpoint of " + step);
        }
        if (manner == 2) {
            StepResult result = result(lease, Outcome.SUCCESS, 0);
            Completion found = session.worker.report(lease, result);
            if (found == Completion.ACCEPTED) {
                Completion expected = expected(lease, Outcome.SUCCESS, result, 0);
                require(expected == found, step + ": " + found + " (expected: " + expected + ")");
                world.ended(session, lease);
                return;
            }
            require(found == Completion.STALE_LEASE, step + ": " + found + " (expected: ACCEPTED or STALE_LEASE)");
        } else {
            Assignment lost = session.worker.nextLost();
            require(lost.equals(lease), "lost " + lost + " (expected: " + lease + ")");
        }
        step.task.timedOut(step, Comparison.HANDLER_TIMEOUT, world.now);
        world.ended(session, lease);
    }
}
