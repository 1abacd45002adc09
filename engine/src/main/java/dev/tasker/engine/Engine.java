package dev.tasker.engine;

import dev.tasker.engine.internal.NodeParts;
import dev.tasker.engine.internal.lane.Command;
import dev.tasker.engine.internal.session.LiveSession;
import dev.tasker.engine.internal.session.LiveSession.Held;
import dev.tasker.engine.internal.sql.Database;
import dev.tasker.engine.internal.step.StepKey;
import dev.tasker.engine.internal.task.NewTask;
import dev.tasker.engine.internal.task.TaskUuids;
import dev.tasker.engine.internal.template.RegisteredTemplate;
import dev.tasker.engine.meter.Instrument;
import dev.tasker.template.TaskTemplate;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One node of the engine: creates tasks, leases their steps to sessions, records results and everything that follows. Any number of nodes
 * work on one database as equals. Thread-safe; the schema must be current ({@link Migrations}).
 */
public final class Engine implements AutoCloseable {
    private final NodeParts parts;

    private Engine(NodeParts parts) {
        this.parts = parts;
    }

    /**
     * Opens a node.
     *
     * @param pool connections for reads and catalogue changes; a pool, in production
     * @param listener hears what this node changes
     * @param direct physical connections for lanes, claims, heartbeats and recovery, which are kept: {@link #keptConnections}
     */
    public static Engine open(DataSource pool, DataSource direct, EngineConfig config, EngineListener listener) {
        return new Engine(NodeParts.start(pool, direct, config, listener));
    }

    /**
     * How many connections of {@code direct} a node keeps, once it has used them all: one per lane, and one each for bulk work, claims,
     * heartbeat, recovery, sending hints and, if it listens, hearing them.
     */
    public static int keptConnections(EngineConfig config) {
        return config.lanes().lanes() + 5 + (config.dispatch().listen() ? 1 : 0);
    }

    /** Opens a node that takes all its connections from one source. */
    public static Engine open(DataSource dataSource, EngineConfig config) {
        return open(dataSource, dataSource, config, EngineListener.NONE);
    }

    /**
     * Registers a template whose environment overlay is applied ({@link TaskTemplate#withEnvironment}). The same document again changes
     * nothing; another document under the same version is what new tasks start with from now on, unless {@link
     * EngineConfig#replacesTemplates} says no (06 §18). Fails with {@link EngineException}: {@link ErrorCode#INVALID_TEMPLATE}, {@link
     * ErrorCode#TEMPLATE_CHANGED}, {@link ErrorCode#DATABASE_UNAVAILABLE}.
     */
    public RegisteredVersion register(TaskTemplate template) {
        RegisteredTemplate registered = parts.templates().register(template);
        return new RegisteredVersion(
                template.namespace(),
                template.name(),
                template.version(),
                registered.plan().contentHash());
    }

    /** All registered templates, or those of one namespace, by namespace, name and version. */
    public List<TemplateSummary> templates(@Nullable String namespace) {
        return parts.templates().list(namespace);
    }

