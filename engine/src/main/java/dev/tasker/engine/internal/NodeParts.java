package dev.tasker.engine.internal;

import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.EngineMetrics;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.analytics.AnalyticsReader;
import dev.tasker.engine.internal.analytics.RollupFolder;
import dev.tasker.engine.internal.audit.AuditPatrol;
import dev.tasker.engine.internal.domainevent.EndedEvents;
import dev.tasker.engine.internal.domainevent.EventBus;
import dev.tasker.engine.internal.domainevent.EventCounters;
import dev.tasker.engine.internal.domainevent.EventMaker;
import dev.tasker.engine.internal.domainevent.EventOutbox;
import dev.tasker.engine.internal.domainevent.OutcomeReader;
import dev.tasker.engine.internal.domainevent.PublishedEvents;
import dev.tasker.engine.internal.domainevent.ResultEvents;
import dev.tasker.engine.internal.event.Hints;
import dev.tasker.engine.internal.graph.GraphPlanner;
import dev.tasker.engine.internal.lane.Aftermath;
import dev.tasker.engine.internal.lane.BatchNumbers;
import dev.tasker.engine.internal.lane.Command;
import dev.tasker.engine.internal.lane.CommitLane;
import dev.tasker.engine.internal.lane.LaneCalls;
import dev.tasker.engine.internal.lane.LaneStatistics;
import dev.tasker.engine.internal.loop.BackgroundLoop;
import dev.tasker.engine.internal.operator.Cancellations;
import dev.tasker.engine.internal.operator.OperatorIntake;
import dev.tasker.engine.internal.operator.StepOperator;
import dev.tasker.engine.internal.operator.TaskCanceller;
import dev.tasker.engine.internal.operator.TaskReopener;
import dev.tasker.engine.internal.recovery.DeadLetterStore;
import dev.tasker.engine.internal.recovery.ExpiryGuard;
import dev.tasker.engine.internal.recovery.OverdueSteps;
import dev.tasker.engine.internal.recovery.Recovery;
import dev.tasker.engine.internal.recovery.StalenessCounters;
import dev.tasker.engine.internal.recovery.StalenessSweeper;
import dev.tasker.engine.internal.retention.HorizonWatchdog;
import dev.tasker.engine.internal.retention.PeriodCreator;
import dev.tasker.engine.internal.retention.PeriodRetirer;
import dev.tasker.engine.internal.retention.RetentionPass;
import dev.tasker.engine.internal.session.Heartbeater;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.NodePresence;
import dev.tasker.engine.internal.session.SessionOpener;
import dev.tasker.engine.internal.session.SessionRegistry;
import dev.tasker.engine.internal.session.StepDeadlines;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.sql.DedicatedConnection;
import dev.tasker.engine.internal.step.AssignmentAssembler;
import dev.tasker.engine.internal.step.CheckpointCleaner;
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
import dev.tasker.engine.internal.task.PayloadCache;
import dev.tasker.engine.internal.task.PayloadReader;
import dev.tasker.engine.internal.task.TaskAdmission;
import dev.tasker.engine.internal.task.TaskCreator;
import dev.tasker.engine.internal.task.TaskExplainer;
import dev.tasker.engine.internal.task.TaskLister;
import dev.tasker.engine.internal.task.TaskReader;
import dev.tasker.engine.internal.task.TaskUuids;
import dev.tasker.engine.internal.template.TemplateCatalogue;
import dev.tasker.errors.ErrorHandling;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one node and their threads: commit lanes, one lane for bulk work, claimer, heartbeater, recovery, hints. Constructed in
 * order of dependency, closed in reverse.
 */
public final class NodeParts implements Aftermath {
    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    /** Commands that write more steps than this go to the bulk lane, where nobody with a single step waits behind them. */
    private static final int BULK_STEPS = 250;

    private static final Duration BARRIER_PATIENCE = Duration.ofSeconds(5);
    private static final Duration TRIM_INTERVAL = Duration.ofHours(1);

