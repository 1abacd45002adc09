package dev.tasker.engine.internal;

import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.ContextFault;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.EventPublication;
import dev.tasker.engine.HandlerEvent;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.analytics.AnalyticsReader;
import dev.tasker.engine.internal.analytics.RollupFolder;
import dev.tasker.engine.internal.event.Hints;
import dev.tasker.engine.internal.graph.GraphPlanner;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchNumbers;
import dev.tasker.engine.internal.lane.Command;
import dev.tasker.engine.internal.lane.CommitLane;
import dev.tasker.engine.internal.lane.LaneCalls;
import dev.tasker.engine.internal.lane.LaneStatistics;
import dev.tasker.engine.internal.loop.BackgroundLoop;
import dev.tasker.engine.internal.meter.NodeMeters;
import dev.tasker.engine.internal.operator.Cancellations;
import dev.tasker.engine.internal.operator.OperatorIntake;
import dev.tasker.engine.internal.operator.StepOperator;
import dev.tasker.engine.internal.operator.TaskCanceller;
import dev.tasker.engine.internal.recovery.ExpiryGuard;
import dev.tasker.engine.internal.recovery.OverdueSteps;
import dev.tasker.engine.internal.recovery.Recovery;
import dev.tasker.engine.internal.retention.HorizonWatchdog;
import dev.tasker.engine.internal.retention.RetentionPass;
import dev.tasker.engine.internal.session.Heartbeater;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.NodePresence;
import dev.tasker.engine.internal.session.SessionOpener;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.session.StepDeadlines;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.sql.Timeline;
import dev.tasker.engine.internal.step.AssignmentAssembler;
import dev.tasker.engine.internal.step.HandlerCensus;
import dev.tasker.engine.internal.step.LeaseAdopter;
import dev.tasker.engine.internal.step.LeasedStep;
import dev.tasker.engine.internal.step.OverdueEnder;
import dev.tasker.engine.internal.step.QueueHeads;
import dev.tasker.engine.internal.step.ResultIntake;
import dev.tasker.engine.internal.step.RetryDelay;
import dev.tasker.engine.internal.step.StepCheckpointer;
import dev.tasker.engine.internal.step.StepClaimer;
import dev.tasker.engine.internal.step.StepCompleter;
import dev.tasker.engine.internal.step.StepExpander;
import dev.tasker.engine.internal.step.StepGrower;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.step.StepRejecter;
import dev.tasker.engine.internal.step.UnhandledSteps;
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.PayloadReader;
import dev.tasker.engine.internal.task.TaskAdmission;
import dev.tasker.engine.internal.task.TaskCreator;
import dev.tasker.engine.internal.task.TaskUuids;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.errors.ErrorHandling;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one node and their threads, constructed in order of dependency, closed in reverse; and who is told when something happened
 * to a step or a task here.
 */
public final class NodeParts implements Aftermath {
    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    private final EngineListener listener;
    private final UUID nodeUuid = UUID.randomUUID();
    private final SessionRegistry sessions = new SessionRegistry();
    private final QueueHeads heads = new QueueHeads();
    private final BatchNumbers numbers = new BatchNumbers();
    private final Counters counters = new Counters();
    private final NodeMeters meters = new NodeMeters(InstantSource.system());
    private final PayloadCache payloads;
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<DedicatedConnection> connections = new ArrayList<>();

    private final TemplateCatalogue templates;
    private final TaskAdmission admission;
    private final ReadParts reads;
    private final EventParts events;
    private final StepExpander expander;
    private final OperatorIntake operators;
    private final ResultIntake results;
    private final UnhandledSteps unhandled;
    private final Cancellations cancellations;
    private final AssignmentAssembler assembler;
    private final Heartbeater heartbeater;
    private final NodePresence presence;
    private final OverdueSteps overdueSteps;
    private final LeaseAdopter adopter;
    private final ExpiryGuard guard;
    private final StalenessParts staleness;
    private final TableGrowth growth;
    private final NodeLanes lanes;
    private final Dispatch dispatch;
    private final SessionDesk desk;
    private final RollupFolder folder;
    private final AnalyticsReader analytics;
    private final Upkeep upkeep;

    private final BackgroundLoop heartbeatLoop;
    private final BackgroundLoop recoveryLoop;
    private final BackgroundLoop foldLoop;

