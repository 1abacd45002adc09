package dev.tasker.cli;

import dev.tasker.client.HealthReport;
import dev.tasker.client.TaskerClient;
import dev.tasker.client.TaskerException;
import dev.tasker.client.WorkerClient;
import dev.tasker.client.WorkerReport;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker system health} (07 §4.3). */
@Command(
        name = "health",
        description = "Shows all checks; exits with 1 when something is not healthy, with 4 when it cannot be reached.",
        mixinStandardHelpOptions = true)
final class SystemHealthCommand implements Callable<Integer> {
    private static final String HEALTHY = "healthy";

    @Mixin
    private Connection connection = new Connection();

    @Option(
            names = {"-o", "--orchestration"},
            description = "Only of the server.")
    private boolean ofServer;

    @Option(
            names = {"-w", "--workers"},
            description = "Of the worker, too without -o. Default: where the profile, or --worker-url, names one.")
    private boolean ofWorker;

    @Option(
            names = "--worker-url",
            paramLabel = "URL",
            description = "The worker's own server; default: $TASKER_WORKER_URL, that of the profile, or"
                    + " http://localhost:8081.")
    private @Nullable URI workerUrl;

    /** What {@code json} prints when both were asked. */
    record Both(HealthReport orchestration, WorkerReport worker) {}

    @Override
    public Integer call() throws InterruptedException {
        HealthReport server = ofServer || !ofWorker ? server() : null;
        boolean asksWorker = ofWorker || (!ofServer && (workerUrl != null || connection.namesWorker()));
        WorkerReport worker = asksWorker ? worker() : null;
        Output output = connection.output();
        if (server != null && worker != null) {
            output.show(new Both(server, worker), server.status(), () -> text(server) + "\n" + text(worker));
        } else if (server != null) {
            output.show(server, server.status(), () -> text(server));
        } else if (worker != null) {
            output.show(worker, worker.status(), () -> text(worker));
        }
        boolean healthy = (server == null || server.status().equals(HEALTHY))
                && (worker == null || worker.status().equals(HEALTHY));
        return healthy ? 0 : 1;
    }

    private HealthReport server() throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            return client.health().detailed();
        }
    }

    private WorkerReport worker() throws InterruptedException {
        try (WorkerClient client = connection.openWorker(workerUrl)) {
            return client.detailed();
        } catch (TaskerException.Unavailable | TaskerException.Timeout e) {
            if (e.status() != 0) {
                throw e;
            }
            throw new CommandException(
                    CommandException.UNREACHABLE,
                    e.getMessage() + " --worker-url or TASKER_WORKER_URL name another worker.",
                    e);
        }
    }

    private static String text(HealthReport report) {
        Table checks = Table.titled("CHECK", "STATUS", "TOOK", "MESSAGE");
        report.checks()
                .forEach((name, check) ->
                        checks.row(name, check.status(), check.durationMs() + " ms", message(check.message())));
        return Table.plain()
                        .row("Status", report.status())
                        .row("Version", report.info().version())
                        .row("Environment", report.info().environment())
                        .row("State", report.info().operationalState())
                        .row("Breaker", report.info().circuitBreakerState())
                        .row(
                                "Connections",
                                report.info().webDatabasePoolSize() + " web, "
                                        + report.info().orchestrationDatabasePoolSize() + " orchestration")
                + "\n" + checks;
    }

    private static String text(WorkerReport report) {
        Table checks = Table.titled("CHECK", "STATUS", "MESSAGE");
        report.checks().forEach((name, check) -> checks.row(name, check.status(), message(check.message())));
        return Table.plain()
                        .row("Worker", report.workerId())
                        .row("Status", report.status())
                        .row("Version", report.systemInfo().version())
                        .row("Environment", report.systemInfo().environment())
                        .row("Up", report.systemInfo().uptimeSeconds() + " s")
                        .row("Namespaces", String.join(", ", report.systemInfo().supportedNamespaces()))
                + "\n" + checks;
    }

    private static String message(@Nullable String message) {
        return message == null ? "" : message;
    }
}
