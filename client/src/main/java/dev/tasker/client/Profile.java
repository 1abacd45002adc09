package dev.tasker.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server and its workers by what files and environment say together (07 §2): defaults, over them the person's file, over it the
 * project's, of each first the profile {@code default} and then the chosen one, over all of them the environment. Immutable.
 */
public final class Profile {
    private static final String STANDARD = "default";
    private static final long TIMEOUT_MS = 30_000;
    private static final long ATTEMPTS = 3;
    private static final int ATTEMPTS_MAX = 100;

    private final String name;
    private final SortedSet<String> names;
    private final List<Path> files;
    private final Map<String, Setting> values;
    private final Map<String, String> environment;

    /**
     * A value and where it comes from.
     *
     * @param value a secret is {@code ***}
     * @param origin a file, a variable with a dollar sign before it, or {@code default}
     */
    public record Setting(String key, String value, String origin) {}

    Profile(
            String name,
            SortedSet<String> names,
            List<Path> files,
            Map<String, Setting> values,
            Map<String, String> environment) {
        this.name = name;
        this.names = names;
        this.files = List.copyOf(files);
        this.values = Map.copyOf(values);
        this.environment = environment;
    }

    /**
     * Reads what there is.
     *
     * @param file to be read instead of those of person and project, null for these
     * @param name null for the one of {@code TASKER_CLIENT_PROFILE}, or else {@code default}
     * @throws ProfileException for a file that cannot be read, and for a name that is in none
     */
    public static Profile load(@Nullable Path file, @Nullable String name) {
        return new ProfileFiles(Path.of(""), System.getenv()).load(file, name);
    }

    public String name() {
        return name;
    }

    /** All profiles that the files know. */
    public SortedSet<String> names() {
        return names;
    }

    /** That were read; the later ones win. */
    public List<Path> files() {
        return files;
    }

    /**
     * Everything that applies, without secrets.
     *
     * @throws ProfileException for a value that cannot be used
     */
    public List<Setting> settings() {
        Transport transport = transport();
        List<Setting> settings = new ArrayList<>();
        settings.add(transportSetting());
        for (Endpoint endpoint : Endpoint.values()) {
            settings.add(addressSetting(endpoint, transport));
            settings.add(timeoutSetting(endpoint));
            settings.add(attemptsSetting(endpoint));
            settings.add(authSetting(endpoint));
        }
        return List.copyOf(settings);
    }

    /** Whether somebody says where a worker is, or it would be looked for where one usually is. */
    public boolean namesWorker() {
        return !addressSetting(Endpoint.WORKER, transport()).origin().equals(STANDARD);
    }

