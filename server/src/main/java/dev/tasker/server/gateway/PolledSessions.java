package dev.tasker.server.gateway;

import dev.tasker.engine.meter.Instrument;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Registered;
import dev.tasker.server.security.Principal;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Sessions of workers that poll. Thread-safe. */
public final class PolledSessions {
    private final WorkerGateway gateway;
    private final ConcurrentHashMap<UUID, PolledSession> sessions = new ConcurrentHashMap<>();

    PolledSessions(WorkerGateway gateway) {
        this.gateway = gateway;
    }

    /**
     * Opens a session; blocks for as long as the database takes.
     *
     * @throws StatusRuntimeException when the worker is refused
     */
    public Registered open(Register register, Principal principal) throws InterruptedException {
        gateway.allowance(principal).require(WorkerCall.OPEN);
        var session = new PolledSession(gateway, principal, this::forget);
        Registered registered = session.register(register);
        sessions.put(session.sessionId(), session);
        if (session.isOver()) {
            forget(session);
        }
        return registered;
    }

    /** What was counted of callers. */
    public List<Instrument> instruments() {
        return gateway.limits().instruments();
    }

    private void forget(PolledSession session) {
        sessions.values().remove(session);
    }

    /**
     * Somebody sent what makes no sense.
     *
     * @throws StatusRuntimeException when it was too often
     */
    public void refused(Principal caller) {
        gateway.allowance(caller).require(WorkerCall.REFUSED);
    }

    /**
     * The caller's session; empty: it is over, or was never here, or is somebody else's.
     *
     * @throws StatusRuntimeException when there were too many questions without an answer
     */
    public Optional<PolledSession> find(UUID sessionId, Principal caller) {
        PolledSession found = sessions.get(sessionId);
        if (found != null && found.isOf(caller)) {
            return Optional.of(found);
        }
        gateway.allowance(caller).require(WorkerCall.OTHER);
        return Optional.empty();
    }
}
