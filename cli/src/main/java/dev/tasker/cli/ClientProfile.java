package dev.tasker.cli;

import dev.tasker.client.Credential;
import dev.tasker.client.RetryPolicy;
import dev.tasker.client.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server by what files and environment say together (07 §2).
 *
 * @param values by the key below {@code orchestration} of a profile, {@code auth.method.type} for instance
 * @param environment wins over them
 */
record ClientProfile(Map<String, String> values, Map<String, String> environment) {
    /** What the server is spoken to with; {@code http} is an old word for REST. */
    Transport transport() {
        String text = variable("TASKER_CLIENT_TRANSPORT")
                .or(() -> variable("TASKER_TRANSPORT"))
                .orElse(values.getOrDefault("transport", "rest"));
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "rest", "http" -> Transport.REST;
            case "grpc" -> Transport.GRPC;
            default -> throw refused("transport: " + text + " (expected: rest or grpc)");
        };
    }

    /** Where the server is, of this transport. */
    URI server(Transport transport) {
        String text = switch (transport) {
            case REST -> first("TASKER_ORCHESTRATION_URL", "base_url").orElse("http://localhost:8080");
            case GRPC -> first("TASKER_ORCHESTRATION_GRPC_URL", "base_url").orElse("http://localhost:9190");
        };
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw refused("base_url: " + text + " (expected: a URL)");
        }
    }

    long timeoutMs() {
        return number(first("TASKER_ORCHESTRATION_TIMEOUT_MS", "timeout_ms"), "timeout_ms", 30_000);
    }

    RetryPolicy retries() {
        long attempts = number(Optional.ofNullable(values.get("max_retries")), "max_retries", 3);
        return new RetryPolicy((int) Math.min(attempts, 100), RetryPolicy.DEFAULT.base(), RetryPolicy.DEFAULT.max());
    }

    /** The environment's before the profile's; null for none. */
    @Nullable
    Credential credential() {
        for (String variable : new String[] {"TASKER_ORCHESTRATION_AUTH_TOKEN", "TASKER_AUTH_TOKEN"}) {
            Optional<String> token = variable(variable);
            if (token.isPresent()) {
                return Credential.bearer(token.get());
            }
        }
        Optional<String> key = variable("TASKER_API_KEY");
        if (key.isPresent()) {
            return Credential.apiKey(variable("TASKER_API_KEY_HEADER").orElse("X-API-Key"), key.get());
        }
        String method = values.get("auth.method.type");
        return method == null ? legacyCredential() : credential(method);
    }

    private @Nullable Credential legacyCredential() {
        String token = values.get("auth_token");
        return token == null ? null : Credential.bearer(token);
    }

    private Credential credential(String method) {
        return switch (method) {
            case "BearerToken" -> Credential.bearer(required("auth.method.value"));
            case "ApiKey" ->
                Credential.apiKey(
                        values.getOrDefault("auth.method.value.header_name", "X-API-Key"),
                        required("auth.method.value.key"));
            case "Env" -> {
                String name = required("auth.method.name");
                yield Credential.bearer(
                        variable(name).orElseThrow(() -> refused("auth.method: $" + name + " is not set")));
            }
            case "File" -> Credential.bearer(Connection.token(Path.of(required("auth.method.path"))));
            default -> throw refused("auth.method.type: " + method + " (expected: BearerToken, ApiKey, Env or File)");
        };
    }

    private String required(String key) {
        String value = values.get(key);
        if (value == null) {
            throw refused(key + ": missing");
        }
        return value;
    }

    private Optional<String> first(String variable, String key) {
        return variable(variable).or(() -> Optional.ofNullable(values.get(key)));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static long number(Optional<String> text, String key, long otherwise) {
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("[1-9]\\d{0,8}")) {
            throw refused(key + ": " + text.get() + " (expected: a whole number from 1)");
        }
        return Long.parseLong(text.get());
    }

    private static CommandException refused(String sentence) {
        return new CommandException(CommandException.CONFIGURATION, sentence, null);
    }
}
