package dev.tasker.server.gateway;

import dev.tasker.engine.Adoption;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.SessionRequest;
import dev.tasker.protocol.worker.v1.Reject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of one stream's worker: those of its own engine session, those that sessions of earlier streams still hold, and those an earlier
 * server gave, of which only the engine can tell. Thread-safe.
 */
final class StreamLeases {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLeases.class);

    private final WorkerStream stream;
    private final Redelivery redelivery;
    private final Executor executor;
    private final ReportGuard guard;
    private final EngineLink own;
    private final List<EngineLink> carried = new CopyOnWriteArrayList<>();
    private final Set<LeaseKey> undecided = ConcurrentHashMap.newKeySet();

    StreamLeases(WorkerStream stream, Redelivery redelivery, Executor executor, ReportGuard guard) {
        this.stream = stream;
        this.redelivery = redelivery;
        this.executor = executor;
        this.guard = guard;
        this.own = new EngineLink(stream);
    }

    EngineLink own() {
        return own;
    }

    /** All engine sessions, the stream's own last. */
    Stream<EngineLink> links() {
        return Stream.concat(carried.stream(), Stream.of(own));
    }

    /** The session that holds the lease, null when none does. */
    @Nullable
    EngineLink linkOf(LeaseKey lease) {
        return links().filter(link -> link.holds(lease)).findFirst().orElse(null);
    }

    /** Whether the lease lives, as far as anyone here knows. */
    boolean isKnown(LeaseKey lease) {
        return linkOf(lease) != null || undecided.contains(lease);
    }

    boolean isEmpty() {
        return own.holdsNothing() && carried.isEmpty();
    }

    int count() {
        return links().mapToInt(link -> link.leases().size()).sum() + undecided.size();
    }

    void renew() {
        links().filter(link -> !link.holdsNothing())
                .forEach(link -> link.session().heartbeat());
    }

    /** The worker says it holds these of an earlier server, which cannot be asked. */
    void leaveUndecided(Set<LeaseKey> active) {
        undecided.addAll(active);
    }

    /**
     * Takes over leases from whichever session holds them, those outside the namespaces of the credential excepted; answers which are
     * over. What cannot be found out now is left to the tokens.
     */
    Set<LeaseKey> adopt(SessionFactory sessions, SessionRequest request, Set<LeaseKey> active) {
        Set<LeaseKey> allowed = new HashSet<>();
        EngineLink link = new EngineLink(stream);
        try {
            for (LeaseKey lease : active) {
                if (guard.allows(lease.stepUuid()).join()) {
                    allowed.add(lease);
                }
            }
            Map<UUID, Integer> tokens = new HashMap<>();
            allowed.forEach(lease -> tokens.put(lease.stepUuid(), lease.token()));
            link.expect(allowed);
            Optional<Adoption> adoption = tokens.isEmpty() ? Optional.empty() : sessions.adopt(request, link, tokens);
            if (adoption.isPresent()) {
                return adopted(link, adoption.get(), active);
            }
        } catch (EngineException | CompletionException e) {
            LOG.warn("{} leases of a worker that came back are not taken over: {}", active.size(), e.getMessage());
        }
        leaveUndecided(active);
        return Set.of();
    }

    private Set<LeaseKey> adopted(EngineLink link, Adoption adoption, Set<LeaseKey> active) {
        Set<LeaseKey> over = new HashSet<>(active);
        over.removeIf(lease -> adoption.steps().contains(lease.stepUuid()));
        link.opened(adoption.session());
        carried.add(link);
        link.expectNoMore(over);
        closeIfEmpty(link);
        return over;
    }

    /**
     * Gives back what the worker's session at an earlier server holds and the worker does not, because it never heard of it; attempts are
     * refunded. What cannot be found out now runs out. Does not wait.
     */
    void giveBackUnheard(SessionFactory sessions, UUID earlier, Set<LeaseKey> active) {
        executor.execute(() -> {
            try {
                sessions.leasesOf(earlier).forEach((step, token) -> {
                    LeaseKey lease = new LeaseKey(step, token);
                    if (!active.contains(lease) && guard.allows(step).join()) {
                        giveBack(own, lease, Reject.Reason.SHUTTING_DOWN, 0);
                    }
                });
            } catch (EngineException | CompletionException e) {
                LOG.warn("leases that session {} may still hold run out: {}", earlier, e.getMessage());
            }
        });
    }

    /** The engine knows now what became of a lease that an earlier server gave. */
    void decided(LeaseKey lease) {
        undecided.remove(lease);
    }

    /**
     * Takes over the leases of an earlier stream which the worker still holds, and gives back the others, as well as those outside the
     * namespaces of its present credential.
     */
    void takeOver(StreamLeases earlier, List<EngineLink> links, Set<LeaseKey> active) {
        for (EngineLink link : links) {
            link.moveTo(stream);
            carried.add(link);
        }
        undecided.addAll(earlier.undecided);
        undecided.retainAll(active);
        for (EngineLink link : carried) {
            for (LeaseKey lease : List.copyOf(link.leases())) {
                if (!active.contains(lease) || isOutside(link, lease)) {
                    giveBack(link, lease);
                }
            }
            closeIfEmpty(link);
        }
    }

    private boolean isOutside(EngineLink link, LeaseKey lease) {
        Assignment held = link.held(lease);
        return held != null && !guard.covers(held.task().namespace());
    }

    /** Hands all sessions over; none are left but the stream's own, which is over. */
    List<EngineLink> surrender() {
        List<EngineLink> all = links().toList();
        carried.clear();
        return all;
    }

    /** The worker gives a lease back. */
    void reject(LeaseKey lease, Reject.Reason reason) {
        EngineLink link = linkOf(lease);
        if (link != null) {
            giveBack(link, lease, reason);
            closeIfEmpty(link);
        } else if (undecided.remove(lease)) {
            var _ = guard.allows(lease.stepUuid()).thenAccept(isAllowed -> {
                if (isAllowed) {
                    giveBack(own, lease, reason, 0);
                }
            }); // one of which nothing can be found out runs out
        }
    }

    /** Gives back a lease that its worker does not hold. */
    void giveBack(EngineLink link, LeaseKey lease) {
        giveBack(link, lease, Reject.Reason.SHUTTING_DOWN);
    }

    private void giveBack(EngineLink link, LeaseKey lease, Reject.Reason reason) {
        if (link.forget(lease)) {
            stream.returnSlot(link);
            giveBack(link, lease, reason, 0);
            stream.settled();
        }
    }

    private void giveBack(EngineLink link, LeaseKey lease, Reject.Reason reason, int failures) {
        CompletableFuture<Completion> answer;
        try {
            answer = reason == Reject.Reason.HANDLER_NOT_FOUND
                    ? link.session().unhandled(lease.stepUuid(), lease.token())
                    : link.session().reject(lease.stepUuid(), lease.token());
        } catch (EngineException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete((completion, failure) -> {
            if (failure != null && !stream.isClosed()) {
                redelivery.always(failures, () -> giveBack(link, lease, reason, failures + 1));
            }
        });
    }

    /** Closes the session of an earlier stream once it holds nothing. */
    void closeIfEmpty(EngineLink link) {
        if (link != own && link.holdsNothing() && carried.remove(link)) {
            executor.execute(() -> closeQuietly(link));
        }
    }

    void closeAll() {
        links().forEach(link -> executor.execute(() -> closeQuietly(link)));
    }

    void closeEmpty() {
        links().filter(EngineLink::holdsNothing).forEach(StreamLeases::closeQuietly);
    }

    private static void closeQuietly(EngineLink link) {
        try {
            link.session().close();
        } catch (EngineException e) {
            LOG.warn("session {} not closed; its leases run out", link.session().uuid(), e);
        }
    }
}
