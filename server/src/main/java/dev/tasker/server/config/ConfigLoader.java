package dev.tasker.server.config;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration: built-in defaults of the environment, then the file, then the variables that stand for one key. The first
 * two of these layers are optional. Reports all violations at once.
 */
public final class ConfigLoader {
    /** Variables that stand for one key, whatever the file says. */
    private static final Map<String, String> OVERRIDES = new TreeMap<>(Map.of(
            "TASKER_JWT_PUBLIC_KEY", "orchestration.web.auth.jwt_public_key",
            "TASKER_JWT_PUBLIC_KEY_PATH", "orchestration.web.auth.jwt_public_key_path",
            "DATABASE_URL", "common.database.url",
            "TASKER_DATABASE_LISTEN_URL", "common.database.listen_url",
            "TASKER_DATA_DIR", "common.database.data_directory",
            "TASKER_MESSAGING_BACKEND", "common.queues.backend",
            "TASKER_WEB_BIND_ADDRESS", "orchestration.web.bind_address",
            "TASKER_ORCHESTRATION_GRPC_BIND_ADDRESS", "orchestration.grpc.bind_address"));

    private static final String AUTHENTICATION = "orchestration.web.auth";

    private final Variables variables;
    private final Path userDataFolder;
    private final List<String> violations = new ArrayList<>();

    private ConfigLoader(Map<String, String> environment) {
        this.variables = new Variables(environment);
        this.userDataFolder = userDataFolder(environment);
    }

    /**
     * The configuration of a server process.
     *
     * @param file null: the one named by {@code TASKER_CONFIG_PATH}, or none
     * @throws ConfigException with every violation found
     */
    public static ServerConfig load(@Nullable Path file, Map<String, String> environment) {
        return new ConfigLoader(environment).read(file);
    }

    static ServerConfig defaults(Environment environment) {
        return load(null, Map.of("TASKER_ENV", environment.text()));
    }

    /** The keys that have an effect in a server. */
    static Set<String> effectiveKeys() {
        Settings settings = new Settings(Environment.DEVELOPMENT, Map.of(), new ArrayList<>());
        var _ = new ConfigLoader(Map.of()).config(settings, Environment.DEVELOPMENT);
        return settings.asked();
    }

    private ServerConfig read(@Nullable Path file) {
        Environment environment =
                variables.find("TASKER_ENV", violations).map(Environment::of).orElse(Environment.DEVELOPMENT);
        Path path = file != null
                ? file
                : variables.find("TASKER_CONFIG_PATH", violations).map(Path::of).orElse(null);
        Map<String, Object> values = new TreeMap<>();
        if (path != null) {
            values.putAll(ConfigFile.read(path, variables, violations));
        }
        OVERRIDES.forEach(
                (variable, key) -> variables.find(variable, violations).ifPresent(value -> values.put(key, value)));
        Settings settings = new Settings(environment, values, violations);
        ServerConfig config = config(settings, environment);
        new KnownKeys(settings.asked(), Set.of()).judge(values.keySet(), violations);
        if (!violations.isEmpty()) {
            throw new ConfigException(violations);
        }
        return config;
    }

    private ServerConfig config(Settings settings, Environment environment) {
        settings.insist("common.queues.backend", "pgmq");
        DatabaseConfig database = DatabaseConfig.from(settings, userDataFolder.resolve(environment.text()));
        WebConfig web = WebConfig.from(settings);
        GrpcConfig grpc = GrpcConfig.from(settings);
        AuthConfig auth = AuthConfig.from(settings, AUTHENTICATION, "tasker-core", "tasker-api");
        Reach reach = Reach.of(settings, environment, AUTHENTICATION, auth);
        reach.check("orchestration.web.bind_address", web.enabled(), web.bindAddress());
        reach.check("orchestration.grpc.bind_address", grpc.enabled(), grpc.bindAddress());
        int shutdownMs = settings.integer(
                "orchestration.shutdown_timeout_ms",
                Defaults.of(30_000).development(15_000).test(5_000),
                1000,
                300_000);
        List<Path> templatePaths = variables.find("TASKER_TEMPLATE_PATH", violations).stream()
                .flatMap(paths -> Arrays.stream(paths.split(File.pathSeparator)))
                .filter(text -> !text.isBlank())
                .map(Path::of)
                .toList();
        boolean overwrite = variables
                .find("TASKER_TEMPLATE_OVERWRITE", violations)
                .orElse("false")
                .equals("true");
        return new ServerConfig(
                environment,
                database,
                new EngineSettings(settings).engine(overwrite || environment != Environment.PRODUCTION),
                web,
                grpc,
                auth,
                templatePaths,
                Duration.ofMillis(shutdownMs));
    }

    private static Path userDataFolder(Map<String, String> environment) {
        Path xdg = Path.of(environment.getOrDefault("XDG_DATA_HOME", ""));
        Path base = xdg.isAbsolute() ? xdg : Path.of(System.getProperty("user.home"), ".local", "share");
        return base.resolve("tasker");
    }
}