    private NodeParts(DataSource poolSource, DataSource directSource, EngineConfig config, EngineListener listener) {
        this.listener = listener;
        Database pool = new Database(poolSource);
        Database direct = new Database(directSource);
        templates = new TemplateCatalogue(pool, sessions::known, config.replacesTemplates());
        TaskUuids uuids = new TaskUuids(InstantSource.system());
        admission = new TaskAdmission(templates, uuids, config.graph(), this::contextDeviates);
        reads = ReadParts.of(pool, templates);
        growth = new TableGrowth(pool, readers);
        payloads = new PayloadCache(config.dispatch().payloadCacheBytes());
        events = EventParts.of(pool, templates, payloads, config.domainEvents());

        RetryDelay retryDelay = new RetryDelay(config.backoff(), ThreadLocalRandom::current);
        StepDeadlines deadlines = new StepDeadlines(sessions, config.leases(), System::nanoTime, this::lookAtDeadlines);
        overdueSteps = new OverdueSteps(deadlines, retryDelay, reads.tasks(), task -> laneOf(task, 0));
        assembler = new AssignmentAssembler(
                payloads,
                new PayloadReader(pool, templates),
                readers,
                deadlines,
                session -> readers.execute(() -> closeSession(session)));
        adopter = new LeaseAdopter(pool, numbers, assembler);
        expander = new StepExpander(new GraphPlanner(config.graph()), payloads);
        operators = new OperatorIntake(reads.tasks(), expander, this::laneOf);
        results = new ResultIntake(reads.tasks(), retryDelay, expander, events.results());
        unhandled = new UnhandledSteps(
                new HandlerCensus(pool),
                config.leases().heartbeat(),
                readers,
                rejection -> laneOf(rejection.task(), 0).submit(rejection),
                (session, step, token, result, answer) ->
                        submit(results.command(session, step, token, result, answer)));
        cancellations = new Cancellations(pool, readers, this::laneOf);

        StepClaimer claimer =
                new StepClaimer(sessions, heads, assembler, numbers, connection(direct, "claims"), config.leases());
        DedicatedConnection heartbeats = connection(direct, "heartbeat");
        Timeline timeline = new Timeline(this::memoryOld);
        heartbeater = new Heartbeater(sessions, numbers, heartbeats, config.leases(), this::slotsFreed, timeline);
        presence = new NodePresence(
                pool, heartbeats, nodeUuid, sessions, config.dispatch().pulse());
        SessionOpener opener = new SessionOpener(pool, nodeUuid, config.leases());
        dispatch = new Dispatch(
                claimer,
                new MemoryComparison(
                        timeline, templates, payloads, sessions, opener, presence, claimer, this::memoryCompared),
                heads,
                new Hints(direct),
                counters.stepsClaimed,
                config.dispatch().listen(),
                this::hinted);
        guard = new ExpiryGuard(config.leases().duration());
        Recovery recovery = new Recovery(
                connection(direct, "recovery"),
                heads,
                sessions,
                this,
                events.ended(),
                guard,
                this::flushLanes,
                config.leases(),
                config.dispatch().pulse(),
                config.soleNode() ? nodeUuid : null,
                timeline);
        heartbeatLoop = BackgroundLoop.of("heartbeat", this::renewOnce);
        recoveryLoop = BackgroundLoop.of("recovery", recovery::runOnce);
        desk = new SessionDesk(opener, sessions, presence, heartbeater, recovery, heartbeatLoop, recoveryLoop);

        lanes = new NodeLanes(config.lanes(), direct, calls(deadlines, config), numbers);
        staleness = StalenessParts.of(pool, config.staleness(), guard, this);
        folder = new RollupFolder(pool, config.rollups(), this::foldWithin);
        foldLoop = BackgroundLoop.of("rollups", folder::runOnce);
        analytics = new AnalyticsReader(pool, folder);
        upkeep = new Upkeep(
                pool, direct, connection(direct, "retention"), uuids, events.outbox(), staleness.sweeper(), config);
    }

