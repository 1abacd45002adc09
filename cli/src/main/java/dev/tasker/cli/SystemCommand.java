package dev.tasker.cli;

import dev.tasker.client.HealthReport;
import dev.tasker.client.ServerConfiguration;
import dev.tasker.client.TaskerClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tasker system …} (07 §4.3). */
@Command(name = "system", description = "Tells how a server is.", mixinStandardHelpOptions = true, addMethodSubcommands = false)
final class SystemCommand extends CommandGroup {
    @Command(
            name = "health",
            description =
                    "Shows all checks; exits with 1 when the server is not healthy, with 4 when it cannot be reached.",
            mixinStandardHelpOptions = true)
    int health(
            @Mixin Connection connection,
            @Option(
                            names = {"-o", "--orchestration"},
                            description = "Of the server, which is what there is without it, too.")
                    boolean orchestration)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            HealthReport report = client.health().detailed();
            connection.output().show(report, report.status(), () -> text(report));
            return report.status().equals("healthy") ? 0 : 1;
        }
    }

    @Command(
            name = "info",
            description = "Shows versions and what the server tells of its configuration.",
            mixinStandardHelpOptions = true)
    void info(@Mixin Connection connection) throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            HealthReport report = client.health().detailed();
            Versions versions = new Versions(TaskerClient.version(), report.status(), report.info());
            connection
                    .output()
                    .show(
                            versions,
                            versions.clientVersion(),
                            () -> Table.plain()
                                    .row("Client", versions.clientVersion())
                                    .row("Server", report.info().version())
                                    .row("Environment", report.info().environment())
                                    .row("State", report.info().operationalState())
                                    .row("Health", report.status())
                                    .toString());
        }
    }

    /** What {@code info} tells a program. */
    record Versions(String clientVersion, String status, HealthReport.Details server) {}

    @Command(
            name = "config",
            description = "Shows the configuration that the server tells, without secrets.",
            mixinStandardHelpOptions = true)
    void config(@Mixin Connection connection) throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            ServerConfiguration configuration = client.configuration();
            connection.output().raw(configuration);
        }
    }

    private static String text(HealthReport report) {
        Table checks = Table.titled("CHECK", "STATUS", "TOOK", "MESSAGE");
        report.checks()
                .forEach((name, check) -> checks.row(
                        name,
                        check.status(),
                        check.durationMs() + " ms",
                        check.message() == null ? "" : check.message()));
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
}
