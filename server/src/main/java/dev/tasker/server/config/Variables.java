package dev.tasker.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The environment variables a configuration may use, each with its form (02 §10.2). Everything else in the environment is invisible
 * to it.
 */
public final class Variables {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]*)(?::-([^}]*))?}");
    private static final String POSTGRES = "postgres(ql)?://\\S+";
    private static final String HOST_PORT = "\\[?[A-Za-z0-9._:-]+]?:\\d{1,5}";
    private static final String IDENTITY = "[A-Za-z0-9][A-Za-z0-9-]{0,63}";

    private static final String SECRET = "[\\x21-\\x7e]+";

    private static final Map<String, Form> FORMS = new TreeMap<>(Map.ofEntries(
            Map.entry("DATABASE_URL", new Form(POSTGRES, "postgresql://[user:password@]host[:port]/database", true)),
            Map.entry("PGMQ_DATABASE_URL", new Form("(" + POSTGRES + ")?", "postgresql://… or empty", true)),
            Map.entry(
                    "TASKER_DATABASE_LISTEN_URL",
                    new Form(POSTGRES, "postgresql://[user:password@]host[:port]/database", true)),
            Map.entry("TELEMETRY_ENABLED", new Form("true|false", "true or false", false)),
            Map.entry("OTEL_SERVICE_NAME", new Form("\\S+", "a name without blanks", false)),
            Map.entry("OTEL_EXPORTER_OTLP_ENDPOINT", new Form("https?://\\S+", "http(s)://host:port", true)),
            Map.entry("OTEL_TRACES_SAMPLER_ARG", new Form("0(\\.\\d+)?|1(\\.0+)?", "a number from 0 to 1", false)),
            Map.entry("DEPLOYMENT_ENVIRONMENT", new Form("\\S+", "a name without blanks", false)),
            Map.entry("TASKER_DATA_DIR", new Form(".+", "a path", false)),
            Map.entry("TASKER_ENV", new Form("test|development|production", "test, development or production", false)),
            Map.entry("TASKER_CONFIG_PATH", new Form(".+\\.toml", "a path ending in .toml", false)),
            Map.entry("TASKER_WEB_BIND_ADDRESS", new Form(HOST_PORT, "host:port", false)),
            Map.entry("TASKER_ORCHESTRATION_GRPC_BIND_ADDRESS", new Form(HOST_PORT, "host:port", false)),
            Map.entry("TASKER_WORKER_GRPC_BIND_ADDRESS", new Form(HOST_PORT, "host:port", false)),
            Map.entry("TASKER_TEMPLATE_OVERWRITE", new Form("true|false", "true or false", false)),
            Map.entry("TASKER_TEMPLATE_PATH", new Form(".+", "a path", false)),
            Map.entry("TASKER_MESSAGING_BACKEND", new Form("pgmq|rabbitmq", "pgmq or rabbitmq", false)),
            Map.entry("RABBITMQ_URL", new Form("amqps?://\\S+", "amqp://…", true)),
            Map.entry("REDIS_URL", new Form("rediss?://\\S+", "redis://…", true)),
            Map.entry("MEMCACHED_URL", new Form("(tcp|unix)://\\S+", "tcp://host[:port] or unix:///…", false)),
            Map.entry("TASKER_INSTANCE_ID", new Form(IDENTITY, "1 to 64 letters, digits and '-'", false)),
            Map.entry("TASKER_WORKER_ID", new Form(IDENTITY, "1 to 64 letters, digits and '-'", false)),
            Map.entry("WORKER_ID", new Form(IDENTITY, "1 to 64 letters, digits and '-'", false)),
            Map.entry("TASKER_WORKER_AUTH_TOKEN", new Form(SECRET, "visible ASCII characters", true)),
            Map.entry("TASKER_AUTH_TOKEN", new Form(SECRET, "visible ASCII characters", true)),
            Map.entry("TASKER_API_KEY", new Form(SECRET, "visible ASCII characters", true)),
            Map.entry("TASKER_API_KEY_HEADER", new Form("[A-Za-z0-9-]{1,64}", "the name of a header", false)),
            Map.entry("TASKER_INSTANCE_PORT", new Form("\\d{1,5}", "digits", false)),
            Map.entry(
                    "TASKER_JWT_PUBLIC_KEY",
                    new Form("(?s)-----BEGIN [A-Z ]*PUBLIC KEY-----.*", "a PEM public key", true)),
            Map.entry("TASKER_JWT_PUBLIC_KEY_PATH", new Form(".+\\.pem", "a path ending in .pem", false))));

    private final Map<String, String> environment;

    private record Form(String pattern, String description, boolean secret) {}

    /** The variables in an environment such as {@link System#getenv()}. An empty one counts as unset. */
    public Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The value of a known variable, or empty when it is unset.
     *
     * @throws ConfigException when the value does not have the variable's form
     */
    public Optional<String> find(String name) {
        List<Violation> violations = new ArrayList<>();
        Optional<String> found = find(name, violations);
        if (!violations.isEmpty()) {
            throw new ConfigException(violations);
        }
        return found;
    }

    Optional<String> find(String name, List<Violation> violations) {
        Form form = FORMS.get(name);
        if (form == null) {
            throw new IllegalArgumentException(name + ": not a variable of the configuration");
        }
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.matches(form.pattern())) {
            violations.add(new Violation(
                    null,
                    name,
                    (form.secret() ? "***" : "\"" + value + "\"") + " (expected: " + form.description() + ")"));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** {@code text} with its {@code ${VAR}} and {@code ${VAR:-default}} replaced. */
    String substitute(String key, String text, Origin origin, List<Violation> violations) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(value(key, match, origin, violations)));
    }

    private String value(String key, MatchResult match, Origin origin, List<Violation> violations) {
        String name = match.group(1);
        if (!FORMS.containsKey(name)) {
            violations.add(new Violation(
                    origin, key, "${" + name + "} (expected: one of " + String.join(", ", FORMS.keySet()) + ")"));
            return "";
        }
        Optional<String> value = find(name, violations);
        if (value.isPresent()) {
            return value.get();
        }
        if (match.group(2) == null) {
            violations.add(new Violation(
                    origin, key, "${" + name + "} is not set (expected: a value, or ${" + name + ":-default})"));
            return "";
        }
        return match.group(2);
    }
}
