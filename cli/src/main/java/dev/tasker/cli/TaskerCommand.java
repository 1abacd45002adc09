package dev.tasker.cli;

import dev.tasker.client.TaskerException;
import dev.tasker.server.StartupException;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** The root of all commands. A new command is a class added to {@link #commands()}. */
@Command(
        name = "tasker",
        description = "Runs workflows on PostgreSQL.",
        mixinStandardHelpOptions = true,
        versionProvider = TaskerCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND")
final class TaskerCommand implements Runnable {
    private static final Map<String, Class<?>> COMMANDS = commands();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Option(
            names = {"-p", "--profile"},
            description = "Profile of commands that call a server.")
    private @Nullable String profile;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "File with profiles.")
    private @Nullable Path config;

    @Option(names = "--format", description = "How such commands print: ${COMPLETION-CANDIDATES}.")
    private Connection.@Nullable Format format;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell of calls; of other commands log more, and still more with -vv and -vvv.")
    private boolean[] verbose = {};

    @Option(
            names = {"-q", "--quiet"},
            description = "Print what was asked for and errors, nothing else.")
    private boolean quiet;

    boolean isVerbose() {
        return verbose.length > 0;
    }

    boolean isQuiet() {
        return quiet;
    }

    @Nullable
    String profile() {
        return profile;
    }

    @Nullable
    Path config() {
        return config;
    }

    Connection.@Nullable Format format() {
        return format;
    }

    /** Prints the version of the build. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"tasker " + TaskerServer.version()};
        }
    }

    /**
     * The parser, as far as these arguments need it, and the handling of failures.
     *
     * @param arguments none for all commands
     */
    static CommandLine commandLine(String... arguments) {
        return new CommandTree(arguments)
                .under(new CommandLine(new TaskerCommand()), COMMANDS)
                .setExpandAtFiles(false) // an argument @FILE means a file to commands that say so, and nothing else
                .setExecutionExceptionHandler((failure, commandLine, _) -> failure instanceof TaskerException refused
                        ? new RefusalText(refused, commandLine).print()
                        : explain(failure, commandLine.getErr()));
    }

    /** In the order in which they are listed. */
    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand.class);
        commands.put("dev", DevCommand.class);
        commands.put("server", ServerCommand.class);
        commands.put("worker", WorkerCommand.class);
        commands.put("migrate", MigrateCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("task", TaskCommand.class);
        commands.put("template", TemplateCommand.class);
        commands.put("config", ConfigCommand.class);
        commands.put("dlq", DlqCommand.class);
        commands.put("analytics", AnalyticsCommand.class);
        commands.put("system", SystemCommand.class);
        commands.put("auth", AuthCommand.class);
        commands.put("bench", BenchCommand.class);
        commands.put("completion", CompletionCommand.class);
        return commands;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Says in one sentence what is wrong when it is the caller's to mend; anything else is a defect and shows its trace. */
    static int explain(Exception failure, PrintWriter err) {
        if (failure instanceof StartupException
                || failure instanceof ConfigException
                || failure instanceof CommandException) {
            err.println("tasker: " + failure.getMessage());
        } else {
            failure.printStackTrace(err);
        }
        err.flush();
        return failure instanceof CommandException refused ? refused.exitCode() : 1;
    }
}
