package dev.tasker.cli;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.TelemetryConfig;
import dev.tasker.server.config.Variables;
import dev.tasker.server.telemetry.Tracing;
import dev.tasker.template.Finding;
import dev.tasker.template.Severity;
import dev.tasker.template.TemplateCheck;
import dev.tasker.template.TemplateLocation;
import dev.tasker.worker.BadHandlerException;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import dev.tasker.worker.remote.WorkerCredential;
import dev.tasker.worker.remote.WorkerTls;
import dev.tasker.worker.resolve.TemplateHandlers;
import java.net.URI;
import java.nio.file.Path;
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
    private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1:9190",
            description =
                    "The server's gRPC address, or http://HOST:PORT or https://HOST:PORT of its REST port, which is"
                            + " then polled. Default: ${DEFAULT-VALUE}")
    private String server = "127.0.0.1:9190";

    @Option(
            names = "--handlers",
            defaultValue = "demo",
            description = "Which handlers to serve: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private BundledHandlers handlers = BundledHandlers.demo;

    @Option(
            names = "--templates",
            paramLabel = "PATH",
            description = "Folder or file with templates this worker is to serve. Can be repeated. Default:"
                    + " $TASKER_TEMPLATE_PATH, else config/tasks below $WORKSPACE_PATH, the project or here.")
    private List<Path> templates = List.of();

    @Option(
            names = "--strict-handlers",
            negatable = true,
            arity = "0",
            description = "Do not start when a step of these templates has no handler. Default: in production.")
    private @Nullable Boolean strictHandlers;

    @Option(names = "--slots", defaultValue = "100", description = "Steps that run at once. Default: ${DEFAULT-VALUE}")
    private int slots;

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

    @Override
    public Integer call() throws InterruptedException {
        if (slots < 1) {
            throw new CommandException("--slots: " + slots + " (expected: >= 1)");
        }
        HandlerRegistry registry = handlers.registry();
        serveTemplates(registry);
        // guide: start
        try (StopSignal stop = StopSignal.install();
                WorkSource source = source();
                Tracing tracing = tracing();
                WorkerRuntime worker = WorkerRuntime.start(source, registry, config(), tracing.workerListeners())) {
            log.info("Worker runs with {} slots for {}", slots, server);
            stop.await();
            return 0;
        }
        // guide end
    }

    private static Tracing tracing() {
        return Tracing.open(
                TelemetryConfig.from(new Variables(System.getenv()), "tasker-worker"), TaskerServer.version());
    }

    private WorkSource source() {
        boolean isTls = tls || tlsCa != null || tlsCertificate != null || tlsKey != null;
        WorkerTls files = isTls ? new WorkerTls(tlsCa, tlsCertificate, tlsKey) : null;
        try {
            if (HttpWorkSource.isHttp(server)) {
                return new HttpWorkSource(
                        URI.create(server),
                        HttpWorkSourceConfig.DEFAULT
                                .withCredential(credential())
                                .withTls(files));
            }
            return new GrpcWorkSource(
                    server,
                    GrpcWorkSourceConfig.DEFAULT.withCredential(credential()).withTls(files));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable WorkerCredential credential() {
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
                .orElse(null);
    }

    /** Says what steps would only fail with: no handler behind the callable of a template (04 §5.10, 06 §13.5). */
    private void serveTemplates(HandlerRegistry registry) {
        boolean strict = strictHandlers != null ? strictHandlers : TemplateHandlers.strictByDefault(environment());
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
        try {
            TemplateHandlers.of(
                            files.stream()
                                    .flatMap(file -> file.templates().stream())
                                    .toList(),
                            registry)
                    .serve(registry, strict);
        } catch (BadHandlerException e) {
            throw new CommandException("--templates: " + e.getMessage());
        }
    }

    private List<Path> templatePaths() {
        return templates.isEmpty()
                ? TemplateLocation.find(System.getenv(), Path.of("")).found()
                : templates;
    }

    private static String environment() {
        return new Variables(System.getenv()).find("TASKER_ENV").orElse("");
    }

    private WorkerConfig config() {
        Variables variables = new Variables(System.getenv());
        WorkerConfig config = WorkerConfig.defaults().withSlots(slots);
        String chosen = name != null
                ? name
                : variables
                        .find("TASKER_WORKER_ID")
                        .or(() -> variables.find("WORKER_ID"))
                        .orElse(config.name());
        return config.withName(chosen);
    }
}
