package dev.tasker.cli;

import dev.tasker.client.HealthReport;
import dev.tasker.client.ServerConfiguration;
import dev.tasker.client.TaskerClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tasker system …} (07 §4.3). */
@Command(
        name = "system",
        description = "Tells how a server is.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class SystemCommand extends CommandGroup {
    SystemCommand() {
        super(SystemHealthCommand.class);
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
}
