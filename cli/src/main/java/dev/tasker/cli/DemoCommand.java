package dev.tasker.cli;

import dev.tasker.client.CreateTask;
import dev.tasker.client.TaskerClient;
import dev.tasker.examples.demo.DemoHandlers;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code tasker demo}: everything in a temporary folder, one order from submission to the last step. */
@Command(
        name = "demo",
        description = "Runs a sample order from end to end: PostgreSQL, server and worker, for this once.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int REST_PORT = 8080;
    private static final int GRPC_PORT = 9190;
    private static final Duration TASK_MAX = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print only one line, a JSON object with the outcome.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        DemoReport report = json ? DemoReport.silent(out) : DemoReport.forPeople(out, System.console());
        report.say("Starting PostgreSQL, server and worker ...");
        BindAddress rest = LocalPort.preferred(REST_PORT);
        BindAddress grpc = LocalPort.preferred(GRPC_PORT);
        if (rest.port() == 0 || grpc.port() == 0) {
            report.say("Port " + (rest.port() == 0 ? REST_PORT : GRPC_PORT) + " is taken; using a free one.");
        }
        try (StopSignal stop = StopSignal.install();
                TemporaryFolder folder = TemporaryFolder.create("tasker-demo-")) {
            ServerConfig config = ServerConfig.defaults(Environment.DEVELOPMENT)
                    .withEmbeddedDatabase(folder.path(), false)
                    .withAddresses(rest, grpc);
            try (TaskerServer server = TaskerServer.start(config)) {
                server.register("demo", DemoHandlers.templateYaml());
                try (WorkerRuntime worker = WorkerRuntime.start(
                        server.workSource(),
                        DemoHandlers.registry(),
                        WorkerConfig.defaults().withName("demo-worker").withSlots(10))) {
                    URI url = server.restUrl().orElseThrow();
                    report.started(url, server.grpcPort().orElse(0), server.database());
                    return run(url, report, stop);
                }
            }
        }
    }

    private static int run(URI server, DemoReport report, StopSignal stop) throws InterruptedException {
        try (TaskerClient client = TaskerClient.of(server)) {
            UUID task = client.tasks()
                    .create(CreateTask.of(
                                    "shop",
                                    "order",
                                    "1.0.0",
                                    JsonMapper.shared().readTree(DemoHandlers.sampleOrderJson()))
                            .withOrigin("tasker demo", "tasker-cli", "Demonstration"))
                    .taskUuid();
            report.submitted(server.resolve("/v1/tasks/" + task));
            TaskWatch watch = new TaskWatch(client, task, report);
            boolean complete = watch.untilFinished(TASK_MAX, stop);
            report.finished(watch.last());
            return complete ? 0 : 1;
        }
    }
}
