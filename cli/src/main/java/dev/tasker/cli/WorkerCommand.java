package dev.tasker.cli;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.TelemetryConfig;
import dev.tasker.server.config.Variables;
import dev.tasker.server.config.WorkerConfigLoader;
import dev.tasker.server.config.WorkerLinkConfig;
import dev.tasker.server.config.WorkerProcessConfig;
import dev.tasker.server.telemetry.Tracing;
import dev.tasker.template.Finding;
import dev.tasker.template.Severity;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateLocation;
import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.worker.remote.WorkerCredential;
import dev.tasker.worker.remote.WorkerTls;
import dev.tasker.worker.resolve.TemplateHandlers;
import dev.tasker.workerprocess.WorkerProcess;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tasker worker}: a worker process on a server's gRPC or REST port, until SIGTERM. */
@Command(
        name = "worker",
        description = "Runs a worker that takes steps from a server over gRPC or HTTP.",
        mixinStandardHelpOptions = true)
final class WorkerCommand implements Callable<Integer> {
    private static final String SERVER = "127.0.0.1:9190";

    private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "TOML file; default: $TASKER_CONFIG_PATH, or none. Options go before it.")
    private @Nullable Path configFile;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            description =
                    "The server's gRPC address, or http://HOST:PORT or https://HOST:PORT of its REST port, which is"
                            + " then polled. Default: worker.orchestration_client.base_url, or " + SERVER)
    private @Nullable String stated;

    @Option(
            names = "--port",
            description =
                    "Port of this worker's own REST; 0 for any free one. Default: that of $TASKER_WEB_BIND_ADDRESS"
                            + " or the file, or 8081.")
    private @Nullable Integer port;

    @Option(
            names = "--grpc-port",
            description = "Port of this worker's own gRPC; 0 for any free one. Default: that of"
                    + " $TASKER_WORKER_GRPC_BIND_ADDRESS or the file, or 9191.")
    private @Nullable Integer grpcPort;

    @Option(
            names = "--packages",
            paramLabel = "PACKAGE",
            split = ",",
            description = "Packages with your handlers: annotated classes, and classes that callables name.")
    private List<String> packages = List.of();

    @Option(
            names = "--class-path",
            paramLabel = "PATH",
            description = "A jar or folder with your classes, or several joined by ':'. Can be repeated.")
    private List<String> classPath = List.of();

    @Option(
            names = "--handlers",
            description = "Handlers that come with Tasker: ${COMPLETION-CANDIDATES}. Default: demo, unless there are"
                    + " packages.")
    private @Nullable BundledHandlers handlers;

    @Option(
            names = "--templates",
            paramLabel = "PATH",
            description =
                    "Folder or file with templates this worker is to serve and to register. Can be repeated. Default:"
                            + " $TASKER_TEMPLATE_PATH, else config/tasks below $WORKSPACE_PATH, the project or here.")
    private List<Path> templates = List.of();

    @Option(
            names = "--strict-handlers",
            negatable = true,
            arity = "0",
            description = "Do not start when a step of these templates has no handler. Default: in production.")
    private @Nullable Boolean strictHandlers;

    @Option(
            names = "--slots",
            description = "Steps that run at once. Default: worker.mpsc_channels.handler_dispatch"
                    + ".max_concurrent_handlers, or 10, in production 50.")
    private @Nullable Integer slots;

    @Option(names = "--name", description = "What operators call this worker. Default: $TASKER_WORKER_ID, or made up.")
    private @Nullable String name;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Token to show the server, read again for every connection. Default: $TASKER_WORKER_AUTH_TOKEN,"
                            + " $TASKER_AUTH_TOKEN, or the key in $TASKER_API_KEY.")
    private @Nullable Path tokenFile;

    @Option(names = "--tls", description = "Connect with TLS, trusting the authorities that the platform trusts.")
    private boolean tls;

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "Connect with TLS, trusting this authority (PEM).")
    private @Nullable Path tlsCa;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "This worker's certificate (PEM), for TLS.")
    private @Nullable Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of the certificate (PEM, PKCS#8).")
    private @Nullable Path tlsKey;

    private String server = SERVER;

    @Override
    public Integer call() throws InterruptedException {
        WorkerProcessConfig config = config();
        server = stated != null ? stated : WorkerServer.of(config.server()).orElse(SERVER);
        UserHandlers user = handlers();
        HandlerRegistry registry = user.handlers();
        List<TaskTemplate> served = serveTemplates(registry, config.strictHandlers());
        // guide: start
        try (StopSignal stop = StopSignal.install();
                RemoteWorkSource source = source(config.server());
                Tracing tracing = tracing();
                WorkerProcess worker = WorkerProcess.start(
                        config,
                        source,
                        registry,
                        user.publishers(),
                        user.subscribers(),
                        served,
                        tracing.workerListeners())) {
            log.info("Works for {}", server);
            stop.onSecond(worker::stopWaiting);
            stop.await();
            return 0;
        }
        // guide end
    }

    private static Tracing tracing() {
        return Tracing.open(
                TelemetryConfig.from(new Variables(System.getenv()), "tasker-worker"), TaskerServer.version());
    }

    private UserHandlers handlers() {
        if (packages.isEmpty()) {
            if (!classPath.isEmpty()) {
                throw new CommandException("--class-path: no packages (expected: --packages beside it)");
            }
            BundledHandlers bundled = handlers == null ? BundledHandlers.demo : handlers;
            return new UserHandlers(bundled.registry(), new PublisherRegistry(), new SubscriberRegistry());
        }
        List<Path> paths = classPath.stream()
                .flatMap(entry -> Arrays.stream(entry.split(File.pathSeparator)))
                .map(Path::of)
                .toList();
        return UserHandlers.load(paths, packages, handlers);
    }

    /** The configuration of file and environment, and what the command line says instead. */
    private WorkerProcessConfig config() {
        WorkerProcessConfig config = WorkerConfigLoader.load(configFile, System.getenv());
        if (slots != null) {
            if (slots < 1) {
                throw new CommandException("--slots: " + slots + " (expected: >= 1)");
            }
            config = config.withSlots(slots);
        }
        if (port != null) {
            config = config.withPort(requirePort("--port", port));
        }
        if (grpcPort != null) {
            config = config.withGrpcPort(requirePort("--grpc-port", grpcPort));
        }
        if (strictHandlers != null) {
            config = config.withStrictHandlers(strictHandlers);
        }
        return name == null ? config : config.withWorkerId(name);
    }

    private static int requirePort(String option, int port) {
        if (port < 0 || port > 65_535) {
            throw new CommandException(option + ": " + port + " (expected: 0 to 65535)");
        }
        return port;
    }

    private RemoteWorkSource source(WorkerLinkConfig link) {
        boolean isTls = tls || tlsCa != null || tlsCertificate != null || tlsKey != null;
        try {
            WorkerTls files = isTls ? new WorkerTls(tlsCa, tlsCertificate, tlsKey) : null;
            if (HttpWorkSource.isHttp(server)) {
                return new HttpWorkSource(
                        URI.create(server),
                        HttpWorkSourceConfig.DEFAULT
                                .withCredential(credential(link))
                                .withTls(files));
            }
            return new GrpcWorkSource(
                    server,
                    GrpcWorkSourceConfig.DEFAULT
                            .withCredential(credential(link))
                            .withTls(files));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable WorkerCredential credential(WorkerLinkConfig link) {
        if (tokenFile != null) {
            return WorkerCredential.bearerFile(tokenFile);
        }
        Variables variables = new Variables(System.getenv());
        String header = variables.find("TASKER_API_KEY_HEADER").orElse("X-API-Key");
        return variables
                .find("TASKER_WORKER_AUTH_TOKEN")
                .or(() -> variables.find("TASKER_AUTH_TOKEN"))
                .map(token -> WorkerCredential.bearer(() -> token))
                .or(() -> variables.find("TASKER_API_KEY").map(key -> WorkerCredential.apiKey(header, () -> key)))
                .orElseGet(() -> WorkerServer.credential(link));
    }

    /** Says what steps would only fail with: no handler behind the callable of a template (04 §5.10, 06 §13.5). */
    private List<TaskTemplate> serveTemplates(HandlerRegistry registry, boolean strict) {
        TemplateCheck check =
                TemplateCheck.DEFAULT.withHandlers(registry::canRun, strict ? Severity.ERROR : Severity.WARNING);
        List<TemplateFiles> files = templatePaths().stream()
                .map(path -> TemplateFiles.load(path, check))
                .toList();
        List<Finding> errors = files.stream()
                .flatMap(file -> file.findings().stream())
                .filter(Finding::isError)
                .toList();
        errors.forEach(error -> log.error("{}", error.describe()));
        if (!errors.isEmpty() && (strict || !templates.isEmpty())) {
            String others = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
            throw new CommandException("--templates: " + errors.getFirst().describe() + others);
        }
        List<TaskTemplate> found =
                files.stream().flatMap(file -> file.templates().stream()).toList();
        try {
            TemplateHandlers.of(found, registry).serve(registry, strict);
            return found;
        } catch (BadHandlerException e) {
            throw new CommandException("--templates: " + e.getMessage());
        }
    }

    private List<Path> templatePaths() {
        return templates.isEmpty()
                ? TemplateLocation.find(System.getenv(), Path.of("")).found()
                : templates;
    }
}
