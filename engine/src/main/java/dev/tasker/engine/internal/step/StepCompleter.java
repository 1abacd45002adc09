package dev.tasker.engine.internal.step;

import dev.tasker.engine.Completion;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.domainevent.EventArrays;
import dev.tasker.engine.internal.domainevent.EventCandidate;
import dev.tasker.engine.internal.domainevent.PublishedEvents;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchCall;
import dev.tasker.engine.internal.lane.Command.Complete;
import dev.tasker.engine.internal.meter.NodeMeters;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.sql.SqlArrays;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.internal.template.RunnableStep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records batches of results and what follows from them. A successor which its queue would serve next anyway is leased, in the same call,
 * to the session that reported: a linear chain costs one round trip per step. Results that were not accepted cost one more.
 */
public final class StepCompleter implements BatchCall<Complete, StepCompleter.Prepared, StepCompleter.Answer> {
    private static final String CALL = """
        SELECT kind, task_uuid, step_index, state, token, attempts, queue_id, priority, session_id
        FROM   tasker.complete_steps(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private static final String CURRENT = """
        SELECT step.task_uuid, step.step_index, step.state, step.lease_token
        FROM   unnest(?, ?) AS wanted(task_uuid, step_index)
               JOIN tasker.workflow_steps AS step USING (task_uuid, step_index)
        """;

    /** How many parameters {@link #bind} binds. */
    static final int PARAMETERS = 14;

    private static final short SUCCESS = 0;
    private static final short RETRYABLE = 1;
    private static final short PERMANENT = 2;

    private final SessionRegistry sessions;
    private final QueueHeads heads;
    private final PayloadCache payloads;
    private final Aftermath aftermath;
    private final PublishedEvents published;
    private final NodeMeters meters;
    private final long renewNanos;
    private final int stickyMax;

    public StepCompleter(
            SessionRegistry sessions,
            QueueHeads heads,
            PayloadCache payloads,
            Aftermath aftermath,
            PublishedEvents published,
            NodeMeters meters,
            LeaseConfig leases,
            DispatchConfig dispatch) {
        this.sessions = sessions;
        this.heads = heads;
        this.payloads = payloads;
        this.aftermath = aftermath;
        this.published = published;
        this.meters = meters;
        this.renewNanos = leases.heartbeat().toNanos();
        this.stickyMax = dispatch.stickyMax();
    }

    /** Successors offered to sessions, with the slots reserved for them beyond those the results set free. */
    private record Offers(
            List<UUID> tasks, List<Integer> steps, List<Integer> sessionIds, Map<LiveSession, Integer> reserved) {}

    /** Results ready to be written; {@code repeats} hold a step that another result of the batch names too. */
    public static final class Prepared {
        private final List<Complete> commands;
        private final List<Complete> repeats;
        private final Offers offers;
        private final Set<Integer> renewals;
        private final long sinceNanos;
        private final List<StepKey> eventSteps = new ArrayList<>(0);
        private final List<EventCandidate> events = new ArrayList<>(0);

        private Prepared(
                List<Complete> commands,
                List<Complete> repeats,
                Offers offers,
                Set<Integer> renewals,
                long sinceNanos) {
            this.commands = commands;
            this.repeats = repeats;
            this.offers = offers;
            this.renewals = renewals;
            this.sinceNanos = sinceNanos;
            for (Complete command : commands) {
                for (EventCandidate event : command.events()) {
                    eventSteps.add(command.step());
                    events.add(event);
                }
            }
        }

        /** Without the results of some tasks, which are not answered yet. */
        Prepared without(Set<UUID> tasks) {
            return tasks.isEmpty()
                    ? this
                    : new Prepared(
                            commands.stream()
                                    .filter(command -> !tasks.contains(command.task()))
                                    .toList(),
                            repeats,
                            offers,
                            renewals,
                            sinceNanos);
        }
    }

    private record Row(
            int kind, StepKey key, int state, int token, int attempts, int queueId, int priority, int sessionId) {}

    private record Standing(StepState state, int token) {}

    /** What the database answered, with the standing of steps whose result was not accepted. */
    public static final class Answer {
        private final List<Row> rows;
        private final Set<StepKey> accepted;
        private final Map<StepKey, Standing> refused;
        private final List<EventCandidate> published = new ArrayList<>(0);

        private Answer(List<Row> rows, Set<StepKey> accepted, Map<StepKey, Standing> refused) {
            this.rows = rows;
            this.accepted = accepted;
            this.refused = refused;
        }

        static Answer expecting(int results) {
            return new Answer(new ArrayList<>(results * 2), HashSet.newHashSet(results), new HashMap<>());
        }

        boolean accepts(StepKey step) {
            return accepted.contains(step);
        }

        void add(ResultSet rows, Prepared prepared) throws SQLException {
            Row row = new Row(
                    rows.getInt(1),
                    new StepKey(rows.getObject(2, UUID.class), rows.getInt(3)),
                    rows.getInt(4),
                    rows.getInt(5),
                    rows.getInt(6),
                    rows.getInt(7),
                    rows.getInt(8),
                    rows.getInt(9));
            switch (row.kind()) {
                case 0 -> accepted.add(row.key());
                case 5 -> published.add(prepared.events.get(row.token() - 1));
                default -> this.rows.add(row);
            }
        }
    }

    @Override
    public Prepared prepare(List<Complete> commands) {
        List<Complete> firsts = new ArrayList<>(commands.size());
        List<Complete> repeats = new ArrayList<>(0);
        Set<StepKey> seen = HashSet.newHashSet(commands.size());
        Offers offers = new Offers(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashMap<>());
        Set<Integer> renewals = new LinkedHashSet<>();
        long now = System.nanoTime();
        for (Complete command : commands) {
            if (!seen.add(command.step())) {
                repeats.add(command);
                continue;
            }
            firsts.add(command);
            if (command.succeeds()
                    && offer(command, offers)
                    && command.session().renewWithLease(now, renewNanos)) {
                renewals.add(command.session().id());
            }
        }
        return new Prepared(firsts, repeats, offers, renewals, now);
    }

    /** Offers successors of a successful step to its session: one for the slot it sets free, more for further free slots. */
    private boolean offer(Complete command, Offers offers) {
        LiveSession session = command.session();
        Held held = session.held(command.step());
        RegisteredTemplate template = held == null || held.token() != command.token() ? null : held.template();
        RunnableStep step = held == null ? null : held.runnable();
        if (template == null || step == null || held == null || held.assignment() == null) {
            return false;
        }
        int priority = held.assignment().task().priority();
        boolean offered = false;
        for (int child : step.children()) {
            int queueId = template.steps().get(child).queueId();
            if (!session.accepts(queueId) || heads.waitsAtLeast(queueId, priority + 1)) {
                continue;
            }
            boolean beyond = offered || !session.slotsReturn();
            if (beyond && session.reserve(1) == 0) {
                break;
            }
            if (heads.waitsAtLeast(queueId, priority) && !session.countSticky(stickyMax)) {
                if (beyond) {
                    session.addSlots(1);
                }
                break;
            }
            if (beyond) {
                offers.reserved().merge(session, 1, Integer::sum);
            }
            offers.tasks().add(command.step().task());
            offers.steps().add(child);
            offers.sessionIds().add(session.id());
            offered = true;
        }
        return offered;
    }

    @Override
    public Answer execute(Connection connection, Prepared prepared, long batchNumber) throws SQLException {
        List<Complete> commands = prepared.commands;
        Answer answer = Answer.expecting(commands.size());
        try (PreparedStatement call = connection.prepareStatement(CALL)) {
            bind(call, prepared, batchNumber);
            bindEvents(call, PARAMETERS + 1, prepared);
            ResultSet rows = call.executeQuery();
            while (rows.next()) {
                answer.add(rows, prepared);
            }
        }
        readRefused(connection, commands, answer);
        return answer;
    }

    /** Reads the standing of steps whose result was not accepted. */
    static void readRefused(Connection connection, List<Complete> commands, Answer answer) throws SQLException {
        if (answer.accepted.size() < commands.size()) {
            readStanding(connection, commands, answer);
        }
    }

    /** Binds the first {@value #PARAMETERS} parameters of the call. */
    static void bind(PreparedStatement call, Prepared prepared, long batchNumber) throws SQLException {
        List<Complete> commands = prepared.commands;
        int size = commands.size();
        List<UUID> tasks = new ArrayList<>(size);
        List<String> documents = new ArrayList<>(size);
        List<@Nullable String> refusals = new ArrayList<>(size);
        int[] steps = new int[size];
        int[] tokens = new int[size];
        int[] sessionIds = new int[size];
        short[] outcomes = new short[size];
        int[] delays = new int[size];
        int[] executionTimes = new int[size];
        for (int i = 0; i < size; i++) {
            Complete command = commands.get(i);
            StepResult result = command.result();
            tasks.add(command.step().task());
            documents.add(result.document());
            refusals.add(command.refusal());
            steps[i] = command.step().index();
            tokens[i] = command.token();
            sessionIds[i] = command.session().id();
            outcomes[i] = command.succeeds()
                    ? SUCCESS
                    : result.retryable() && command.refusal() == null ? RETRYABLE : PERMANENT;
            delays[i] = command.delayMs();
            executionTimes[i] = result.executionTimeMs();
        }
        call.setLong(1, batchNumber);
        SqlArrays.setInts(
                call, 2, prepared.renewals.stream().mapToInt(Integer::intValue).toArray());
        SqlArrays.setUuids(call, 3, tasks);
        SqlArrays.setInts(call, 4, steps);
        SqlArrays.setInts(call, 5, tokens);
        SqlArrays.setInts(call, 6, sessionIds);
        SqlArrays.setShorts(call, 7, outcomes);
        SqlArrays.setInts(call, 8, delays);
        SqlArrays.setInts(call, 9, executionTimes);
        SqlArrays.setTexts(call, 10, documents);
        boolean refused = refusals.stream().anyMatch(Objects::nonNull);
        SqlArrays.setTexts(call, 11, refused ? refusals : List.of());
        SqlArrays.setUuids(call, 12, prepared.offers.tasks());
        SqlArrays.setInts(
                call,
                13,
                prepared.offers.steps().stream().mapToInt(Integer::intValue).toArray());
        SqlArrays.setInts(
                call,
                14,
                prepared.offers.sessionIds().stream()
                        .mapToInt(Integer::intValue)
                        .toArray());
    }

    /** Binds the last parameters of the call, the events. */
    static void bindEvents(PreparedStatement call, int first, Prepared prepared) throws SQLException {
        EventArrays.bind(call, first, prepared.eventSteps, prepared.events);
    }

    private static void readStanding(Connection connection, List<Complete> commands, Answer answer)
            throws SQLException {
        List<Complete> refused = commands.stream()
                .filter(command -> !answer.accepted.contains(command.step()))
                .toList();
        try (PreparedStatement select = connection.prepareStatement(CURRENT)) {
            SqlArrays.setUuids(
                    select,
                    1,
                    refused.stream().map(command -> command.step().task()).toList());
            SqlArrays.setInts(
                    select,
                    2,
                    refused.stream().mapToInt(command -> command.step().index()).toArray());
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                answer.refused.put(
                        new StepKey(rows.getObject(1, UUID.class), rows.getInt(2)),
                        new Standing(StepState.ofCode(rows.getInt(3)), rows.getInt(4)));
            }
        }
    }

    @Override
    public void apply(Prepared prepared, Answer answer, long batchNumber, boolean repeated) {
        Map<LiveSession, Integer> slots = prepared.offers.reserved();
        List<LeasedStep> leased = new ArrayList<>();
        for (Complete command : prepared.commands) {
            if (command.session().forget(command.step(), command.token())
                    && command.session().slotsReturn()) {
                slots.merge(command.session(), 1, Integer::sum);
            }
            if (answer.accepted.contains(command.step()) && command.succeeds()) {
                payloads.addResult(
                        command.step().task(),
                        command.step().index(),
                        command.result().document());
            }
        }
        answer.published.forEach(published::published); // before anybody hears that a task is complete (09 §6.3)
        long nanos = System.nanoTime() - prepared.sinceNanos;
        for (Row row : answer.rows) {
            switch (row.kind()) {
                case 1 -> started(row, leased, slots);
                case 2 -> taskEntered(row, nanos);
                case 3 -> aftermath.timerSet(Duration.ofMillis(row.token()));
                default -> throw new IllegalStateException("kind: " + row.kind() + " (expected: 0 to 3, 5)");
            }
        }
        if (!leased.isEmpty()) {
            aftermath.leased(leased, batchNumber);
        }
        slots.forEach(LiveSession::addSlots);
        aftermath.slotsFreed();
        for (Complete command : prepared.commands) {
            command.answer().complete(completion(command, answer, repeated));
        }
        for (Complete command : prepared.repeats) {
            boolean accepted = answer.accepted.contains(command.step());
            command.answer().complete(accepted ? repetition(command, prepared) : completion(command, answer, repeated));
        }
    }

    private void started(Row row, List<LeasedStep> leased, Map<LiveSession, Integer> slots) {
        meters.enqueued(payloads.get(row.key().task()), row.key().index());
        LiveSession session = row.sessionId() == 0 ? null : sessions.byId(row.sessionId());
        if (session != null) {
            slots.merge(session, -1, Integer::sum);
            leased.add(new LeasedStep(session, row.key(), row.token(), row.attempts()));
        } else if (row.sessionId() == 0) {
            aftermath.enqueued(row.queueId(), row.priority());
        }
    }

    private void taskEntered(Row row, long nanos) {
        TaskState state = TaskState.ofCode(row.state());
        meters.finalized(state, nanos);
        aftermath.taskEntered(row.key().task(), state);
        if (state.isTerminal()) {
            payloads.remove(row.key().task());
        }
    }

    /** Another result of the batch was recorded for the same step: under the same token it is the same result. */
    private static Completion repetition(Complete command, Prepared prepared) {
        return prepared.commands.stream()
                        .anyMatch(first -> first.step().equals(command.step()) && first.token() == command.token())
                ? Completion.DUPLICATE
                : Completion.STALE_LEASE;
    }

    /** Every end of a lease but an accepted result raises the token: so the same token was accepted, an older one is stale. */
    private static Completion completion(Complete command, Answer answer, boolean repeated) {
        if (answer.accepted.contains(command.step())) {
            return Completion.ACCEPTED;
        }
        @Nullable Standing standing = answer.refused.get(command.step());
        if (standing == null || command.token() < 1) {
            return Completion.INVALID; // no such step, or no such lease: tokens begin at 1
        }
        if (standing.token() != command.token()) {
            return standing.token() > command.token() ? Completion.STALE_LEASE : Completion.INVALID;
        }
        return repeated ? Completion.ACCEPTED : Completion.DUPLICATE;
    }

    @Override
    public void abandon(Prepared prepared) {
        sessions.renewalsLost(prepared.renewals);
        prepared.offers.reserved().forEach(LiveSession::addSlots);
    }
}
