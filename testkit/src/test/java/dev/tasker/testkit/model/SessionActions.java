package dev.tasker.testkit.model;

import static dev.tasker.testkit.model.TaskModel.require;
import static dev.tasker.testkit.model.World.chosen;

import dev.tasker.engine.Assignment;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.model.Ground.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What becomes of sessions and nodes: silence, heartbeats, ends, restarts, statements that are struck. */
final class SessionActions {
    /** What can be struck; more often what takes results. */
    private static final List<String> STATEMENTS = List.of(
            "tasker.complete_steps(",
            "tasker.complete_steps(",
            "tasker.grow_and_complete(",
            "tasker.create_tasks(",
            "tasker.claim_steps(",
            "tasker.checkpoint_steps(",
            "tasker.reject_steps(",
            "tasker.operate_steps(",
            "tasker.cancel_tasks(",
            "tasker.expire_session(",
            "tasker.time_out_steps(",
            "tasker.retry_due(",
            "tasker.heartbeat(",
            "NOTIFY ");

    private static final Duration LOOK_PATIENCE = Duration.ofSeconds(5);

    private final World world;
    private @Nullable Place awaiting;

    SessionActions(World world) {
        this.world = world;
    }

    /** The leases of a session that holds some run out. */
    void expire(SessionModel session) {
        if (session.held.isEmpty() || session.silent) {
            return;
        }
        runOut(session.worker.uuid());
        session.silent = true;
        expired(List.of(session));
        awaiting = session.place;
    }

    /** Whichever node took the leases back, the session's own knows with its next look at the database. */
    void awaitLook() {
        Place place = awaiting;
        awaiting = null;
        for (int looks = 0; place != null && looks < 2; looks++) {
            try (Fault look = place.direct.on("tasker.pulse(", Fault.Kind.PARK_BEFORE)) {
                look.awaitStruck(LOOK_PATIENCE);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while waiting for a look", e);
            }
        }
    }

    private void runOut(UUID session) {
        world.ground.query(
                "UPDATE tasker.worker_sessions SET expires_at = tasker.engine_now() - interval '1 s' WHERE"
                        + " session_uuid = ? RETURNING session_id",
                session);
    }

    private void expired(Collection<SessionModel> silent) {
        Set<UUID> uuids = silent.stream().map(session -> session.worker.uuid()).collect(Collectors.toSet());
        world.tasks.values().forEach(task -> task.expired(uuids, Comparison.LEASE_EXPIRED, world.now));
        for (SessionModel session : silent) {
            session.held.values().stream()
                    .filter(lease -> !world.ended.contains(lease))
                    .forEach(world.ended::add);
        }
    }

    /**
     * Its node leased to the session before it knew that another had taken its leases back. Should the call have renewed it, it is as good as
     * any; should it not, because its time was moved behind the node's back, what it was given runs out as well.
     */
    void leasedWhileSilent(SessionModel session) {
        List<String> live = world.ground.query(
                "SELECT expires_at > tasker.engine_now() FROM tasker.worker_sessions WHERE session_uuid = ?",
                session.worker.uuid());
        if (live.equals(List.of("t"))) {
            session.silent = false;
        } else {
            expired(List.of(session));
        }
    }

    void heartbeat(SessionModel session) {
        if (session.held.isEmpty()) {
            return; // may write nothing: there would be nothing to wait for
        }
        List<String> before = expiryOf(session);
        List<Assignment> lost = session.held.values().stream()
                .filter(lease -> !world.isLive(session, lease))
                .toList();
        session.worker.session().heartbeat();
        List<String> ignored =
                Eventually.get("the lease's time", () -> expiryOf(session), after -> !after.equals(before));
        List<Assignment> told = new ArrayList<>();
        while (told.size() < lost.size()) {
            told.add(session.worker.nextLost());
        }
        require(told.containsAll(lost), "lost " + told + " (expected: " + lost + ")");
        lost.forEach(session::forget);
        if (session.silent) {
            session.silent = false; // all it holds was lost, or nothing
        }
    }

    private List<String> expiryOf(SessionModel session) {
        return world.ground.query(
                "SELECT expires_at FROM tasker.worker_sessions WHERE session_uuid = ?", session.worker.uuid());
    }

    /** Another session takes the place of the one that closes. */
    void close(SessionModel session) {
        end(session);
        world.open(session.place, session.callables, session.slots, false);
    }

    /** Closes a session for good. */
    void end(SessionModel session) {
        world.sessions.remove(session);
        session.worker.close();
        expired(List.of(session));
    }

    void drain(SessionModel session) {
        session.worker.session().drain();
        session.draining = true;
    }

    void restart(Place place) {
        List<SessionModel> own = world.sessions.stream()
                .filter(session -> session.place == place)
                .toList();
        world.ground.restart(place);
        for (SessionModel session : own) {
            world.orphaned.put(session.worker.uuid(), session);
            session.held.values().removeIf(lease -> !world.isLive(session, lease));
        }
        world.sessions.removeAll(own);
        world.openSessions(place);
    }

    /** The leases of closed nodes run out while the clock jumps. */
    void expireOrphans() {
        if (world.orphaned.isEmpty()) {
            return;
        }
        world.orphaned.keySet().forEach(this::runOut);
        world.advance(World.UNIT);
        expired(world.orphaned.values());
        world.orphaned.clear();
    }

    /** A worker comes for the steps that nobody else takes; it leaves again when it has hardly any time. */
    void longSteps(Place place, boolean hasty) {
        boolean served = world.sessions.stream().anyMatch(session -> session.callables.contains(GrowingTemplates.LONG));
        if (hasty || !served) {
            world.open(place, List.of(GrowingTemplates.LONG), 1, hasty);
        }
    }

    /** Those without time have left when everything is at rest. */
    void hastyLeave() {
        for (SessionModel session : List.copyOf(world.sessions)) {
            if (session.hasty) {
                end(session);
            }
        }
    }

    void strike(Place place, int statement, Fault.Kind how) {
        place.strike(chosen(STATEMENTS, statement), how);
    }

    void withdrawStrikes() {
        for (int place = 0; place < Ground.NODES; place++) {
            world.ground.place(place).withdrawStrikes();
        }
    }
}