    private final EngineListener listener;
    private final UUID nodeUuid = UUID.randomUUID();
    private final SessionRegistry sessions = new SessionRegistry();
    private final QueueHeads heads = new QueueHeads();
    private final BatchNumbers numbers = new BatchNumbers();
    private final Counters counters = new Counters();
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<CommitLane> lanes = new ArrayList<>();
    private final CommitLane bulkLane;

    private final TemplateCatalogue templates;
    private final TaskAdmission admission;
    private final TaskReader reader;
    private final CheckpointCleaner checkpoints;
    private final TaskExplainer explainer;
    private final TaskLister lister;
    private final PayloadCache payloads;
    private final StepExpander expander;
    private final OperatorIntake operators;
    private final ResultIntake results;
    private final AssignmentAssembler assembler;
    private final SessionOpener opener;
    private final StepClaimer claimer;
    private final Heartbeater heartbeater;
    private final NodePresence presence;
    private final OverdueSteps overdueSteps;
    private final Cancellations cancellations;
    private final ExpiryGuard guard;
    private final Recovery recovery;
    private final StalenessCounters stalenessCounters = new StalenessCounters();
    private final StalenessSweeper stalenessSweeper;
    private final DeadLetterStore deadLetters;
    private final TaskReopener reopener;
    private final Hints hints;
    private final TableGrowth growth;
    private final PeriodCreator periods;
    private final HorizonWatchdog watchdog;
    private final RetentionPass retention;
    private final List<DedicatedConnection> connections = new ArrayList<>();

    private final EventCounters eventCounters = new EventCounters();
    private final EventOutbox outbox;
    private final EventBus bus;

    private final BackgroundLoop claimLoop;
    private final BackgroundLoop heartbeatLoop;
    private final BackgroundLoop recoveryLoop;
    private final BackgroundLoop hintSendLoop;
    private final BackgroundLoop hintListenLoop;
    private final BackgroundLoop trimLoop;
    private final BackgroundLoop retentionLoop;
    private final AuditPatrol patrol;
    private final BackgroundLoop auditLoop;
    private final boolean audits;
    private final RollupFolder folder;
    private final AnalyticsReader analytics;
    private final BackgroundLoop foldLoop;
    private final BackgroundLoop stalenessLoop;
    private final boolean listens;
    private final boolean sweeps;

