package dev.tasker.testkit;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.Creation;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.StepView;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskView;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * An engine for a test, with a namespace of its own: what other tests left in the database is not offered to its workers. Leases of its
 * workers last an hour of the database's time and run out when the test says so; after a jump of the clock expiry pauses for a tenth of
 * a second only.
 */
public final class TestNode implements AutoCloseable {
    /** Looks at the database twenty times a second, retries without jitter, listens to nobody, sweeps when told. */
    public static final EngineConfig CONFIG = EngineConfig.DEFAULT
            .withDispatch(new DispatchConfig(false, Duration.ofMillis(50), 64, 64L << 20))
            .withLeases(new LeaseConfig(Duration.ofMillis(100), Duration.ofMillis(33), Duration.ZERO))
            .withBackoff(new BackoffConfig(Duration.ofSeconds(1), 2.0, Duration.ofHours(1), 0))
            .withStaleness(StalenessConfig.DEFAULT.disabled());

    /** How long a lease lasts. */
    public static final Duration LEASE = Duration.ofHours(1);

    private final TestDatabase database;
    private final Engine engine;
    private final String namespace;

    private TestNode(TestDatabase database, Engine engine, String namespace) {
        this.database = database;
        this.engine = engine;
        this.namespace = namespace;
    }

    public static TestNode open(TestDatabase database) {
        return open(database, CONFIG);
    }

    public static TestNode open(TestDatabase database, EngineConfig config) {
        return open(database, config, database.dataSource(), EngineListener.NONE);
    }

    /** A node whose lanes and loops get their connections from {@code direct}, such as one with faults; {@code listener} hears it. */
    public static TestNode open(
            TestDatabase database, EngineConfig config, DataSource direct, EngineListener listener) {
        return open(database, config, database.dataSource(), direct, listener);
    }

    /** A node that gets all its connections from elsewhere, such as through a proxy or as another user. */
    public static TestNode open(
            TestDatabase database, EngineConfig config, DataSource pool, DataSource direct, EngineListener listener) {
        String namespace = "n" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        return open(database, config, namespace, pool, direct, listener);
    }

    /** A node of a namespace that others may share; {@code pool} is for its reads. */
    public static TestNode open(
            TestDatabase database,
            EngineConfig config,
            String namespace,
            DataSource pool,
            DataSource direct,
            EngineListener listener) {
        return new TestNode(database, Engine.open(pool, direct, config, listener), namespace);
    }

    /** Another node on the same database, with the same namespace. */
    public TestNode another() {
        return another(CONFIG);
    }

    public TestNode another(EngineConfig config) {
        return new TestNode(database, Engine.open(database.dataSource(), config), namespace);
    }

    public Engine engine() {
        return engine;
    }

    public String namespace() {
        return namespace;
    }

    /** Registers a template of these steps, written as {@link TemplateFixture} says. */
    public TemplateFixture template(String name, String... steps) {
        return register(TemplateFixture.of(namespace, name, steps));
    }

    /** A template to be registered later. */
    public TemplateFixture draft(String name, String... steps) {
        return TemplateFixture.of(namespace, name, steps);
    }

    public TemplateFixture register(TemplateFixture fixture) {
        engine.register(fixture.template());
        return fixture;
    }

    /** A worker for everything in the namespace. */
    public HandDrivenWorker worker(int slots) {
        return worker(slots, HandlerKey.ANY);
    }

    /** A worker for these callables of the namespace. Its leases are renewed only by {@code session().heartbeat()}. */
    public HandDrivenWorker worker(int slots, String... callables) {
        return worker(
                slots,
                new SessionRequest(
                        "worker",
                        Arrays.stream(callables)
                                .map(callable -> new HandlerKey(namespace, callable))
                                .toList(),
                        false));
    }

    /** A worker as requested, with leases as long as {@link #LEASE}. */
    public HandDrivenWorker worker(int slots, SessionRequest request) {
        HandDrivenWorker worker = HandDrivenWorker.open(engine, request);
        database.query(
                "UPDATE tasker.worker_sessions SET lease_duration = ? * interval '1 s', expires_at ="
                        + " tasker.engine_now() + ? * interval '1 s' WHERE session_uuid = ? RETURNING session_id",
                LEASE.toSeconds(),
                LEASE.toSeconds(),
                worker.uuid());
        return slots == 0 ? worker : worker.grant(slots);
    }

    /** Lets the leases of a worker run out now, as if it had been silent. */
    public void runOut(HandDrivenWorker worker) {
        database.query(
                "UPDATE tasker.worker_sessions SET expires_at = tasker.engine_now() - interval '1 s'"
                        + " WHERE session_uuid = ? RETURNING session_id",
                worker.uuid());
    }

    /** Creates the task, which must not exist. */
    public UUID create(TaskRequest request) {
        Creation creation = HandDrivenWorker.answer(engine.create(request));
        if (creation instanceof Creation.Created created) {
            return created.taskUuid();
        }
        throw new AssertionError(creation + " (expected: Created)");
    }

    /** Creates a task with an empty context. */
    public UUID create(TemplateFixture template) {
        return create(template.request("{}"));
    }

    public TaskView task(UUID task) {
        return engine.task(task).orElseThrow(() -> new AssertionError("task " + task + " (expected: to exist)"));
    }

    /** The steps of a task by name. */
    public Map<String, StepView> steps(UUID task) {
        return engine.steps(task).stream().collect(Collectors.toMap(StepView::name, Function.identity()));
    }

    /** The step of that name. */
    public StepView step(UUID task, String name) {
        StepView step = steps(task).get(name);
        if (step == null) {
            throw new AssertionError(name + " (expected: one of " + steps(task).keySet() + ")");
        }
        return step;
    }

    /** {@code name=state} of each step, in order of creation. */
    public List<String> states(UUID task) {
        return engine.steps(task).stream()
                .map(step -> step.name() + "=" + step.state().text())
                .toList();
    }

    @Override
    public void close() {
        engine.close();
    }
}
