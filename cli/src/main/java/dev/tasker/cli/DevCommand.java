package dev.tasker.cli;

import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.server.config.TelemetryConfig;
import dev.tasker.server.config.Variables;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tasker dev}: the whole stack in one process, data kept, until Ctrl-C. */
@Command(
        name = "dev",
        description = "Runs PostgreSQL, server and worker for development until Ctrl-C; the data stay.",
        mixinStandardHelpOptions = true)
final class DevCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".tasker/dev",
            description = "Default: ${DEFAULT-VALUE}")
    private Path data = Path.of(".tasker", "dev");

    @Option(
            names = "--templates",
            paramLabel = "PATH",
            description = "Folder or file with templates to register; can be repeated.")
    private List<Path> templates = List.of();

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "REST; 0 for any free one. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--grpc-port",
            defaultValue = "9190",
            description = "gRPC; 0 for any free one. Default: ${DEFAULT-VALUE}")
    private int grpcPort;

    @Override
    public Integer call() throws InterruptedException {
        ServerConfig config = ServerConfig.defaults(Environment.DEVELOPMENT)
                .withEmbeddedDatabase(data.toAbsolutePath().normalize(), true)
                .withAddresses(BindAddress.loopback(port), BindAddress.loopback(grpcPort))
                .withTelemetry(TelemetryConfig.from(new Variables(System.getenv()), "tasker-dev"))
                .withTemplatePaths(templates);
        try (StopSignal stop = StopSignal.install();
                TaskerServer server = TaskerServer.start(config)) {
            server.register("demo", DemoHandlers.templateYaml());
            try (WorkerRuntime worker = WorkerRuntime.start(
                    server.workSource(),
                    DemoHandlers.registry(),
                    WorkerConfig.defaults().withName("dev-worker"),
                    server.tracing().workerListeners())) {
                announce(server);
                stop.await();
                say("Stopping ...");
            }
            return server.stop() ? 0 : 1;
        }
    }

    private void announce(TaskerServer server) {
        long uptimeMs = ManagementFactory.getRuntimeMXBean().getUptime();
        say("Ready in " + uptimeMs + " ms");
        say("  REST      " + server.restUrl().orElseThrow());
        say("  gRPC      127.0.0.1:" + server.grpcPort().orElse(0));
        say("  database  " + server.database());
        say("Ctrl-C stops it; the data stay in " + data + ".");
    }

    private void say(String sentence) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(sentence);
        out.flush();
    }
}
