package dev.tasker.cli;

import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.ConfigReference;
import dev.tasker.server.config.ConfigReport;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * {@code tasker config …}: works with configurations without a server (07 §5). Exit codes: 0 fine; 2 wrong arguments; 3 the configuration
 * cannot be read, or is wrong where something right is needed; 6 no such key; 8 it was to be checked and is wrong.
 */
@Command(
        name = "config",
        description = "Checks, explains and prints configurations.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class ConfigCommand extends CommandGroup {
    private static final int CONFIGURATION = 3;
    private static final int NOT_FOUND = 6;
    private static final int INVALID = 8;
    private static final List<String> CONTEXTS = List.of("common", "orchestration", "worker");

    ConfigCommand() {
        super(ConfigShowCommand.class, ConfigGetCommand.class, ConfigDiffCommand.class, ConfigGenerateCommand.class);
    }

    /** Says everything that is wrong, as compilers do. */
    @Command(
            name = "validate",
            aliases = "validate-sources",
            description = "Checks a configuration as the start of a server does; exits with 8 when it would not start.",
            mixinStandardHelpOptions = true)
    int validate(
            @Mixin ConfigSource source,
            @Option(
                            names = {"-e", "--environment"},
                            paramLabel = "NAME",
                            description = "development, test or production. Default: $TASKER_ENV, or development.")
                    @Nullable
                    String environment,
            @Option(names = "--strict", description = "Fail on keys without effect and on warnings, too.")
                    boolean strict,
            @Option(names = "--explain-errors", description = "Accepted; errors always say what is expected.")
                    boolean explain,
            @Option(names = "--json", description = "Print one JSON object.") boolean json) {
        ConfigReport report;
        try {
            report = source.report(ConfigSource.environment(spec(), environment));
        } catch (ConfigException e) {
            if (e.isUnreadable()) {
                return failed(CONFIGURATION, e);
            }
            print(json ? ConfigText.refusedJson(e.violations()) : ConfigText.refused(e.violations()));
            return INVALID;
        }
        boolean valid = report.violations().isEmpty()
                && !(strict && !(report.unused().isEmpty() && report.warnings().isEmpty()));
        print(json ? ConfigText.verdictJson(report, valid) : ConfigText.verdict(report, valid, strict));
        return valid ? ExitCode.OK : INVALID;
    }

    /** Says what a key is, and what it is set to here. */
    @Command(
            name = "explain",
            description = "Explains a key, the keys of a context, or all.",
            mixinStandardHelpOptions = true)
    int explain(
            @Option(
                            names = {"-p", "--parameter"},
                            paramLabel = "KEY",
                            description = "Full path of a key, or without its first part.")
                    @Nullable
                    String parameter,
            @Option(
                            names = {"-c", "--context"},
                            paramLabel = "NAME",
                            description = "common, orchestration or worker.")
                    @Nullable
                    String context,
            @Option(
                            names = {"-e", "--environment"},
                            paramLabel = "NAME",
                            description = "Show the defaults of this environment only.")
                    @Nullable
                    String environment,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        if (context != null && !CONTEXTS.contains(context)) {
            throw wrong("--context: " + context + " (expected: one of " + String.join(", ", CONTEXTS) + ")");
        }
        ConfigText text = new ConfigText(new ConfigReference(), ConfigSource.environment(spec(), environment));
        if (parameter == null) {
            print(json ? text.keysJson(context) : text.keys(context));
            return ExitCode.OK;
        }
        String key = text.find(parameter);
        if (key == null) {
            err("No key " + parameter + " (nearest: " + text.nearest(parameter) + ").");
            return NOT_FOUND;
        }
        print(json ? text.keyJson(key) : text.key(key));
        return ExitCode.OK;
    }

    /** Prints every value that applies. */
    @Command(
            name = "dump",
            description = "Prints the configuration that applies, defaults and variables included, secrets hidden.",
            mixinStandardHelpOptions = true)
    int dump(
            @Mixin ConfigSource source,
            @Option(
                            names = {"-e", "--environment"},
                            paramLabel = "NAME",
                            description = "development, test or production. Default: $TASKER_ENV, or development.")
                    @Nullable
                    String environment,
            @Option(names = "--origin", description = "Say of each value where it comes from.") boolean origin,
            @Option(
                            names = {"-f", "--format"},
                            paramLabel = "FORMAT",
                            defaultValue = "toml",
                            description = "toml or json. Default: ${DEFAULT-VALUE}")
                    String format,
            @Option(names = "--json", description = "As --format json.") boolean json) {
        if (!List.of("toml", "json").contains(format)) {
            throw wrong("--format: " + format + " (expected: toml or json)");
        }
        try {
            ConfigReport report = source.report(ConfigSource.environment(spec(), environment));
            if (!report.violations().isEmpty()) {
                return failed(CONFIGURATION, new ConfigException(report.violations()));
            }
            boolean asJson = json || format.equals("json");
            print(asJson ? ConfigText.dumpJson(report, origin) : ConfigText.dump(report, origin));
            return ExitCode.OK;
        } catch (ConfigException e) {
            return failed(CONFIGURATION, e);
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec().commandLine(), sentence);
    }

    private int failed(int code, ConfigException failure) {
        err(String.valueOf(failure.getMessage()));
        return code;
    }

    private void err(String sentence) {
        PrintWriter err = spec().commandLine().getErr();
        err.println("tasker: " + sentence);
        err.flush();
    }

    private void print(String text) {
        PrintWriter out = spec().commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
