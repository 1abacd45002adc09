package dev.tasker.workerprocess;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.template.PublishedEvent;
import dev.tasker.template.TaskTemplate;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerListener;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.RemoteWorkSource;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker with its own listeners, REST and gRPC (04 §1). Started when {@link #start} returns; stopped by {@link #close()}: readiness drops, no further
 * steps are taken, running handlers get the drain time and are then interrupted and reported as {@code worker_shutdown}, results are
 * waited for, leases given back, and the listeners are closed last. Thread-safe.
 */
public final class WorkerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

    private final WorkerProcessConfig config;
    private final WorkerConfig workerConfig;
    private final WorkerRuntime runtime;
    private final TemplateRegistration registration;
    private final InstantSource clock = InstantSource.system();
    private final Instant startedAt = clock.instant();
    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private final WorkerFigures figures = new WorkerFigures(metrics, System::nanoTime, clock);
    private final WorkerPorts ports;
    private volatile WorkerStatus status = WorkerStatus.STARTING;

    private WorkerProcess(
            WorkerProcessConfig config,
            WorkerPorts ports,
            RemoteWorkSource source,
            HandlerRegistry handlers,
            PublisherRegistry publishers,
            SubscriberRegistry subscribers,
            TemplateRegistration registration,
            List<WorkerListener> listeners) {
        this.config = config;
        this.ports = ports;
        this.registration = registration;
        this.workerConfig = workerConfig(config);
        WorkerListener[] all =
                Stream.concat(Stream.of(figures), listeners.stream()).toArray(WorkerListener[]::new);
        this.runtime = WorkerRuntime.start(source, handlers, publishers, subscribers, workerConfig, all);
    }

    /**
     * Starts a worker: who may ask it, its listeners' addresses, its session, its templates' registration, its listeners.
     *
     * @param source stays the caller's to close, after this worker
     * @param handlers what it runs, with the templates' steps served
     * @param publishers make payloads of domain events
     * @param subscribers hear events of others
     * @param templates those it tells of, and registers with the server
     * @param listeners hear what happens, besides its own figures
     * @throws dev.tasker.server.StartupException when an address cannot be had
     * @throws dev.tasker.server.config.ConfigException when authentication or TLS cannot work as configured
     */
    public static WorkerProcess start(
            WorkerProcessConfig config,
            RemoteWorkSource source,
            HandlerRegistry handlers,
            PublisherRegistry publishers,
            SubscriberRegistry subscribers,
            Collection<TaskTemplate> templates,
            WorkerListener... listeners) {
        WorkerPorts ports = WorkerPorts.prepare(config);
        warnOfMissing(publishers, templates);
        TemplateRegistration registration = new TemplateRegistration(source, List.copyOf(templates));
        WorkerProcess process = new WorkerProcess(
                config, ports, source, handlers, publishers, subscribers, registration, List.of(listeners));
        try {
            registration.start();
            ports.start(process.services(handlers, templates));
            process.status = WorkerStatus.RUNNING;
            LOG.info(
                    "Worker {} runs with {} slots: REST {}, gRPC {}",
                    process.workerConfig.name(),
                    process.workerConfig.slots(),
                    process.restUrl().map(URI::toString).orElse("off"),
                    process.grpcPort().stream()
                            .boxed()
                            .map(String::valueOf)
                            .findFirst()
                            .orElse("off"));
            return process;
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** Says at the start what would only show in an event's payload (04 §6.4, 09 K6). */
    private static void warnOfMissing(PublisherRegistry publishers, Collection<TaskTemplate> templates) {
        List<String> wanted = templates.stream()
                .flatMap(template -> template.steps().stream())
                .flatMap(step -> step.publishesEvents().stream())
                .map(PublishedEvent::publisher)
                .filter(Objects::nonNull)
                .toList();
        publishers
                .validateRequiredPublishers(wanted)
                .forEach(name -> LOG.warn("No publisher {}: its events get the default payload", name));
    }

    private static WorkerConfig workerConfig(WorkerProcessConfig config) {
        WorkerConfig defaults = WorkerConfig.defaults();
        String name = config.workerId();
        return defaults.withName(name == null ? defaults.name() : name)
                .withSlots(config.slots())
                .withHandlerTimeout(config.handlerTimeout())
                .withDrainTimeout(config.drainTimeout());
    }

    private WorkerServices services(HandlerRegistry handlers, Collection<TaskTemplate> templates) {
        String environment = config.environment().text();
        ServedTemplates served = new ServedTemplates(templates, environment);
        WorkerIdentity identity = new WorkerIdentity(
                workerConfig.name(),
                config.workerType(),
                TaskerServer.version(),
                environment,
                namespaces(handlers, served),
                handlers.keys().stream()
                        .map(key -> key.namespace() + "/" + key.callable())
                        .sorted()
                        .toList());
        registerStanding(identity);
        return new WorkerServices(
                new WorkerProbes(new WorkerHealth(this::standing), identity, clock, startedAt),
                new TemplateShelf(served, identity, clock, startedAt),
                handlers,
                new ShownConfig(config.auth(), identity, clock),
                new MetricsReplies(
                        metrics,
                        figures,
                        runtime::eventStatistics,
                        runtime::subscriberStatistics,
                        identity,
                        clock,
                        startedAt),
                clock);
    }

    private static List<String> namespaces(HandlerRegistry handlers, ServedTemplates served) {
        return Stream.concat(
                        handlers.keys().stream()
                                .filter(key -> !key.isWildcard())
                                .map(HandlerKey::namespace),
                        served.all().stream().map(TaskTemplate::namespace))
                .distinct()
                .sorted()
                .toList();
    }

    private WorkerHealth.Standing standing() {
        return new WorkerHealth.Standing(
                status,
                runtime.isConnected(),
                workerConfig.slots(),
                runtime.slotsTaken(),
                runtime.statistics().quarantined(),
                runtime.credit(),
                figures.underWay().waiting().values().stream()
                        .mapToLong(Double::longValue)
                        .sum(),
                figures.outcomes().errorPercent(),
                registration.progress());
    }

    /** Series that say how the worker stands, read when somebody asks. */
    private void registerStanding(WorkerIdentity identity) {
        Instruments instruments = new Instruments(metrics);
        instruments.labels(
                "target_info",
                "Who this is",
                Labels.of(
                        "service_name",
                        "tasker-worker",
                        "service_version",
                        identity.version(),
                        "deployment_environment",
                        identity.environment()));
        instruments.labels(
                "tasker_worker_info",
                "The worker",
                Labels.of("version", identity.version(), "worker_id", identity.id(), "worker_type", identity.type()));
        instruments.gauge("tasker_worker_uptime_seconds", "Seconds since the start", () ->
                (double) (clock.instant().getEpochSecond() - startedAt.getEpochSecond()));
        instruments.gauge("tasker_worker_db_pool_size", "Connections to a database; a worker has none", () -> 0);
        instruments.gauge(
                "tasker_worker_connected",
                "1 while the server hears the worker",
                () -> standing().connected() ? 1 : 0);
        instruments.gauge("tasker_worker_slots", "Handlers that may run at once", workerConfig::slots);
        instruments.gauge("tasker_worker_slots_in_use", "Slots taken now", runtime::slotsTaken);
        instruments.gauge("tasker_worker_credit", "Slots that the server may fill now", runtime::credit);
        instruments.gauge(
                "tasker_worker_abandoned_handlers", "Handlers that do not end though they are interrupted", () ->
                        (double) standing().abandoned());
        instruments.health(() -> new WorkerHealth(this::standing).all());
    }

    /** Where the worker's REST is, empty when it is switched off or closed. */
    public Optional<URI> restUrl() {
        return ports.restUrl();
    }

    /** The port of the worker's gRPC, empty when it is switched off or closed. */
    public OptionalInt grpcPort() {
        return ports.grpcPort();
    }

    /** Makes {@link #close()} wait no longer for running handlers. */
    public void stopWaiting() {
        LOG.info("Worker {} interrupts what still runs", workerConfig.name());
        runtime.stopWaiting();
    }

    /** Stops in the order above. A second call does nothing; takes at most the drain time and ten seconds. */
    @Override
    public synchronized void close() {
        if (status == WorkerStatus.STOPPED) {
            return;
        }
        status = WorkerStatus.STOPPING;
        ports.stopServing();
        registration.close();
        int running = runtime.slotsTaken();
        if (running > 0) {
            LOG.info("Worker {} stops: {} handlers get {} to end", workerConfig.name(), running, config.drainTimeout());
        }
        runtime.close();
        status = WorkerStatus.STOPPED;
        ports.close();
    }
}
