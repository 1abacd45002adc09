package dev.tasker.worker.remote;

import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What a source tells its worker. */
final class Inbox implements AssignmentListener {
    final BlockingQueue<Assignment> assigned = new LinkedBlockingQueue<>();
    final BlockingQueue<Assignment> lost = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> sessionLost = new LinkedBlockingQueue<>();

    @Override
    public void assigned(List<Assignment> assignments) {
        assigned.addAll(assignments);
    }

    @Override
    public void lost(Assignment assignment) {
        lost.add(assignment);
    }

    @Override
    public void sessionLost(Throwable cause) {
        sessionLost.add(cause);
    }
}
