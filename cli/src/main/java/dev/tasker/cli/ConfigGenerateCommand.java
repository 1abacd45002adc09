package dev.tasker.cli;

import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.ConfigLoader;
import dev.tasker.server.config.ConfigReport;
import dev.tasker.server.config.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tasker config generate}: one file from the sources (07 §5, 02 §10.1). */
@Command(
        name = "generate",
        description = "Merges the sources for an environment into one file; placeholders stay as they are.",
        mixinStandardHelpOptions = true)
final class ConfigGenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--context"},
            defaultValue = "complete",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Context context = Context.complete;

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "NAME",
            description = "development, test or production. Default: $TASKER_ENV, or development.")
    private @Nullable String environment;

    @Option(
            names = {"-s", "--source-dir"},
            paramLabel = "FOLDER",
            defaultValue = "config/tasker",
            description = "Folder with base/*.toml and environments/NAME/*.toml. Default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("config/tasker");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where to write it.")
    private Path file = Path.of("");

    @Option(
            names = "--validate",
            description = "Check the file, too; exit with 8 when a process would not start with it.")
    private boolean validating;

    /** Whose keys the file has; those that all share are always there. */
    enum Context {
        common,
        orchestration,
        worker,
        complete;

        private List<String> tables() {
            return switch (this) {
                case common -> List.of("common");
                case orchestration -> List.of("common", "orchestration");
                case worker -> List.of("common", "worker");
                case complete -> List.of("common", "orchestration", "worker");
            };
        }
    }

    @Override
    public Integer call() {
        Environment chosen = Objects.requireNonNullElseGet(
                ConfigSource.environment(spec, environment),
                () -> Environment.of(System.getenv().getOrDefault("TASKER_ENV", "development")));
        String text;
        try {
            text = header(chosen) + ConfigLoader.merge(folder, chosen, context.tables());
            Files.writeString(file, text);
        } catch (ConfigException e) {
            throw new CommandException(CommandException.CONFIGURATION, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be written: " + e + ".", e);
        }
        say("Wrote " + file + ", " + text.length() + " characters.\n");
        return validating ? validate(chosen) : 0;
    }

    private String header(Environment chosen) {
        return """
            # Tasker configuration, made by "tasker config generate"
            # context: %s
            # environment: %s
            # made at: %s
            # sources: %s
            # At run time DATABASE_URL, TASKER_TEMPLATE_PATH and TASKER_WEB_BIND_ADDRESS go before what stands here.

            """.formatted(
                context, chosen.text(), InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS), folder);
    }

    private int validate(Environment chosen) {
        ConfigReport report = ConfigLoader.inspect(file, chosen, System.getenv());
        say(ConfigText.verdict(report, report.violations().isEmpty(), false));
        return report.violations().isEmpty() ? 0 : CommandException.INVALID;
    }

    private void say(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
