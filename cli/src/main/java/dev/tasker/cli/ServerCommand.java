package dev.tasker.cli;

import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.ConfigLoader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tasker server}: one server node, configured by file and environment, until SIGTERM. */
@Command(
        name = "server",
        description = "Runs a server node, configured by file and environment.",
        mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "TOML file; default: $TASKER_CONFIG_PATH, or none.")
    private @Nullable Path config;

    @Override
    public Integer call() throws InterruptedException {
        try (StopSignal stop = StopSignal.install();
                TaskerServer server = TaskerServer.start(ConfigLoader.load(config, System.getenv()))) {
            stop.await();
            return server.stop() ? 0 : 1;
        }
    }
}