    private LaneCalls calls(StepDeadlines deadlines, EngineConfig config) {
        StepCompleter completer = new StepCompleter(
                sessions, heads, payloads, this, events.published(), meters, config.leases(), config.dispatch());
        return new LaneCalls(
                new TaskCreator(sessions, heads, payloads, this, config.leases()),
                completer,
                new StepGrower(completer, expander, this::submitAgain),
                new StepCheckpointer(this, deadlines),
                new StepRejecter(this),
                new OverdueEnder(events.ended(), this),
                new StepOperator(payloads, this, expander, operators::submit),
                new TaskCanceller(payloads, this),
                this::databaseAway,
                this::answerLost);
    }

    /** Starts a node on a migrated database. */
    public static NodeParts start(DataSource pool, DataSource direct, EngineConfig config, EngineListener listener) {
        NodeParts parts = new NodeParts(pool, direct, config, listener);
        try {
            parts.sessions.known(parts.templates.allQueues());
            parts.upkeep.prepare();
        } catch (RuntimeException e) {
            parts.close(Duration.ZERO);
            throw e;
        }
        parts.heartbeatLoop.start();
        parts.recoveryLoop.start();
        parts.foldLoop.start();
        parts.upkeep.start();
        parts.dispatch.start();
        return parts;
    }

    private DedicatedConnection connection(Database database, String name) {
        DedicatedConnection connection = new DedicatedConnection(database, name);
        connections.add(connection);
        return connection;
    }

    public TemplateCatalogue templates() {
        return templates;
    }

    public TaskAdmission admission() {
        return admission;
    }

    public ReadParts reads() {
        return reads;
    }

    public AnalyticsReader analytics() {
        return analytics;
    }

    public ResultIntake results() {
        return results;
    }

    /** Publishes what the handler of a step tells of. */
    public CompletableFuture<List<EventPublication>> publish(
            LiveSession session, StepKey step, int token, List<HandlerEvent> told) {
        return events.handlers().publish(step, session.held(step), token, told, readers);
    }

    /** Decides about steps that workers have no handler for. */
    public UnhandledSteps unhandled() {
        return unhandled;
    }

    public OperatorIntake operators() {
        return operators;
    }

    public StepExpander expander() {
        return expander;
    }

    public Cancellations cancellations() {
        return cancellations;
    }

    public StalenessParts staleness() {
        return staleness;
    }

    public EventParts events() {
        return events;
    }

    public RetentionPass retention() {
        return upkeep.retention();
    }

    public Counters counters() {
        return counters;
    }

    public NodeMeters meters() {
        return meters;
    }

    /** Everything this node measures under a name of 03 §4. */
    public List<Instrument> instruments() {
        List<Instrument> instruments = new ArrayList<>(meters.instruments());
        instruments.addAll(expander.instruments());
        instruments.addAll(events.counters().instruments(events.bus().figures()));
        return instruments;
    }

    /** The lane for a command of {@code task} that writes about so many steps. */
    public CommitLane laneOf(UUID task, int steps) {
        return lanes.of(task, steps);
    }

    /** Queues a result in the lane of its task. */
    public void submit(Command.Complete result) {
        lanes.submit(result);
    }

    private void submitAgain(Command.Complete result) {
        lanes.submitAgain(result);
    }

    private void flushLanes() {
        lanes.flush();
    }

    public LiveSession openSession(SessionRequest request, AssignmentListener assigned) {
        return desk.open(request, assigned);
    }

    /** A session that is given nothing. */
    public LiveSession openDrained(SessionRequest request, AssignmentListener assigned) {
        return desk.openDrained(request, assigned);
    }

    /** Gives a session the leases of a worker that has come back; answers for which steps they live on. */
    public Set<UUID> adopt(LiveSession session, Map<UUID, Integer> leases) {
        try {
            return adopter.adopt(session, leases);
        } catch (RuntimeException e) {
            closeSession(session);
            throw e;
        }
    }

    /** Leases of a session of any node, tokens by step. */
    public Map<UUID, Integer> leasesOf(UUID session) {
        return adopter.leasesOf(session);
    }

    public void drain(LiveSession session) {
        desk.drain(session);
    }

    public void closeSession(LiveSession session) {
        desk.close(session);
    }

    public void heartbeat(LiveSession session) {
        desk.heartbeat(session);
    }

