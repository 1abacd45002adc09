package dev.tasker.engine.internal.step;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Assignment.StepPart;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.session.StepDeadlines;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.PayloadReader;
import dev.tasker.engine.internal.task.PayloadReader.StoredStep;
import dev.tasker.engine.internal.task.TaskPayload;
import dev.tasker.engine.internal.task.TaskUuids;
import dev.tasker.engine.internal.template.RunnableStep;
import dev.tasker.template.HandlerDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns leased steps into assignments and hands them to their sessions. First leases of tasks this node knows are assembled from memory on
 * the caller's thread; everything else is read in one go on a thread of its own, so that a lane never waits for a read. Thread-safe.
 */
public final class AssignmentAssembler {
    private static final Logger log = LoggerFactory.getLogger(AssignmentAssembler.class);
    private static final long READ_AGAIN_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long READ_AGAIN_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PayloadCache cache;
    private final PayloadReader reader;
    private final ExecutorService readers;
    private final StepDeadlines deadlines;
    private final Consumer<LiveSession> closedMeanwhile;

    /** @param closedMeanwhile told of sessions that were closed while a call leased to them */
    public AssignmentAssembler(
            PayloadCache cache,
            PayloadReader reader,
            ExecutorService readers,
            StepDeadlines deadlines,
            Consumer<LiveSession> closedMeanwhile) {
        this.cache = cache;
        this.reader = reader;
        this.readers = readers;
        this.deadlines = deadlines;
        this.closedMeanwhile = closedMeanwhile;
    }

    /** A lease noted at its session, whose assignment is still to be handed over. */
    public record Noted(LeasedStep step, Held lease) {}

    /** Notes the leases at their sessions and delivers the assignments; {@code batch} numbers the call that leased them. */
    public void deliver(List<LeasedStep> leased, long batch) {
        hand(note(leased, batch));
    }

    /** Notes the leases at their sessions; those returned are the caller's to {@link #hand}, the others are somebody else's. */
    public List<Noted> note(List<LeasedStep> leased, long batch) {
        List<Noted> noted = new ArrayList<>(leased.size());
        for (LeasedStep step : leased) {
            TaskPayload payload = cache.get(step.key().task());
            Held lease = new Held(step.key(), step.token(), payload == null ? null : payload.template());
            Held before = step.session().hold(lease, batch);
            if (before != null) {
                if (before.token() >= step.token()) {
                    step.session().addSlots(1);
                    continue; // noted before: by a repeated call and by the reconciliation after it
                }
                step.session().returnSlot();
                ended(step.session(), before);
            }
            noted.add(new Noted(step, lease));
            if (step.session().isClosed()) {
                closedMeanwhile.accept(step.session());
            }
        }
        return noted;
    }

    /** Delivers the assignments of noted leases. */
    public void hand(List<Noted> noted) {
        List<Delivery> ready = new ArrayList<>(noted.size());
        List<Noted> unknown = new ArrayList<>();
        for (Noted one : noted) {
            TaskPayload payload = cache.get(one.step().key().task());
            Assignment assignment = payload == null ? null : fromMemory(one.step(), payload);
            if (payload == null || assignment == null) {
                unknown.add(one);
            } else {
                assigned(one, assignment, payload);
                ready.add(new Delivery(one.step().session(), assignment));
            }
        }
        deliver(ready);
        if (!unknown.isEmpty()) {
            readers.execute(() -> read(unknown));
        }
    }

    private void assigned(Noted one, Assignment assignment, TaskPayload payload) {
        one.lease().assigned(assignment, payload.template());
        deadlines.begin(one.step().session(), one.lease(), assignment);
    }

    /** An earlier lease of the step ran out and came back to the same session before a heartbeat told. */
    private static void ended(LiveSession session, Held lease) {
        Assignment assignment = lease.assignment();
        if (assignment != null && !lease.isReported()) {
            session.tellLost(assignment);
        }
    }

    private record Delivery(LiveSession session, Assignment assignment) {}

    private static void deliver(List<Delivery> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        LiveSession first = deliveries.getFirst().session();
        if (deliveries.stream().allMatch(delivery -> delivery.session() == first)) {
            first.hand(deliveries.stream().map(Delivery::assignment).toList());
            return;
        }
        Map<LiveSession, List<Assignment>> bySession = new LinkedHashMap<>();
        for (Delivery delivery : deliveries) {
            bySession
                    .computeIfAbsent(delivery.session(), _ -> new ArrayList<>())
                    .add(delivery.assignment());
        }
        bySession.forEach((session, assignments) -> session.hand(assignments));
    }

    private static @Nullable Assignment fromMemory(LeasedStep leased, TaskPayload payload) {
        RunnableStep step = payload.template().step(leased.key().index());
        if (step == null || leased.token() > 1 || !step.planned().initial()) {
            return null; // leased before, or added at run time: the row holds what memory does not
        }
        Map<String, String> dependencies = HashMap.newHashMap(step.ancestors().length);
        for (int i = 0; i < step.ancestors().length; i++) {
            String result = payload.result(step.ancestors()[i]);
            if (result == null) {
                return null;
            }
            dependencies.put(step.ancestorNames().get(i), result);
        }
        return assignment(leased, payload, step, null, step.planned().retry().maxAttempts(), dependencies);
    }

