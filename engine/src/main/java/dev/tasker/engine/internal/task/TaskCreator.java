package dev.tasker.engine.internal.task;

import dev.tasker.engine.Assignment.TaskPart;
import dev.tasker.engine.Creation;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Create;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.step.LeasedStep;
import dev.tasker.engine.internal.step.QueueHeads;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Creates batches of tasks. The root steps of a task go straight to a session of this node when their queues have nothing of their priority
 * waiting and the session has slots for all of them; otherwise they wait in their queues. One round trip per batch.
 */
public final class TaskCreator implements BatchCall<Create, TaskCreator.Prepared, Map<Integer, UUID>> {
    private static final String CALL =
            "SELECT position, owner FROM tasker.create_tasks(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private final SessionRegistry sessions;
    private final QueueHeads heads;
    private final PayloadCache payloads;
    private final Aftermath aftermath;
    private final long renewNanos;

    public TaskCreator(
            SessionRegistry sessions,
            QueueHeads heads,
            PayloadCache payloads,
            Aftermath aftermath,
            LeaseConfig leases) {
        this.sessions = sessions;
        this.heads = heads;
        this.payloads = payloads;
        this.aftermath = aftermath;
        this.renewNanos = leases.heartbeat().toNanos();
    }

    /** Creations with the session offered to each. */
    public record Prepared(List<Create> commands, List<@Nullable LiveSession> offers, Set<Integer> renewals) {}

    @Override
    public Prepared prepare(List<Create> commands) {
        List<@Nullable LiveSession> offers = new ArrayList<>(commands.size());
        Set<Integer> renewals = new LinkedHashSet<>();
        long now = System.nanoTime();
        for (Create command : commands) {
            LiveSession session = offer(command.request());
            offers.add(session);
            if (session != null && session.renewWithLease(now, renewNanos)) {
                renewals.add(session.id());
            }
        }
        return new Prepared(commands, offers, renewals);
    }

    private @Nullable LiveSession offer(NewTask task) {
        List<RunnableStep> roots = task.template().roots();
        int[] queueIds = new int[roots.size()];
        for (int i = 0; i < queueIds.length; i++) {
            queueIds[i] = roots.get(i).queueId();
            if (heads.waitsAtLeast(queueIds[i], task.part().priority())) {
                return null;
            }
        }
        LiveSession session = queueIds.length == 0 ? null : sessions.roomiest(queueIds);
        if (session == null) {
            return null;
        }
        int reserved = session.reserve(queueIds.length);
        if (reserved < queueIds.length) {
            session.addSlots(reserved);
            return null;
        }
        return session;
    }

    @Override
    public Map<Integer, UUID> execute(Connection connection, Prepared prepared, long batchNumber) throws SQLException {
        List<NewTask> tasks = prepared.commands().stream().map(Create::request).toList();
        List<TaskPart> parts = tasks.stream().map(NewTask::part).toList();
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            call.setLong(1, batchNumber);
            SqlArrays.setInts(
                    call,
                    2,
                    prepared.renewals().stream().mapToInt(Integer::intValue).toArray());
            SqlArrays.setUuids(call, 3, tasks.stream().map(NewTask::uuid).toList());
            SqlArrays.setInts(
                    call,
                    4,
                    tasks.stream()
                            .mapToInt(task -> task.template().templateId())
                            .toArray());
            SqlArrays.setInts(
                    call, 5, parts.stream().mapToInt(TaskPart::priority).toArray());
            SqlArrays.setByteas(
                    call, 6, tasks.stream().map(NewTask::identityHash).toList());
            SqlArrays.setUuids(
                    call, 7, parts.stream().map(TaskPart::correlationId).toList());
            SqlArrays.setUuids(call, 8, listOf(parts, TaskPart::parentCorrelationId));
            SqlArrays.setTexts(call, 9, parts.stream().map(TaskPart::initiator).toList());
            SqlArrays.setTexts(
                    call, 10, parts.stream().map(TaskPart::sourceSystem).toList());
            SqlArrays.setTexts(call, 11, parts.stream().map(TaskPart::reason).toList());
            SqlArrays.setTexts(call, 12, listOf(parts, TaskPart::tags));
            SqlArrays.setTexts(call, 13, parts.stream().map(TaskPart::context).toList());
            int[] sessionIds = new int[tasks.size()];
            for (int i = 0; i < sessionIds.length; i++) {
                LiveSession session = prepared.offers().get(i);
                sessionIds[i] = session == null ? 0 : session.id();
            }
            SqlArrays.setInts(call, 14, sessionIds, 0);
            boolean traced = parts.stream().anyMatch(part -> part.traceparent() != null);
            SqlArrays.setTexts(call, 15, traced ? listOf(parts, TaskPart::traceparent) : List.of());
            Map<Integer, UUID> owners = new HashMap<>();
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                owners.put(rows.getInt(1) - 1, rows.getObject(2, UUID.class));
            }
            return owners;
        }
    }

    private interface Getter<T> {
        @Nullable
        T of(TaskPart part);
    }

    private static <T> List<@Nullable T> listOf(List<TaskPart> parts, Getter<T> getter) {
        List<@Nullable T> values = new ArrayList<>(parts.size());
        for (TaskPart part : parts) {
            values.add(getter.of(part));
        }
        return values;
    }

    @Override
    public void apply(Prepared prepared, Map<Integer, UUID> owners, long batchNumber, boolean repeated) {
        List<LeasedStep> leased = new ArrayList<>();
        for (int i = 0; i < prepared.commands().size(); i++) {
            Create command = prepared.commands().get(i);
            NewTask task = command.request();
            LiveSession session = prepared.offers().get(i);
            UUID owner = owners.getOrDefault(i, task.uuid());
            if (!owner.equals(task.uuid())) {
                release(session, task.template());
                continue;
            }
            payloads.put(task.uuid(), new TaskPayload(task.template(), task.part()));
            for (RunnableStep root : task.template().roots()) {
                if (session == null) {
                    aftermath.enqueued(root.queueId(), task.part().priority());
                } else {
                    leased.add(new LeasedStep(
                            session, new StepKey(task.uuid(), root.planned().index()), 1, 1));
                }
            }
        }
        if (!leased.isEmpty()) {
            aftermath.leased(leased, batchNumber);
        }
        // last: whoever is answered may close the session that the root steps went to
        for (int i = 0; i < prepared.commands().size(); i++) {
            Create command = prepared.commands().get(i);
            UUID task = command.request().uuid();
            UUID owner = owners.getOrDefault(i, task);
            command.answer().complete(owner.equals(task) ? new Creation.Created(task) : new Creation.Duplicate(owner));
        }
    }

    @Override
    public void abandon(Prepared prepared) {
        sessions.renewalsLost(prepared.renewals());
        for (int i = 0; i < prepared.commands().size(); i++) {
            release(
                    prepared.offers().get(i),
                    prepared.commands().get(i).request().template());
        }
    }

    private void release(@Nullable LiveSession session, RegisteredTemplate template) {
        if (session != null) {
            session.addSlots(template.roots().size());
            aftermath.slotsFreed();
        }
    }
}
