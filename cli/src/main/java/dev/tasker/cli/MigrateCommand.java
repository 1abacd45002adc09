package dev.tasker.cli;

import dev.tasker.server.DatabaseAccess;
import dev.tasker.server.config.ConfigLoader;
import dev.tasker.server.config.DatabaseConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tasker migrate}: brings the schema of the configured database up to date. */
@Command(name = "migrate", description = "Brings the database's schema up to date.", mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--status", description = "Only list the migrations and where they stand.")
    private boolean status;

    @Option(names = "--config", paramLabel = "FILE", description = "TOML file; default: $TASKER_CONFIG_PATH, or none.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        DatabaseConfig database = ConfigLoader.load(config, System.getenv()).database();
        if (!database.isExternal()) {
            throw new CommandException(
                    "No database is configured: set DATABASE_URL or common.database.url (an embedded PostgreSQL"
                            + " migrates itself).");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (DatabaseAccess access = DatabaseAccess.connect(database)) {
            if (status) {
                access.migrationStatus().forEach(out::println);
            } else {
                out.println("Applied " + access.migrate() + " migrations to " + access + ".");
            }
            out.flush();
        }
        return 0;
    }
}