    /** Reads until it succeeds or nobody holds the leases: they are renewed with their session, so nobody else would take the steps. */
    private void read(List<Noted> noted) {
        List<Noted> waiting = noted;
        for (long pause = READ_AGAIN_MIN_NANOS; !waiting.isEmpty(); pause = Math.min(pause * 2, READ_AGAIN_MAX_NANOS)) {
            List<Delivery> deliveries;
            try {
                deliveries = assembled(waiting);
            } catch (RuntimeException e) {
                if (pause == READ_AGAIN_MIN_NANOS) {
                    log.warn("could not read what {} leased steps need, trying again", waiting.size(), e);
                }
                LockSupport.parkNanos(pause);
                if (Thread.currentThread().isInterrupted()) {
                    return; // the node is closed
                }
                waiting = waiting.stream().filter(AssignmentAssembler::isHeld).toList();
                continue;
            }
            deliver(deliveries);
            return;
        }
    }

    private static boolean isHeld(Noted one) {
        LiveSession session = one.step().session();
        return !session.isClosed() && session.held(one.step().key()) == one.lease();
    }

    private List<Delivery> assembled(List<Noted> pending) {
        Set<UUID> missing = new HashSet<>();
        for (Noted one : pending) {
            UUID task = one.step().key().task();
            if (cache.get(task) == null) {
                missing.add(task);
            }
        }
        Map<UUID, TaskPayload> payloads = missing.isEmpty() ? Map.of() : reader.requests(missing);
        payloads.forEach(cache::put);

        Map<UUID, TaskPayload> known = new HashMap<>(payloads);
        for (Noted one : pending) {
            known.computeIfAbsent(one.step().key().task(), cache::get);
        }
        Map<StepKey, StoredStep> stored =
                reader.steps(pending.stream().map(one -> one.step().key()).toList());
        Ancestors ancestors = ancestors(pending, known, stored);

        List<Delivery> deliveries = new ArrayList<>(pending.size());
        for (Noted one : pending) {
            LeasedStep leased = one.step();
            TaskPayload payload = known.get(leased.key().task());
            StoredStep step = stored.get(leased.key());
            if (payload == null || step == null) {
                log.error(
                        "leased step {} of task {} has no request or row",
                        leased.key().index(),
                        leased.key().task());
                continue;
            }
            RunnableStep runnable = payload.template().steps().get(step.templateStep());
            Map<String, String> dependencies = dependencies(leased.key(), payload, runnable, ancestors);
            Assignment assignment = assignment(leased, payload, runnable, step, step.maxAttempts(), dependencies);
            assigned(one, assignment, payload);
            deliveries.add(new Delivery(leased.session(), assignment));
        }
        return deliveries;
    }

    /**
     * What was read of the steps before those that were leased.
     *
     * @param instances of a batch worker of a task, by its key
     */
    private record Ancestors(Map<StepKey, StoredStep> steps, Map<StepKey, List<StoredStep>> instances) {}

    private Ancestors ancestors(List<Noted> pending, Map<UUID, TaskPayload> known, Map<StepKey, StoredStep> stored) {
        Set<StepKey> wanted = new HashSet<>();
        Set<StepKey> batches = new HashSet<>();
        int firstInstance = Integer.MAX_VALUE;
        for (Noted one : pending) {
            UUID task = one.step().key().task();
            TaskPayload payload = known.get(task);
            StoredStep row = stored.get(one.step().key());
            if (payload == null || row == null) {
                continue;
            }
            RunnableStep step = payload.template().steps().get(row.templateStep());
            for (int ancestor : step.ancestors()) {
                if (payload.result(ancestor) == null) {
                    wanted.add(new StepKey(task, ancestor));
                }
            }
            for (int worker : step.batchAncestors()) {
                batches.add(new StepKey(task, worker));
                firstInstance =
                        Math.min(firstInstance, payload.template().steps().size());
            }
        }
        return new Ancestors(
                wanted.isEmpty() ? Map.of() : reader.steps(wanted),
                batches.isEmpty() ? Map.of() : reader.instances(batches, firstInstance));
    }

    private Map<String, String> dependencies(StepKey key, TaskPayload payload, RunnableStep step, Ancestors ancestors) {
        Map<String, String> dependencies = new HashMap<>();
        for (int i = 0; i < step.ancestors().length; i++) {
            int ancestor = step.ancestors()[i];
            String result = payload.result(ancestor);
            if (result == null) {
                StoredStep row = ancestors.steps().get(new StepKey(key.task(), ancestor));
                if (row == null || !row.complete() || row.result() == null) {
                    continue; // resolved by hand: contributes nothing (01 §3.5)
                }
                result = row.result();
                cache.addResult(key.task(), ancestor, result);
            }
            dependencies.put(step.ancestorNames().get(i), result);
        }
        for (int worker : step.batchAncestors()) {
            for (StoredStep instance : ancestors.instances().getOrDefault(new StepKey(key.task(), worker), List.of())) {
                if (instance.name() != null && instance.complete() && instance.result() != null) {
                    dependencies.put(instance.name(), instance.result());
                }
            }
        }
        return dependencies;
    }

    private static Assignment assignment(
            LeasedStep leased,
            TaskPayload payload,
            RunnableStep step,
            @Nullable StoredStep stored,
            int maxAttempts,
            Map<String, String> dependencies) {
        OptionalLong timeout = step.planned().timeoutMillis();
        String name = step.planned().name();
        HandlerDefinition handler = step.planned().definition().handler();
        return new Assignment(
                leased.key().task(),
                TaskUuids.stepUuid(leased.key().task(), leased.key().index()),
                leased.token(),
                leased.attempt(),
                maxAttempts,
                timeout.isPresent() ? Duration.ofMillis(timeout.getAsLong()) : null,
                payload.part(),
                new StepPart(
                        stored == null || stored.name() == null ? name : stored.name(),
                        name,
                        handler.callable(),
                        handler.method(),
                        handler.resolver(),
                        step.initialization(),
                        stored == null ? null : stored.inputs(),
                        stored == null ? null : stored.result(),
                        stored == null ? null : stored.checkpoint(),
                        step.planned().definition().publishesEvents()),
                dependencies);
    }
}