    /** {@code http} is an old word for REST. */
    Transport transport() {
        String text = transportSetting().value();
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "rest", "http" -> Transport.REST;
            case "grpc" -> Transport.GRPC;
            default -> throw refused("transport: " + text + " (expected: rest or grpc)");
        };
    }

    URI address(Endpoint endpoint, Transport transport) {
        String text = addressSetting(endpoint, transport).value();
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw refused("base_url: " + text + " (expected: a URL)");
        }
    }

    Duration timeout(Endpoint endpoint) {
        return Duration.ofMillis(number(timeoutSetting(endpoint)));
    }

    RetryPolicy retries(Endpoint endpoint) {
        long attempts = number(attemptsSetting(endpoint));
        return new RetryPolicy(
                (int) Math.min(attempts, ATTEMPTS_MAX), RetryPolicy.DEFAULT.base(), RetryPolicy.DEFAULT.max());
    }

    /** The environment's before the profile's; null for none. */
    @Nullable
    Credential credential(Endpoint endpoint) {
        Optional<Setting> token = token(endpoint);
        if (token.isPresent()) {
            return Credential.bearer(token.get().value());
        }
        Optional<Setting> key = variable("auth", "TASKER_API_KEY");
        if (key.isPresent()) {
            String header = variable("header", "TASKER_API_KEY_HEADER")
                    .map(Setting::value)
                    .orElse("X-API-Key");
            return Credential.apiKey(header, key.get().value());
        }
        Optional<Setting> method = value(endpoint, "auth.method.type");
        if (method.isPresent()) {
            return credential(endpoint, method.get().value());
        }
        return value(endpoint, "auth_token")
                .map(legacy -> Credential.bearer(legacy.value()))
                .orElse(null);
    }

    private Credential credential(Endpoint endpoint, String method) {
        return switch (method) {
            case "BearerToken" -> Credential.bearer(required(endpoint, "auth.method.value"));
            case "ApiKey" ->
                Credential.apiKey(
                        value(endpoint, "auth.method.value.header_name")
                                .map(Setting::value)
                                .orElse("X-API-Key"),
                        required(endpoint, "auth.method.value.key"));
            case "Env" -> {
                String variable = required(endpoint, "auth.method.name");
                yield Credential.bearer(variable("auth", variable)
                        .orElseThrow(() -> refused("auth.method: $" + variable + " is not set"))
                        .value());
            }
            case "File" -> Credential.bearerFile(Path.of(required(endpoint, "auth.method.path")));
            default -> throw refused("auth.method.type: " + method + " (expected: BearerToken, ApiKey, Env or File)");
        };
    }

    private Setting transportSetting() {
        return variable("transport", "TASKER_CLIENT_TRANSPORT")
                .or(() -> variable("transport", "TASKER_TRANSPORT"))
                .or(() -> Optional.ofNullable(values.get("transport")))
                .orElse(new Setting("transport", "rest", STANDARD));
    }

    private Setting addressSetting(Endpoint endpoint, Transport transport) {
        String variable = endpoint.variable(
                switch (transport) {
                    case REST -> "URL";
                    case GRPC -> "GRPC_URL";
                });
        return variable(endpoint.key("base_url"), variable)
                .or(() -> value(endpoint, "base_url"))
                .orElseGet(() -> new Setting(
                        endpoint.key("base_url"), endpoint.standard(transport).toString(), STANDARD));
    }

    private Setting timeoutSetting(Endpoint endpoint) {
        return variable(endpoint.key("timeout_ms"), endpoint.variable("TIMEOUT_MS"))
                .or(() -> value(endpoint, "timeout_ms"))
                .orElseGet(() -> new Setting(endpoint.key("timeout_ms"), "" + TIMEOUT_MS, STANDARD));
    }

    private Setting attemptsSetting(Endpoint endpoint) {
        return value(endpoint, "max_retries")
                .orElseGet(() -> new Setting(endpoint.key("max_retries"), "" + ATTEMPTS, STANDARD));
    }

    /** The kind of the credential, and no more than its kind. */
    private Setting authSetting(Endpoint endpoint) {
        String key = endpoint.key("auth");
        return token(endpoint)
                .map(token -> new Setting(key, "BearerToken ***", token.origin()))
                .or(() -> variable(key, "TASKER_API_KEY").map(set -> new Setting(key, "ApiKey ***", set.origin())))
                .or(() -> value(endpoint, "auth.method.type")
                        .map(method -> new Setting(key, method.value() + " ***", method.origin())))
                .or(() ->
                        value(endpoint, "auth_token").map(token -> new Setting(key, "BearerToken ***", token.origin())))
                .orElse(new Setting(key, "none", STANDARD));
    }

    private Optional<Setting> token(Endpoint endpoint) {
        return variable("auth", endpoint.variable("AUTH_TOKEN")).or(() -> variable("auth", "TASKER_AUTH_TOKEN"));
    }

    private String required(Endpoint endpoint, String key) {
        return value(endpoint, key)
                .orElseThrow(() -> refused(key + ": missing"))
                .value();
    }

    private Optional<Setting> value(Endpoint endpoint, String name) {
        return Optional.ofNullable(values.get(endpoint.key(name)));
    }

    private Optional<Setting> variable(String key, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> !value.isBlank())
                .map(value -> new Setting(key, value, "$" + variable));
    }

    private static long number(Setting setting) {
        if (!setting.value().matches("[1-9]\\d{0,8}")) {
            throw refused(setting.key() + ": " + setting.value() + " (expected: a whole number from 1)");
        }
        return Long.parseLong(setting.value());
    }

    private static ProfileException refused(String sentence) {
        return new ProfileException(sentence, null);
    }
}
