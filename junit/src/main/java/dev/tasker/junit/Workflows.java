package dev.tasker.junit;

import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.Creation;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.StalenessConfig;
import dev.tasker.engine.TaskRequest;
import dev.tasker.server.embedded.InProcessWorkSource;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.EventPublisher;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.resolve.TemplateHandlers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs templates with the handlers under test, as a static field with {@code @RegisterExtension}. Each test class gets a database of its own
 * on a PostgreSQL that is started once per JVM; after each test the database is audited. Time is the database's and jumps whenever a task
 * only waits for a retry, so that days of back-off take milliseconds. Thread-safe.
 */
public final class Workflows implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SLOTS = 10;

    /** Looks at the database twenty times a second; delays are exact; nobody is called stale. */
    private static final EngineConfig CONFIG = EngineConfig.DEFAULT
            .withDispatch(new DispatchConfig(false, Duration.ofMillis(50), 64, 64L << 20))
            .withLeases(new LeaseConfig(Duration.ofSeconds(6), Duration.ofSeconds(1), Duration.ZERO))
            .withBackoff(new BackoffConfig(Duration.ofSeconds(1), 2.0, Duration.ofHours(1), 0))
            .withStaleness(StalenessConfig.DEFAULT.disabled());

    private final HandlerRegistry handlers;
    private final PublisherRegistry publishers = new PublisherRegistry();
    private final List<TaskTemplate> templates = new ArrayList<>();
    private String environment = "test";
    private @Nullable Bench bench;

    /** What stands while a test class runs. */
    private record Bench(TestDatabase database, Engine engine, WorkerRuntime worker, EventLog events) {}

    private Workflows(HandlerRegistry handlers) {
        this.handlers = handlers;
    }

    /** Workflows whose steps these handlers run. */
    public static Workflows with(HandlerRegistry handlers) {
        return new Workflows(handlers);
    }

    /**
     * Adds a template in YAML.
     *
     * @throws dev.tasker.template.TemplateException when it cannot be used
     */
    public Workflows template(String yaml) {
        templates.add(TemplateParser.parse("template", yaml).template());
        return this;
    }

    /** Adds a template in a file. */
    public Workflows template(Path file) {
        try {
            templates.add(TemplateParser.parse(file.toString(), Files.readString(file))
                    .template());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a publisher of domain events. */
    public Workflows publisher(EventPublisher publisher) {
        publishers.register(publisher);
        return this;
    }

    /** Runs the templates as in this environment, {@code test} unless told otherwise. */
    public Workflows environment(String name) {
        environment = name;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        TestDatabase database = DatabaseExtension.database(context);
        Engine engine = Engine.open(database.dataSource(), CONFIG);
        EventLog events = EventLog.open(engine, database);
        templates.forEach(template -> engine.register(template.withEnvironment(environment)));
        TemplateHandlers.of(templates, handlers).serve(handlers, true);
        WorkerRuntime worker = WorkerRuntime.start(
                new InProcessWorkSource(engine),
                handlers,
                publishers,
                WorkerConfig.defaults().withName("test-worker").withSlots(SLOTS));
        bench = new Bench(database, engine, worker, events);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<TestDatabase.Finding> findings = bench().database().audit();
        if (!findings.isEmpty() && context.getExecutionException().isEmpty()) {
            throw new AssertionError("the auditor found " + findings.size() + " faults, the first: "
                    + findings.getFirst() + " (this is a defect of Tasker)");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Bench standing = bench();
        standing.worker().close(Duration.ZERO);
        standing.engine().close();
        bench = null;
    }

    /**
     * Runs the only template there is, from its creation until nothing can happen any more without a person: complete, cancelled, failed or
     * blocked by a failed step.
     *
     * @param contextJson the task's context, a JSON object
     */
    public WorkflowRun run(String contextJson) {
        if (templates.size() != 1) {
            throw new IllegalStateException(
                    templates.size() + " templates (expected: one, or the name of the one to run)");
        }
        return run(templates.getFirst(), contextJson);
    }

    /** As {@link #run(String)}, of the template with this name. */
    public WorkflowRun run(String name, String contextJson) {
        return run(
                templates.stream()
                        .filter(template -> template.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("template: '" + name + "' (expected: one of "
                                + templates.stream().map(TaskTemplate::name).toList() + ")")),
                contextJson);
    }

    private WorkflowRun run(TaskTemplate template, String contextJson) {
        TaskRequest request = TaskRequest.of(template.namespace(), template.name(), template.version(), contextJson)
                .withIdempotencyKey(UUID.randomUUID().toString()); // equal contexts are different runs
        Bench standing = bench();
        UUID task = create(standing.engine(), request);
        Duration waited = new Clock(standing.engine(), standing.database()).runOut(task, PATIENCE);
        return WorkflowRun.of(standing.engine(), task, waited, standing.events());
    }

    private static UUID create(Engine engine, TaskRequest request) {
        try {
            Creation creation = engine.create(request).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return creation.taskUuid();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while creating a task", e);
        } catch (ExecutionException e) {
            throw new AssertionError("task not created: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError("task not created within " + PATIENCE, e);
        }
    }

    private Bench bench() {
        Bench standing = bench;
        if (standing == null) {
            throw new IllegalStateException("Workflows belong into a static field with @RegisterExtension");
        }
        return standing;
    }
}