    /** Ends what is out of time, then renews the sessions that are alive and says that the node is. */
    private Duration renewOnce() throws SQLException {
        Duration untilDeadline = overdueSteps.runOnce();
        Duration untilRenewal = heartbeater.runOnce();
        Duration untilPresence = presence.runOnce();
        return Collections.min(List.of(untilDeadline, untilRenewal, untilPresence));
    }

    private void lookAtDeadlines(Duration delay) {
        heartbeatLoop.signalWithin(delay);
    }

    private void foldWithin(Duration delay) {
        foldLoop.signalWithin(delay);
    }

    private void hinted() {
        recoveryLoop.signal();
    }

    private void memoryOld() {
        dispatch.wake();
    }

    private void memoryCompared() {
        heartbeatLoop.signal();
        recoveryLoop.signal();
    }

    private void databaseAway() {
        guard.outage(System.nanoTime());
    }

    /** Looks for what a lane's lost answer would have told: leases of our sessions, steps that wait, retries that fall due. */
    private void answerLost() {
        dispatch.wake();
        recoveryLoop.signal();
    }

    @Override
    public void leased(List<LeasedStep> steps, long batchNumber) {
        folder.changed();
        assembler.deliver(steps, batchNumber);
    }

    @Override
    public void enqueued(int queueId, int priority) {
        folder.changed();
        heads.enqueued(queueId, priority);
        dispatch.wake();
    }

    @Override
    public void timerSet(Duration delay) {
        recoveryLoop.signalWithin(delay);
    }

    @Override
    public void slotsFreed() {
        folder.changed();
        if (heads.mayWait()) {
            dispatch.wake();
        }
    }

    @Override
    public void errorHandled(ErrorHandling handling) {
        meters.timedOut();
        try {
            listener.errorHandled(handling);
        } catch (RuntimeException e) {
            log.error("the engine's listener failed on step {}", handling.stepUuid(), e);
        }
    }

    private void contextDeviates(UUID task, List<ContextFault> faults) {
        try {
            listener.contextDeviates(task, faults);
        } catch (RuntimeException e) {
            log.error("the engine's listener failed on task {}", task, e);
        }
    }

    @Override
    public void leaseEnded(int sessionId, StepKey step, int token) {
        LiveSession session = sessions.byId(sessionId);
        if (session != null) {
            heartbeater.cancel(session, step, token); // another node's hears of it with its next heartbeat
        }
    }

    @Override
    public void taskEntered(UUID task, TaskState state) {
        folder.changed();
        counters.entered(state);
        meters.entered(task, state, payloads.get(task));
        try {
            listener.taskEntered(task, state);
        } catch (RuntimeException e) {
            log.error("the engine's listener failed on task {}", task, e);
        }
        growth.taskFinished();
    }

    public EngineMetrics metrics(Function<LaneStatistics.Snapshot, EngineMetrics.Lane> lane) {
        HorizonWatchdog.Pinning pinning = upkeep.watchdog().pinning();
        return new EngineMetrics(
                lanes.all().stream().map(CommitLane::statistics).map(lane).toList(),
                counters.tasksCreated.sum(),
                counters.tasksDuplicate.sum(),
                counters.tasksCompleted.sum(),
                counters.tasksBlocked.sum(),
                counters.resultsAccepted.sum(),
                counters.resultsDuplicate.sum(),
                counters.resultsStale.sum(),
                counters.stepsClaimed.sum(),
                sessions.all().size(),
                sessions.all().stream().mapToInt(LiveSession::freeSlots).sum(),
                sessions.all().stream()
                        .mapToInt(session -> session.leases().size())
                        .sum(),
                pinning.offenders(),
                pinning.oldestSeconds(),
                upkeep.patrol().tasks(),
                upkeep.patrol().walks(),
                upkeep.patrol().findings());
    }

    /** Whether the recovery thread reached the database in its last pass. */
    public boolean isHealthy() {
        return recoveryLoop.isPassing();
    }

    /** Commits what waits, within {@code patience}, and ends. */
    public void close(Duration patience) {
        recoveryLoop.cease(); // its calls need the lanes
        lanes.close(patience);
        dispatch.closeClaims();
        heartbeatLoop.close();
        presence.end();
        recoveryLoop.close();
        dispatch.closeHints();
        upkeep.close();
        foldLoop.close();
        events.bus().close();
        connections.forEach(DedicatedConnection::close);
        readers.shutdownNow();
    }
}
