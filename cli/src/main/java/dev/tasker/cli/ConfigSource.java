package dev.tasker.cli;

import dev.tasker.server.config.ConfigLoader;
import dev.tasker.server.config.ConfigReport;
import dev.tasker.server.config.Environment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which configuration a command is about. */
final class ConfigSource {
    @ArgGroup
    private From from = new From();

    private static final class From {
        @Option(
                names = {"-c", "--config", "--path"},
                paramLabel = "FILE",
                description = "TOML file; default: $TASKER_CONFIG_PATH, or none.")
        private @Nullable Path file;

        @Option(
                names = {"-s", "--source-dir"},
                paramLabel = "FOLDER",
                description = "Folder with base/*.toml and environments/NAME/*.toml, merged.")
        private @Nullable Path folder;
    }

    /**
     * What it comes to.
     *
     * @param environment null: as {@code TASKER_ENV} says
     * @throws dev.tasker.server.config.ConfigException when it cannot be read
     */
    ConfigReport report(@Nullable Environment environment) {
        return from.folder != null
                ? ConfigLoader.inspectSources(from.folder, environment, System.getenv())
                : ConfigLoader.inspect(from.file, environment, System.getenv());
    }

    /** The environment of a name, null for none. */
    static @Nullable Environment environment(CommandSpec spec, @Nullable String name) {
        if (name == null) {
            return null;
        }
        try {
            return Environment.of(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--environment: " + name + " (expected: " + e.getMessage() + ")");
        }
    }
}