    private NodeParts(DataSource poolSource, DataSource directSource, EngineConfig config, EngineListener listener) {
        this.listener = listener;
        Database pool = new Database(poolSource);
        Database direct = new Database(directSource);
        templates = new TemplateCatalogue(pool, sessions::known, config.replacesTemplates());
        TaskUuids uuids = new TaskUuids(InstantSource.system());
        admission = new TaskAdmission(templates, uuids, config.graph());
        periods = new PeriodCreator(direct, uuids, config.retention());
        watchdog = new HorizonWatchdog(pool, config.retention().pinnedAfter(), System::nanoTime);
        reader = new TaskReader(pool, templates);
        checkpoints = new CheckpointCleaner(pool);
        explainer = new TaskExplainer(pool, templates);
        lister = new TaskLister(pool);
        RetryDelay retryDelay = new RetryDelay(config.backoff(), ThreadLocalRandom::current);
        StepDeadlines deadlines = new StepDeadlines(sessions, config.leases(), System::nanoTime, this::lookAtDeadlines);
        overdueSteps = new OverdueSteps(deadlines, retryDelay, reader, task -> laneOf(task, 0));
        payloads = new PayloadCache(config.dispatch().payloadCacheBytes());
        assembler = new AssignmentAssembler(
                payloads,
                new PayloadReader(pool, templates),
                readers,
                deadlines,
                session -> readers.execute(() -> closeSession(session)));
        opener = new SessionOpener(pool, nodeUuid, config.leases());
        claimer = new StepClaimer(sessions, heads, assembler, numbers, connection(direct, "claims"), config.leases());
        DedicatedConnection heartbeats = connection(direct, "heartbeat");
        heartbeater = new Heartbeater(sessions, numbers, heartbeats, config.leases(), this::slotsFreed);
        presence = new NodePresence(
                pool, heartbeats, nodeUuid, sessions, config.dispatch().pulse());
        outbox = new EventOutbox(pool);
        bus = new EventBus(config.domainEvents());
        PublishedEvents published = new PublishedEvents(bus, eventCounters);
        OutcomeReader outcomes = new OutcomeReader(templates);
        EventMaker eventMaker = new EventMaker(InstantSource.system(), eventCounters);
        EndedEvents endedEvents = new EndedEvents(outcomes, eventMaker, published);
        expander = new StepExpander(new GraphPlanner(config.graph()), payloads);
        operators = new OperatorIntake(reader, expander, this::laneOf);
        results =
                new ResultIntake(reader, retryDelay, expander, new ResultEvents(pool, payloads, outcomes, eventMaker));
        guard = new ExpiryGuard(config.leases().duration());
        recovery = new Recovery(
                connection(direct, "recovery"),
                heads,
                sessions,
                this,
                endedEvents,
                guard,
                this::flushLanes,
                config.leases(),
                config.dispatch().pulse(),
                config.soleNode() ? nodeUuid : null);
        stalenessSweeper = new StalenessSweeper(pool, config.staleness(), guard, stalenessCounters, this);
        deadLetters = new DeadLetterStore(pool, config.staleness(), stalenessCounters);
        reopener = new TaskReopener(pool, this);
        cancellations = new Cancellations(pool, readers, this::laneOf);
        hints = new Hints(direct);
        growth = new TableGrowth(pool, readers);
        listens = config.dispatch().listen();
        sweeps = config.staleness().enabled();
        StepCompleter completer =
                new StepCompleter(sessions, heads, payloads, this, published, config.leases(), config.dispatch());
        LaneCalls calls = new LaneCalls(
                new TaskCreator(sessions, heads, payloads, this, config.leases()),
                completer,
                new StepGrower(completer, expander, this::submitAgain),
                new StepCheckpointer(this, deadlines),
                new StepRejecter(this),
                new OverdueEnder(endedEvents, this),
                new StepOperator(payloads, this, expander, operators::submit),
                new TaskCanceller(payloads, this),
                this::databaseAway,
                this::answerLost);
        for (int i = 0; i < config.lanes().lanes(); i++) {
            lanes.add(new CommitLane("lane-" + i, config.lanes(), direct, calls, numbers));
        }
        bulkLane = new CommitLane("lane-bulk", config.lanes(), direct, calls, numbers);

        claimLoop = BackgroundLoop.of("claims", this::claimOnce);
        heartbeatLoop = BackgroundLoop.of("heartbeat", this::renewOnce);
        recoveryLoop = BackgroundLoop.of("recovery", recovery::runOnce);
        hintSendLoop = BackgroundLoop.of("hints-out", hints::sendOnce);
        hintListenLoop = BackgroundLoop.of("hints-in", () -> hints.listenOnce(this::hinted));
        trimLoop = BackgroundLoop.of("events-trim", () -> {
            outbox.trim(config.domainEvents().retention());
            return TRIM_INTERVAL;
        });
        retention = new RetentionPass(
                periods, new PeriodRetirer(connection(direct, "retention"), config.retention()), watchdog);
        retentionLoop = BackgroundLoop.of("retention", retention::runOnce);
        patrol = new AuditPatrol(pool, config.audit());
        auditLoop = BackgroundLoop.of("audit", patrol::runOnce);
        audits = config.audit().enabled();
        folder = new RollupFolder(pool, config.rollups(), this::foldWithin);
        foldLoop = BackgroundLoop.of("rollups", folder::runOnce);
        analytics = new AnalyticsReader(pool, folder);
        stalenessLoop = BackgroundLoop.of("staleness", stalenessSweeper::runOnce);
    }

