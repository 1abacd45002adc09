package dev.tasker.testkit.interleaving;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Engine;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Where a session's assignments wait until a test takes them. */
final class Inbox implements AssignmentListener {
    private final BlockingQueue<Assignment> assignments = new LinkedBlockingQueue<>();

    /** A session with this inbox for everything in the namespace {@code proof}, with no slots yet. */
    Session open(Engine engine, boolean selfRenewing) {
        return engine.openSession(
                new SessionRequest("inbox", List.of(new HandlerKey("proof", HandlerKey.ANY)), selfRenewing), this);
    }

    @Override
    public void assigned(List<Assignment> arrived) {
        assignments.addAll(arrived);
    }

    @Override
    public void lost(Assignment assignment) {}

    Assignment next() throws InterruptedException {
        Assignment next = assignments.poll(8, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no assignment came within 8 s");
        }
        return next;
    }

    List<Assignment> next(int count) throws InterruptedException {
        List<Assignment> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(next());
        }
        return taken;
    }

    /** What has arrived and was not taken. */
    List<Assignment> rest() {
        return List.copyOf(assignments);
    }
}
