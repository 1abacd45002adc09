package dev.tasker.server.config;

import dev.tasker.engine.EngineConfig;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration: built-in defaults of the environment, then the file, then the variables that stand for one key (02 §10.1).
 * Reports all violations at once.
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
    private final List<Violation> violations = new ArrayList<>();

    private ConfigLoader(Map<String, String> environment, Path userDataFolder) {
        this.variables = new Variables(environment);
        this.userDataFolder = userDataFolder;
    }

    /**
     * The configuration of a server process.
     *
     * @param file null: the one named by {@code TASKER_CONFIG_PATH}, or none
     * @throws ConfigException with every violation found
     */
    public static ServerConfig load(@Nullable Path file, Map<String, String> environment) {
        ConfigReport report = inspect(file, null, environment);
        if (!report.unused().isEmpty()) {
            log.info("Configuration keys without effect here: {}", String.join(", ", report.unused()));
        }
        report.warnings().forEach(warning -> log.warn("{}", warning));
        return report.valid();
    }

    /**
     * What {@link #load} would make of a file, told in full instead of thrown.
     *
     * @param where null: as {@code TASKER_ENV} says
     * @throws ConfigException when the file cannot be read or is no TOML
     */
    public static ConfigReport inspect(
            @Nullable Path file, @Nullable Environment where, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader(environment, userDataFolder(environment));
        Environment chosen = where == null ? loader.environment() : where;
        ConfigLayers layers = new ConfigLayers();
        loader.file(file).ifPresent(layers::add);
        return loader.judge(chosen, layers);
    }

    /**
     * As {@link #inspect}, of a folder of sources: {@code base/*.toml} with {@code environments/<environment>/*.toml} over them.
     *
     * @param where null: as {@code TASKER_ENV} says
     * @throws ConfigException when there is none, or one cannot be read or is no TOML
     */
    public static ConfigReport inspectSources(
            Path folder, @Nullable Environment where, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader(environment, userDataFolder(environment));
        Environment chosen = where == null ? loader.environment() : where;
        ConfigLayers layers = new ConfigLayers();
        layers.addSources(folder, chosen, ConfigLayers.CONTEXTS);
        return loader.judge(chosen, layers);
    }

    /** The keys that have an effect, by name, with their defaults in {@code environment}. */
    public static Map<String, KeyFacts> keys(Environment environment) {
        ConfigLoader loader = new ConfigLoader(Map.of(), Path.of("$XDG_DATA_HOME", "tasker"));
        Settings settings = Settings.describing(environment);
        loader.config(settings, environment);
        return Collections.unmodifiableMap(settings.facts());
    }

    static ServerConfig defaults(Environment environment) {
        return load(null, Map.of("TASKER_ENV", environment.text()));
    }

    private Environment environment() {
        return variables.find("TASKER_ENV", violations).map(Environment::of).orElse(Environment.DEVELOPMENT);
    }

    private Optional<Path> file(@Nullable Path file) {
        return file != null
                ? Optional.of(file)
                : variables.find("TASKER_CONFIG_PATH", violations).map(Path::of);
    }

    private ConfigReport judge(Environment environment, ConfigLayers layers) {
        OVERRIDES.forEach((variable, key) -> variables
                .find(variable, violations)
                .ifPresent(value -> layers.put(key, value, Origin.variable(variable))));
        layers.substitute(variables, violations);
        Map<String, Located> values = layers.values();
        Settings settings = new Settings(environment, values, violations);
        ServerConfig config = config(settings, environment);
        List<String> unused = new KnownKeys(settings.facts().keySet()).judge(values, violations);
        return new ConfigReport(environment, config, violations, settings.warnings(), unused, settings.facts(), values);
    }

    private ServerConfig config(Settings settings, Environment environment) {
        settings.insist("common.queues.backend", "pgmq");
        DatabaseConfig database = DatabaseConfig.from(settings, userDataFolder.resolve(environment.text()));
        WebConfig web = WebConfig.from(settings);
        GrpcConfig grpc = GrpcConfig.from(settings);
        AuthConfig auth = AuthConfig.from(settings, AUTHENTICATION, "tasker-core", "tasker-api")
                .withWorkerLimits(settings, AUTHENTICATION);
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
        DeploymentMode mode = DeploymentMode.from(settings);
        EngineConfig engine =
                new EngineSettings(settings, mode).engine(overwrite || environment != Environment.PRODUCTION);
        return new ServerConfig(
                environment,
                database,
                engine,
                web,
                grpc,
                auth,
                OperationsConfig.from(settings, mode.listening(engine.dispatch().listen())),
                telemetry(),
                templatePaths,
                Duration.ofMillis(shutdownMs));
    }

    private TelemetryConfig telemetry() {
        try {
            return TelemetryConfig.from(variables, "tasker-orchestration");
        } catch (ConfigException e) {
            violations.addAll(e.violations());
            return TelemetryConfig.OFF;
        }
    }

    private static Path userDataFolder(Map<String, String> environment) {
        Path xdg = Path.of(environment.getOrDefault("XDG_DATA_HOME", ""));
        Path base = xdg.isAbsolute() ? xdg : Path.of(System.getProperty("user.home"), ".local", "share");
        return base.resolve("tasker");
    }
}
