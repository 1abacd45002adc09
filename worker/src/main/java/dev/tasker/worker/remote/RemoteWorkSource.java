package dev.tasker.worker.remote;

import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.Registration;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work from a server elsewhere. Opening does not wait for the server: a session looks for it until it is closed, and comes back by itself
 * when its connection breaks, with its leases and unanswered results.
 */
public abstract sealed class RemoteWorkSource implements WorkSource permits GrpcWorkSource, HttpWorkSource {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final String target;
    private final Reconnection reconnection;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tasker-remote-timer").daemon().factory());
    private final Executor executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("tasker-remote-", 0).daemon().factory());
    private final Set<RemoteWorkSession> sessions = ConcurrentHashMap.newKeySet();

    RemoteWorkSource(String target, Reconnection reconnection) {
        this.target = target;
        this.reconnection = reconnection;
    }

    @Override
    public final WorkSession open(Registration registration, AssignmentListener listener) {
        var session = new RemoteWorkSession(this, registration, listener);
        sessions.add(session);
        session.connect();
        return session;
    }

    /**
     * Registers templates with the server, each for itself; what is registered already stays as it is (04 §7.2). Waits for the answers. Needs
     * the permission {@code templates:write}.
     *
     * @param documents templates as JSON
     * @return what became of each, in their order
     * @throws IOException when the server cannot be asked, or cannot say, now; some may be registered then
     */
    public abstract List<TemplateOutcome> registerTemplates(List<String> documents)
            throws IOException, InterruptedException;

    @Override
    public final void close() {
        sessions.forEach(RemoteWorkSession::close);
        try {
            for (RemoteWorkSession session : sessions) {
                session.ended().get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            sessions.forEach(RemoteWorkSession::abort);
        }
        timer.shutdownNow();
    }

    /**
     * A connection of its own for each attempt, so that the pauses between attempts are ours and not those of something that remembers
     * failures, names are resolved again, and files of TLS are read again.
     */
    abstract Connection connection(RemoteWorkSession session) throws IOException;

    final Reconnection reconnection() {
        return reconnection;
    }

    final ScheduledExecutorService timer() {
        return timer;
    }

    /**
     * Keeps everything of ours off the threads of the network. Platform threads: handlers that compute may take all carriers of virtual
     * ones for longer than a lease, and heartbeats have to go on. They end by themselves when there is nothing to do.
     */
    final Executor executor() {
        return executor;
    }

    final String target() {
        return target;
    }

    final void ended(RemoteWorkSession session) {
        sessions.remove(session);
    }
}
