package dev.tasker.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration of a worker process by the rules of {@link ConfigLoader}; keys of servers have no effect here. */
public final class WorkerConfigLoader {
    private static final Logger log = LoggerFactory.getLogger(WorkerConfigLoader.class);

    private static final String AUTHENTICATION = WorkerWebConfig.SECTION + ".auth";

    /** Variables that stand for one key, whatever the file says. */
    private static final Map<String, String> OVERRIDES = new TreeMap<>(Map.of(
            "TASKER_JWT_PUBLIC_KEY", AUTHENTICATION + ".jwt_public_key",
            "TASKER_JWT_PUBLIC_KEY_PATH", AUTHENTICATION + ".jwt_public_key_path",
            "TASKER_WEB_BIND_ADDRESS", WorkerWebConfig.SECTION + ".bind_address",
            "TASKER_WORKER_GRPC_BIND_ADDRESS", WorkerGrpcConfig.SECTION + ".bind_address"));

    /** Variables that name the worker, the first that is set before the file (04 §1.3). */
    private static final List<String> NAMES = List.of("TASKER_WORKER_ID", "WORKER_ID", "TASKER_INSTANCE_ID");

    private final Variables variables;
    private final List<Violation> violations = new ArrayList<>();

    private WorkerConfigLoader(Map<String, String> environment) {
        this.variables = new Variables(environment);
    }

    /**
     * The configuration of a worker process.
     *
     * @param file null: the one named by {@code TASKER_CONFIG_PATH}, or none
     * @throws ConfigException with every violation found
     */
    public static WorkerProcessConfig load(@Nullable Path file, Map<String, String> environment) {
        return new WorkerConfigLoader(environment).read(file);
    }

    static WorkerProcessConfig defaults(Environment environment) {
        return load(null, Map.of("TASKER_ENV", environment.text()));
    }

    private WorkerProcessConfig read(@Nullable Path file) {
        Environment environment = find("TASKER_ENV").map(Environment::of).orElse(Environment.DEVELOPMENT);
        ConfigLayers layers = new ConfigLayers();
        Optional.ofNullable(file)
                .or(() -> find("TASKER_CONFIG_PATH").map(Path::of))
                .ifPresent(layers::add);
        OVERRIDES.forEach((variable, key) ->
                find(variable).ifPresent(value -> layers.put(key, value, Origin.variable(variable))));
        layers.substitute(variables, violations);
        Settings settings = new Settings(environment, layers.values(), violations);
        WorkerProcessConfig config = config(settings, environment);
        List<String> unused = new KnownKeys(
                        settings.facts().keySet(),
                        ConfigLoader.keys(environment).keySet())
                .judge(layers.values(), violations);
        if (!violations.isEmpty()) {
            throw new ConfigException(violations);
        }
        if (!unused.isEmpty()) {
            log.info("Configuration keys without effect here: {}", String.join(", ", unused));
        }
        settings.warnings().forEach(warning -> log.warn("{}", warning));
        return config;
    }

    private WorkerProcessConfig config(Settings settings, Environment environment) {
        WorkerWebConfig web = WorkerWebConfig.from(settings, environment == Environment.TEST);
        AuthConfig auth = AuthConfig.from(settings, AUTHENTICATION, "tasker-worker", "worker-api");
        WorkerGrpcConfig grpc = WorkerGrpcConfig.from(settings);
        Reach reach = Reach.of(settings, environment, AUTHENTICATION, auth);
        reach.check(WorkerWebConfig.SECTION + ".bind_address", web.enabled(), web.bindAddress());
        reach.check(WorkerGrpcConfig.SECTION + ".bind_address", grpc.enabled(), grpc.bindAddress());
        String stated =
                settings.<@Nullable String>parsed("worker.worker_id", "", text -> text.isBlank() ? null : text, null);
        String dispatch = "worker.mpsc_channels.handler_dispatch";
        return new WorkerProcessConfig(
                environment,
                names().findFirst().orElse(stated),
                settings.text("worker.worker_type", "general"),
                settings.integer(
                        dispatch + ".max_concurrent_handlers",
                        Defaults.of(10).test(5).production(50),
                        1,
                        10_000),
                millis(
                        settings,
                        dispatch + ".handler_timeout_ms",
                        Defaults.of(30_000).test(5_000).production(60_000),
                        1_000,
                        3_600_000),
                millis(settings, "worker.drain_timeout_ms", Defaults.of(30_000).test(5_000), 0, 3_600_000),
                settings.flag("worker.strict_handlers", environment == Environment.PRODUCTION),
                WorkerLinkConfig.from(settings),
                web,
                grpc,
                auth);
    }

    private Stream<String> names() {
        return NAMES.stream().map(this::find).flatMap(Optional::stream);
    }

    private static Duration millis(Settings settings, String key, Defaults<Integer> defaults, int min, int max) {
        return Duration.ofMillis(settings.integer(key, defaults, min, max));
    }

    private Optional<String> find(String variable) {
        return variables.find(variable, violations);
    }
}
