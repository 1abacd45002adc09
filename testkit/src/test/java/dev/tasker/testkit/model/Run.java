package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;
import static dev.tasker.testkit.model.World.chosen;

import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.model.Action.Outcome;
import dev.tasker.testkit.model.World.Lease;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One run of a program: each command goes to the engine and to the model; then, once everything has come to rest, both must agree. */
final class Run implements AutoCloseable {
    private static final int AUDIT_EVERY = 8;

    private final World world;
    private final Comparison comparison;
    private final Arrivals arrivals;
    private final WorkerActions workers;
    private final SessionActions sessions;
    private final TaskActions clients;
    private int events;

    Run(Ground ground, long seed, Duration patience) throws SQLException {
        world = new World(ground, seed);
        comparison = new Comparison(ground, world.tasks);
        workers = new WorkerActions(world);
        sessions = new SessionActions(world);
        clients = new TaskActions(world);
        arrivals = new Arrivals(world, comparison, workers, sessions, patience);
    }

    /** Runs one command and compares. */
    void step(Action action) {
        @Nullable UUID touched = perform(action);
        if (touched != null) {
            comparison.touched(touched);
        }
        arrivals.settle();
        sessions.awaitLook();
        sessions.hastyLeave();
        if (touched != null) {
            comparison.compareView(world.ground.place(events).node, touched, world.now);
        }
        if (++events % AUDIT_EVERY == 0) {
            audit();
        }
    }

    private @Nullable UUID perform(Action action) {
        switch (action) {
            case Action.Create create -> {
                return clients.create(create);
            }
            case Action.Operate operate -> {
                return clients.operate(operate);
            }
            case Action.Cancel cancel -> {
                return clients.cancel(cancel);
            }
            case Action.Clear clear -> {
                return clients.clear(clear);
            }
            case Action.Report report -> {
                return workers.report(report);
            }
            case Action.Burst burst -> {
                return workers.burst(burst);
            }
            case Action.Reject reject -> {
                return workers.reject(reject);
            }
            case Action.Late late -> {
                return workers.late(late);
            }
            case Action.Checkpoint checkpoint -> {
                return workers.checkpoint(checkpoint);
            }
            case Action.Advance advance -> world.advance((long) advance.units() * World.UNIT);
            case Action.Expire expire -> sessions.expire(chosen(world.sessions, expire.session()));
            case Action.Heartbeat heartbeat -> sessions.heartbeat(chosen(world.sessions, heartbeat.session()));
            case Action.Close close -> sessions.close(chosen(world.sessions, close.session()));
            case Action.Drain drain -> sessions.drain(chosen(world.sessions, drain.session()));
            case Action.Restart restart -> sessions.restart(world.ground.place(restart.node()));
            case Action.ExpireOrphans _ -> sessions.expireOrphans();
            case Action.Hurry hurry -> sessions.longSteps(world.ground.place(hurry.node()), true);
            case Action.Relieve relieve -> sessions.longSteps(world.ground.place(relieve.node()), false);
            case Action.Strike strike ->
                sessions.strike(world.ground.place(strike.node()), strike.statement(), strike.how());
        }
        return null;
    }

    /** Lets every task come to its end: leases are reported, retries fire, dead sessions expire. */
    void finish() {
        sessions.withdrawStrikes();
        sessions.expireOrphans();
        sessions.longSteps(world.ground.place(0), false);
        arrivals.settle();
        for (SessionModel session : List.copyOf(world.sessions)) {
            sessions.close(session);
            arrivals.settle(); // nothing may be on its way to the next one that closes
        }
        end();
        for (TaskModel task : world.tasks.values()) {
            for (StepModel step : task.steps) {
                if (step.state == StepState.ERROR) {
                    clients.operate(
                            step,
                            step.token % 2 == 0 ? Action.Kind.RESET : Action.Kind.RESOLVE,
                            0,
                            world.ground.place(step.token));
                    arrivals.settle();
                }
            }
        }
        end();
        require(
                world.tasks.values().stream().allMatch(task -> task.state().isTerminal()),
                "repaired tasks have not ended: "
                        + world.tasks.values().stream().map(task -> task.steps).toList());
        comparison.everything();
        arrivals.settle();
        List<String> edges = world.order.isEmpty()
                ? List.of()
                : comparison.edges(
                        world.order.stream().min(Comparator.naturalOrder()).orElseThrow());
        world.tasks.values().forEach(task -> {
            comparison.compareView(world.ground.place(0).node, task.uuid, world.now);
            comparison.compareHistory(task);
            comparison.compareEdges(world.ground.place(0).node, task, edges);
        });
        audit();
        for (SessionModel session : List.copyOf(world.sessions)) {
            sessions.end(session);
        }
    }

    private void end() {
        for (int round = 0; round < 300 && unfinished(); round++) {
            List<Lease> leases = world.leases();
            if (leases.isEmpty()) {
                world.advance(5L * World.UNIT);
            } else {
                Lease first = leases.getFirst();
                workers.report(
                        first.session(), first.assignment(), Outcome.SUCCESS, world.numberOf(first.assignment()));
            }
            arrivals.settle();
        }
        require(
                !unfinished(),
                "tasks are not at rest after all was done: "
                        + world.tasks.values().stream().map(task -> task.steps).toList());
    }

    private boolean unfinished() {
        return world.tasks.values().stream()
                .anyMatch(task -> task.active() > 0 || task.state() == TaskState.WAITING_FOR_RETRY);
    }

    private void audit() {
        if (!world.order.isEmpty()) {
            List<String> findings = world.ground.audit(world.order.getFirst());
            require(findings.isEmpty(), "the auditor found " + findings);
        }
    }

    @Override
    public void close() {
        comparison.close();
    }
}