    /** The document that new tasks of this template start with, empty when there is none. */
    public Optional<TaskTemplate> template(String namespace, String name, String version) {
        try {
            return Optional.of(
                    parts.templates().current(namespace, name, version).plan().template());
        } catch (EngineException e) {
            if (e.code() == ErrorCode.TEMPLATE_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Creates a task with its initial steps; the root steps are enqueued in the same transaction. Fails with {@link
     * EngineException}: {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#TEMPLATE_NOT_FOUND}, {@link ErrorCode#OVERLOADED},
     * {@link ErrorCode#DATABASE_UNAVAILABLE}. After the last it may exist: the same identity asked for again tells.
     */
    public CompletableFuture<Creation> create(TaskRequest request) {
        long began = System.nanoTime();
        CompletableFuture<Creation> answer = new CompletableFuture<>();
        try {
            NewTask task = parts.admission().admit(request);
            parts.laneOf(task.uuid(), task.template().initialSteps()).submit(new Command.Create(task, answer));
            return answer.whenComplete((creation, _) -> {
                if (creation != null) {
                    parts.counters().created(creation);
                    parts.meters().created(task, creation instanceof Creation.Created, System.nanoTime() - began);
                }
            });
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Carries out what an operator decided about a step, and evaluates its task in the same transaction: what the task withheld while it was
     * blocked starts, and a task given up begins anew once none of its steps is in error. A decision or batchable step that is completed by
     * hand adds the steps its result asks for, like a worker's; a result that asks for what cannot be added is refused. Fails with {@link EngineException}: {@link
     * ErrorCode#INVALID_REQUEST}, {@link ErrorCode#OVERLOADED}, {@link ErrorCode#DATABASE_UNAVAILABLE}. After the last it may have been
     * done: the step tells.
     */
    public CompletableFuture<ActionOutcome> operate(UUID taskUuid, UUID stepUuid, StepAction action) {
        try {
            return parts.operators().operate(taskUuid, stepUuid, action);
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Cancels a task with every step that has not ended. Workers that run one are told at once or with their next heartbeat; what they
     * still report is refused. Fails like {@link #operate}.
     */
    public CompletableFuture<ActionOutcome> cancel(UUID taskUuid, Cancellation cancellation) {
        try {
            return parts.cancellations().cancel(taskUuid, cancellation);
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Cancels up to 100 000 tasks, each in a transaction of its own or with a few others, at a pace that leaves the database to running
     * tasks. Fails like {@link #operate}; tasks cancelled until then stay so, and asked again are refused.
     */
    public CompletableFuture<Map<UUID, ActionOutcome>> cancel(Collection<UUID> taskUuids, Cancellation cancellation) {
        try {
            return parts.cancellations().cancel(taskUuids, cancellation);
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Puts a task that was given up back to work, if none of its steps is in error: what it withheld starts, and its staleness clocks begin
     * anew (01 §2.3, §5.5). The way out for a task that was only waiting too long; one with failed steps goes on with the repair of the
     * last. Fails like {@link #operate}, but at once.
     *
     * @param reason at most 2 000 characters
     */
    public ActionOutcome reopen(UUID taskUuid, String reason, Operator operator) {
        return parts.staleness().reopener().reopen(taskUuid, reason, operator);
    }

    /** The task and its steps, empty for an unknown uuid. */
    public Optional<TaskView> task(UUID taskUuid) {
        return parts.reads().tasks().task(taskUuid);
    }

    /** The steps of a task in order of creation; none for an unknown uuid. */
    public List<StepView> steps(UUID taskUuid) {
        return parts.reads().tasks().steps(taskUuid);
    }

    /** The step, empty for an unknown uuid. */
    public Optional<StepView> step(UUID stepUuid) {
        return parts.reads().tasks().step(new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid)));
    }

    /** What was reported of the step and what operators did to it, newest first; with its name, because steps do not change theirs. */
    public List<StepAudit> audit(StepView step) {
        return parts.reads().audits().of(step.taskUuid(), step.stepUuid(), step.name());
    }

    /** The namespace of the task that a step belongs to, empty for a step of no task. */
    public Optional<String> namespaceOf(UUID stepUuid) {
        return parts.reads().tasks().namespace(TaskUuids.taskOf(stepUuid));
    }

    /** Tasks newest first, a page of them, with the total; without their steps. */
    public TaskPage tasks(TaskFilter filter, TaskPage.Request page) {
        return parts.reads().lister().list(filter, page);
    }

    /** The derived statuses (01 §3.3) of those of the tasks that exist. */
    public Map<UUID, ExecutionStatus> executionContexts(Collection<UUID> taskUuids) {
        return parts.reads().lister().contexts(taskUuids);
    }

    /** Summaries (01 §3.10) of those of the tasks that exist, by uuid. */
    public List<TaskSummary> summaries(Collection<UUID> taskUuids) {
        return parts.reads().lister().summaries(taskUuids);
    }

    /** Forgets the saved progress of a step that is not running; whether there was any. Its next attempt begins anew (02 §7.5). */
    public boolean clearCheckpoint(UUID stepUuid) {
        return parts.reads().checkpoints().clear(new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid)));
    }

    /** Why the task is not finished: a reason for every step that is not. Empty for an unknown uuid. One snapshot, for people. */
    public Optional<TaskExplanation> why(UUID taskUuid) {
        return parts.reads().explainer().explain(taskUuid);
    }

    /** The task's state now, and from where on its changes come later; empty for an unknown uuid. One row is read. */
    public Optional<TaskMoment> moment(UUID taskUuid) {
        return parts.reads().changes().moment(taskUuid);
    }

    /**
     * What changed in a task, at least all that its moment with this cursor did not show; what other transactions wrote at that time may
     * come again. In order of time, the steps' changes before the task's that follow from them. Costs as much as the task's history.
     *
     * @param cursor of a {@link TaskMoment}; 0 for everything
     */
    public List<TaskChange> changes(UUID taskUuid, long cursor) {
        return parts.reads().changes().changes(taskUuid, cursor);
    }

    /**
     * What changed in the tasks of a namespace after a transaction, for those who keep their place themselves. A change comes only when
     * nothing can appear before it any more: while a transaction that began earlier has not ended, none.
     *
     * @param after {@link TaskChangeBatch#upTo()} of the batch before; 0 for everything there is
     * @param walk about how many changes, of all namespaces, to look at, 1 to 10 000
     */
    public TaskChangeBatch changesOf(String namespace, long after, int walk) {
        if (walk < 1 || walk > 10_000) {
            throw new EngineException(ErrorCode.INVALID_REQUEST, "walk: " + walk + " (expected: 1 to 10000)");
        }
        return parts.reads().changes().ofNamespace(namespace, after, walk);
    }

    /** Opens a session for a worker. It is given nothing until it grants slots. */
    public Session openSession(SessionRequest request, AssignmentListener listener) {
        return new EngineSession(parts.openSession(request, listener));
    }

    /**
     * Takes over leases whose worker was connected to another node, or to this one before it was restarted: from now on the new session
     * renews them, and the listener gets the assignment of each once more, to know what it holds. Blocks.
     *
     * @param leases tokens by step
     * @throws EngineException when the database cannot be reached; the leases are where they were, and can be asked for again
     */
    public Adoption adopt(SessionRequest request, AssignmentListener listener, Map<UUID, Integer> leases) {
        LiveSession session = parts.openDrained(request, listener);
        Set<UUID> kept = parts.adopt(session, leases);
        return new Adoption(new EngineSession(session), kept);
    }

    /**
     * The leases of a session, of whichever node, as the database knows them: tokens by step; empty for one it does not know. For a worker
     * that has come back and does not hold all of them: what it never heard of it may give back. Blocks.
     */
    public Map<UUID, Integer> leasesOf(UUID session) {
        return parts.leasesOf(session);
    }

    /** Domain events, for those who hear them. */
    public DomainEvents domainEvents() {
        return new DomainEvents(
                parts.events().outbox(), parts.events().bus(), parts.events().counters());
    }

    /**
     * Creates partitions ahead, lets old periods leave and looks for what keeps dead rows, now; a node does the same by itself, every ten
     * minutes. Whether nothing is left to carry on, such as a period that somebody still reads. Fails with {@link EngineException}: {@link
     * ErrorCode#DATABASE_UNAVAILABLE}.
     */
    public boolean maintain() {
        try {
            return parts.retention().runWhole();
        } catch (SQLException e) {
            throw Database.translated(e);
        }
    }

    /** Figures about all tasks: health, performance, bottlenecks. */
    public Analytics analytics() {
        return new Analytics(parts.analytics());
    }

    /** The dead-letter queue, and what watches over stale tasks. */
    public DeadLetters deadLetters() {
        return new DeadLetters(
                parts.staleness().letters(),
                parts.staleness().sweeper(),
                parts.staleness().counters());
    }

    /** Figures of this node, now. */
    public EngineMetrics metrics() {
        return parts.metrics(EngineMetrics.Lane::of);
    }

    /** What this node measured since it was opened, under the names of 03 §4. */
    public List<Instrument> instruments() {
        return parts.instruments();
    }

    /** What this node counted about decisions and batches. */
    public GraphMetrics graphMetrics() {
        return parts.expander().metrics();
    }

    /** Whether the database answered the last call and nothing is refused; cheap, touches no connection. */
    public boolean isHealthy() {
        return parts.isHealthy();
    }

    /** Stops taking commands, commits those that wait, and ends all threads; leases of open sessions run out. */
    @Override
    public void close() {
        parts.close(Duration.ofSeconds(10));
    }

    private final class EngineSession implements Session {
        private final LiveSession live;

        private EngineSession(LiveSession live) {
            this.live = live;
        }

        @Override
        public UUID uuid() {
            return live.uuid();
        }

        @Override
        public void grant(int slots) {
            if (slots < 0) {
                throw new EngineException(ErrorCode.INVALID_REQUEST, "slots: " + slots + " (expected: >= 0)");
            }
            live.addSlots(slots);
            parts.slotsFreed();
        }

        @Override
        public void withdraw(int slots) {
            if (slots < 0) {
                throw new EngineException(ErrorCode.INVALID_REQUEST, "slots: " + slots + " (expected: >= 0)");
            }
            live.addSlots(-slots);
        }

        @Override
        public CompletableFuture<Completion> complete(Assignment assignment, StepResult result) {
            return complete(assignment.stepUuid(), assignment.leaseToken(), result);
        }

        @Override
        public CompletableFuture<Completion> complete(UUID stepUuid, int leaseToken, StepResult result) {
            StepKey step = new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid));
            long began = System.nanoTime();
            CompletableFuture<Completion> answer = new CompletableFuture<>();
            try {
                parts.submit(parts.results().command(live, step, leaseToken, result, answer));
            } catch (EngineException e) {
                answer.completeExceptionally(e);
            }
            return answer.whenComplete((completion, _) -> {
                parts.counters().completed(completion);
                parts.meters().reported(result.success(), completion, System.nanoTime() - began);
            });
        }

        @Override
        public CompletableFuture<Completion> checkpoint(UUID stepUuid, int leaseToken, Checkpoint checkpoint) {
            StepKey step = new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid));
            Held held = live.held(step);
            if (checkpoint.yields() && (held == null || held.token() != leaseToken)) {
                return checkpoint(stepUuid, leaseToken, checkpoint.kept())
                        .thenCompose(saved -> saved == Completion.ACCEPTED
                                ? reject(stepUuid, leaseToken)
                                : CompletableFuture.completedFuture(saved));
            }
            if (checkpoint.yields() && held != null) {
                held.reported();
            }
            CompletableFuture<Completion> answer = new CompletableFuture<>();
            try {
                parts.laneOf(step.task(), 0).submit(new Command.Checkpoint(live, step, leaseToken, checkpoint, answer));
            } catch (EngineException e) {
                answer.completeExceptionally(e);
            }
            return answer;
        }

        @Override
        public CompletableFuture<Completion> reject(UUID stepUuid, int leaseToken) {
            StepKey step = new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid));
            CompletableFuture<Completion> answer = new CompletableFuture<>();
            try {
                parts.laneOf(step.task(), 0).submit(new Command.Reject(live, step, leaseToken, false, answer));
            } catch (EngineException e) {
                answer.completeExceptionally(e);
            }
            return answer;
        }

        @Override
        public CompletableFuture<Completion> unhandled(UUID stepUuid, int leaseToken) {
            StepKey step = new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid));
            CompletableFuture<Completion> answer = new CompletableFuture<>();
            parts.unhandled().giveBack(live, step, leaseToken, answer);
            return answer;
        }

        @Override
        public CompletableFuture<List<EventPublication>> publish(
                UUID stepUuid, int leaseToken, List<HandlerEvent> events) {
            if (events.isEmpty() || events.size() > EVENTS_MAX) {
                throw new EngineException(
                        ErrorCode.INVALID_REQUEST, "events: " + events.size() + " (expected: 1 to " + EVENTS_MAX + ")");
            }
            StepKey step = new StepKey(TaskUuids.taskOf(stepUuid), TaskUuids.indexOf(stepUuid));
            return parts.publish(live, step, leaseToken, events);
        }

        @Override
        public void heartbeat() {
            parts.heartbeat(live);
        }

        @Override
        public void drain() {
            parts.drain(live);
        }

        @Override
        public void close() {
            parts.closeSession(live);
        }
    }
}
