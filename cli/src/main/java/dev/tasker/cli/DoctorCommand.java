package dev.tasker.cli;

import dev.tasker.engine.Doctor;
import dev.tasker.engine.DoctorOptions;
import dev.tasker.engine.DoctorOptions.Speed;
import dev.tasker.engine.DoctorReport;
import dev.tasker.server.DatabaseAccess;
import dev.tasker.server.StartupException;
import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.ConfigLoader;
import dev.tasker.server.config.DatabaseConfig;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code tasker doctor}: recounts the configured database beside whatever works on it. Exit codes: 0 healthy, or all that was found is
 * repaired; 1 findings; 2 wrong arguments; 3 configuration or schema; 4 the database cannot be reached, or went away; 6 no such task.
 */
@Command(
        name = "doctor",
        description = "Proves that every figure in the database agrees and that no task is stuck.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final int FINDINGS = 1;
    private static final int CONFIGURATION = 3;
    private static final int UNREACHABLE = 4;
    private static final int NOT_FOUND = 6;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--repair", description = "Mend what leaves no doubt; without it nothing is changed.")
    private boolean repair;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--task", paramLabel = "UUID", description = "Look at this task only.")
    private @Nullable UUID task;

    @Option(names = "--from", paramLabel = "UUID", description = "Look at tasks from this uuid on.")
    private @Nullable UUID from;

    @Option(names = "--to", paramLabel = "UUID", description = "Look at tasks before this uuid.")
    private @Nullable UUID to;

    @Option(
            names = "--speed",
            defaultValue = "gentle",
            description =
                    "gentle: a tenth of a processor; full: as fast as two connections go. Default: ${DEFAULT-VALUE}")
    private String speed = "gentle";

    @Option(names = "--config", paramLabel = "FILE", description = "TOML file; default: $TASKER_CONFIG_PATH, or none.")
    private @Nullable Path config;

    @Override
    public Integer call() throws InterruptedException {
        DoctorOptions options = options();
        DatabaseConfig database;
        try {
            database = ConfigLoader.load(config, System.getenv()).database();
        } catch (ConfigException e) {
            return failed(CONFIGURATION, String.valueOf(e.getMessage()));
        }
        if (!database.isExternal()) {
            return failed(CONFIGURATION, "No database is configured: set DATABASE_URL or common.database.url.");
        }
        try (DatabaseAccess access = DatabaseAccess.connect(database)) {
            if (!access.isSchemaCurrent()) {
                return failed(
                        CONFIGURATION,
                        "The schema of the database " + access + " is not the one this doctor knows; run `tasker"
                                + " migrate` first.");
            }
            return print(new Doctor(access.direct()).run(options, progress(System.console())));
        } catch (StartupException e) {
            return failed(UNREACHABLE, String.valueOf(e.getMessage()));
        }
    }

    private DoctorOptions options() {
        if (task != null && (from != null || to != null)) {
            throw new ParameterException(spec.commandLine(), "--task: cannot be combined with --from or --to");
        }
        if (task != null) {
            return DoctorOptions.ofTask(task, repair);
        }
        UUID first = from == null ? DoctorOptions.FIRST : from;
        UUID end = to == null ? DoctorOptions.LAST : to;
        try {
            return new DoctorOptions(first, end, repair, speed());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--to: " + end + " (expected: more than --from, " + first + ")", e);
        }
    }

    private Speed speed() {
        return switch (speed) {
            case "gentle" -> Speed.GENTLE;
            case "full" -> Speed.FULL;
            default ->
                throw new ParameterException(spec.commandLine(), "--speed: " + speed + " (expected: gentle or full)");
        };
    }

    private LongConsumer progress(@Nullable Console console) {
        if (json || console == null || !console.isTerminal()) {
            return _ -> {};
        }
        PrintWriter err = spec.commandLine().getErr();
        return tasks -> {
            err.print("\r" + tasks + " tasks");
            err.flush();
        };
    }

    private int print(DoctorReport report) {
        DoctorText text = new DoctorText(report, repair);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? text.json() : text.table());
        out.flush();
        if (report.broken() != null) {
            return failed(UNREACHABLE, "The database went away before everything was seen: " + report.broken());
        }
        if (task != null && report.tasks() == 0 && report.found() == 0) {
            return failed(NOT_FOUND, "Task " + task + " does not exist.");
        }
        return report.isHealthy() ? 0 : FINDINGS;
    }

    private int failed(int code, String sentence) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("tasker: " + sentence);
        err.flush();
        return code;
    }
}