    /** Starts a node on a migrated database. */
    public static NodeParts start(DataSource pool, DataSource direct, EngineConfig config, EngineListener listener) {
        NodeParts parts = new NodeParts(pool, direct, config, listener);
        try {
            parts.sessions.known(parts.templates.allQueues());
            parts.periods.runOnce();
        } catch (RuntimeException e) {
            parts.close(Duration.ZERO);
            throw e;
        }
        parts.claimLoop.start();
        parts.heartbeatLoop.start();
        parts.recoveryLoop.start();
        parts.hintSendLoop.start();
        parts.trimLoop.start();
        parts.retentionLoop.start();
        if (parts.audits) {
            parts.auditLoop.start();
        }
        parts.foldLoop.start();
        if (parts.sweeps) {
            parts.stalenessLoop.start();
        }
        if (parts.listens) {
            parts.hintListenLoop.start();
        }
        return parts;
    }

    private DedicatedConnection connection(Database database, String name) {
        DedicatedConnection connection = new DedicatedConnection(database, name);
        connections.add(connection);
        return connection;
    }

    public RetentionPass retention() {
        return retention;
    }

    public TemplateCatalogue templates() {
        return templates;
    }

    public TaskAdmission admission() {
        return admission;
    }

    public TaskReader reader() {
        return reader;
    }

    public TaskLister lister() {
        return lister;
    }

    public AnalyticsReader analytics() {
        return analytics;
    }

    public TaskExplainer explainer() {
        return explainer;
    }

    public ResultIntake results() {
        return results;
    }

    public OperatorIntake operators() {
        return operators;
    }

    public StepExpander expander() {
        return expander;
    }

    public CheckpointCleaner checkpoints() {
        return checkpoints;
    }

    public Cancellations cancellations() {
        return cancellations;
    }

    public DeadLetterStore deadLetters() {
        return deadLetters;
    }

    public StalenessSweeper stalenessSweeper() {
        return stalenessSweeper;
    }

    public StalenessCounters stalenessCounters() {
        return stalenessCounters;
    }

    public TaskReopener reopener() {
        return reopener;
    }

    public Counters counters() {
        return counters;
    }

    public EventOutbox outbox() {
        return outbox;
    }

    public EventBus bus() {
        return bus;
    }

    public EventCounters eventCounters() {
        return eventCounters;
    }

    /** The lane for a command of {@code task} that writes about so many steps: a task's ordinary commands always meet in one lane. */
    public CommitLane laneOf(UUID task, int steps) {
        if (steps > BULK_STEPS) {
            return bulkLane;
        }
        // the random bits; the last ones are zero in every task uuid
        return lanes.get(Math.floorMod((int) (task.getLeastSignificantBits() >>> 24), lanes.size()));
    }

    /** Queues a result in the lane of its task. */
    public void submit(Command.Complete result) {
        laneOf(result.task(), ResultIntake.size(result)).submit(result);
    }

    private void submitAgain(Command.Complete result) {
        try {
            submit(result);
        } catch (EngineException e) {
            result.fail(e);
        }
    }

    public LiveSession openSession(SessionRequest request, AssignmentListener listener) {
        LiveSession session = opener.open(request, listener);
        presence.enter(session);
        sessions.add(session);
        recoveryLoop.signal(); // finds what waits in queues nobody here was served from
        return session;
    }

    public void drain(LiveSession session) {
        opener.drain(session);
        leave(session);
    }

    private void leave(LiveSession session) {
        presence.leave(session);
        heartbeatLoop.signal();
    }

    /** Forgets the session; what it holds is taken back at once, not when its lease runs out. */
    public void closeSession(LiveSession session) {
        sessions.remove(session);
        leave(session);
        if (opener.close(session)) {
            recovery.ended(session.id());
            recoveryLoop.signal();
        }
    }

