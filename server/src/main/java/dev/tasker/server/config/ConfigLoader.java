package dev.tasker.server.config;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration: built-in defaults of the environment, then the file, then the variables that stand for one key. The first
 * two of these layers are optional. Reports all violations at once.
 */
public final class ConfigLoader {
    private static final Logger log = LoggerFactory.getLogger(ConfigLoader.class);

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
        judge(settings, values);
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
        boolean reachIsDecided = auth.enabled()
                || environment == Environment.TEST
                || settings.states(AUTHENTICATION + ".enabled", false);
        checkReach(settings, "orchestration.web.bind_address", web.enabled(), web.bindAddress(), reachIsDecided);
        checkReach(settings, "orchestration.grpc.bind_address", grpc.enabled(), grpc.bindAddress(), reachIsDecided);
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

    /** Without authentication only this machine may connect, unless somebody decided otherwise in writing (03 §3.1). */
    private static void checkReach(
            Settings settings, String key, boolean enabled, BindAddress address, boolean reachIsDecided) {
        if (enabled && !reachIsDecided && !address.isLoopback()) {
            settings.violation(
                    key,
                    address.toString(),
                    "a loopback address; or " + AUTHENTICATION + ".enabled = true; or " + AUTHENTICATION
                            + ".enabled = false written in the file, or TASKER_ENV=test, to let everybody in");
        }
    }

    private void judge(Settings settings, Map<String, Object> values) {
        KnownKeys known = new KnownKeys(settings.asked());
        List<String> idle = new ArrayList<>();
        for (String key : values.keySet()) {
            if (known.isIdle(key)) {
                idle.add(key);
            } else if (!known.isKnown(key)) {
                violations.add(key + ": unknown key (nearest known: " + known.nearest(key) + ")");
            }
        }
        if (!idle.isEmpty()) {
            log.info("Configuration keys without effect here: {}", String.join(", ", idle));
        }
    }

    private static Path userDataFolder(Map<String, String> environment) {
        Path xdg = Path.of(environment.getOrDefault("XDG_DATA_HOME", ""));
        Path base = xdg.isAbsolute() ? xdg : Path.of(System.getProperty("user.home"), ".local", "share");
        return base.resolve("tasker");
    }
}
