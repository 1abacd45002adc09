package dev.tasker.cli;

import dev.tasker.server.config.ConfigException;
import dev.tasker.server.config.ConfigReference;
import dev.tasker.server.config.ConfigReport;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tasker config get} (07 §5). */
@Command(
        name = "get",
        description = "Prints the value of a key that applies, as TOML has it; nothing for a key without one.",
        mixinStandardHelpOptions = true)
final class ConfigGetCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigSource source = new ConfigSource();

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "NAME",
            description = "development, test or production. Default: $TASKER_ENV, or development.")
    private @Nullable String environment;

    @Parameters(paramLabel = "KEY", description = "Full path of a key, or without its first part.")
    private String key = "";

    @Override
    public Integer call() {
        ConfigText text = new ConfigText(new ConfigReference(), null);
        String full = text.find(key);
        if (full == null) {
            throw new CommandException(
                    CommandException.NOT_FOUND, "No key " + key + " (nearest: " + text.nearest(key) + ").", null);
        }
        try {
            ConfigReport report = source.report(ConfigSource.environment(spec, environment));
            report.entries().stream()
                    .filter(entry -> entry.key().equals(full))
                    .forEach(entry -> spec.commandLine().getOut().println(entry.value()));
            spec.commandLine().getOut().flush();
            return 0;
        } catch (ConfigException e) {
            throw new CommandException(CommandException.CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
    }
}