    public void heartbeat(LiveSession session) {
        heartbeater.alive(session);
        heartbeatLoop.signal();
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

    private Duration claimOnce() throws SQLException {
        Duration untilReconciliation = claimer.reconcile();
        counters.stepsClaimed.add(claimer.runOnce());
        if (listens && heads.takeUnclaimed() && hints.want()) {
            hintSendLoop.signal();
        }
        return untilReconciliation;
    }

    private void foldWithin(Duration delay) {
        foldLoop.signalWithin(delay);
    }

    private void hinted() {
        recoveryLoop.signal();
    }

    /** Waits until everything received so far is recorded. */
    private void flushLanes() {
        List<CompletableFuture<@org.jspecify.annotations.Nullable Void>> marks = new ArrayList<>();
        for (CommitLane lane : allLanes()) {
            CompletableFuture<@org.jspecify.annotations.Nullable Void> mark = new CompletableFuture<>();
            lane.submit(new Command.Barrier(mark));
            marks.add(mark);
        }
        try {
            CompletableFuture.allOf(marks.toArray(CompletableFuture[]::new))
                    .get(BARRIER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            log.warn("results received before an expiry could not all be recorded: {}", e.toString());
        }
    }

    private List<CommitLane> allLanes() {
        List<CommitLane> all = new ArrayList<>(lanes);
        all.add(bulkLane);
        return all;
    }

    private void databaseAway() {
        guard.outage(System.nanoTime());
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
        claimLoop.signal();
    }

    @Override
    public void timerSet(Duration delay) {
        recoveryLoop.signalWithin(delay);
    }

    @Override
    public void slotsFreed() {
        folder.changed();
        if (heads.mayWait()) {
            claimLoop.signal();
        }
    }

    @Override
    public void errorHandled(ErrorHandling handling) {
        try {
            listener.errorHandled(handling);
        } catch (RuntimeException e) {
            log.error("the engine's listener failed on step {}", handling.stepUuid(), e);
        }
    }

    @Override
    public void leaseEnded(int sessionId, StepKey step, int token) {
        LiveSession session = sessions.byId(sessionId);
        if (session != null) {
            heartbeater.lose(session, step, token); // another node's hears of it with its next heartbeat
        }
    }

    @Override
    public void taskEntered(UUID task, TaskState state) {
        folder.changed();
        counters.entered(state);
        try {
            listener.taskEntered(task, state);
        } catch (RuntimeException e) {
            log.error("the engine's listener failed on task {}", task, e);
        }
        growth.taskFinished();
    }

    /** Looks for what a lane's lost answer would have told: leases of our sessions, steps that wait, retries that fall due. */
    private void answerLost() {
        claimLoop.signal();
        recoveryLoop.signal();
    }

    public EngineMetrics metrics(Function<LaneStatistics.Snapshot, EngineMetrics.Lane> lane) {
        return new EngineMetrics(
                allLanes().stream().map(CommitLane::statistics).map(lane).toList(),
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
                watchdog.pinning().offenders(),
                watchdog.pinning().oldestSeconds(),
                patrol.tasks(),
                patrol.walks(),
                patrol.findings());
    }

    /** Whether the recovery thread reached the database in its last pass. */
    public boolean isHealthy() {
        return recoveryLoop.isPassing();
    }

    /** Commits what waits, within {@code patience}, and ends. */
    public void close(Duration patience) {
        recoveryLoop.cease(); // its calls need the lanes
        for (CommitLane lane : allLanes()) {
            lane.drain(patience);
            lane.close();
        }
        claimLoop.close();
        heartbeatLoop.close();
        presence.end();
        recoveryLoop.close();
        hintSendLoop.cease();
        hintListenLoop.cease();
        hints.close();
        hintSendLoop.close();
        hintListenLoop.close();
        trimLoop.close();
        retentionLoop.close();
        auditLoop.close();
        foldLoop.close();
        stalenessLoop.close();
        bus.close();
        connections.forEach(DedicatedConnection::close);
        readers.shutdownNow();
    }
}
