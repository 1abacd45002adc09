package dev.tasker.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a worker finds its server ({@code [worker.orchestration_client]}).
 *
 * @param baseUrl {@code http(s)://host:port}, null: not stated
 * @param transport {@code grpc} or {@code rest}, null: not stated
 * @param credential what the worker shows, null: nothing stated here
 */
public record WorkerLinkConfig(
        @Nullable String baseUrl,
        @Nullable String transport,
        @Nullable Credential credential) {
    private static final String SECTION = "worker.orchestration_client";

    /** A secret and the header it goes into. Prints without the secret. */
    public sealed interface Credential {}

    /** A token after {@code Bearer}. */
    public record Bearer(String token) implements Credential {
        @Override
        public String toString() {
            return "Bearer[***]";
        }
    }

    /** A key in a header of its own. */
    public record ApiKey(String header, String key) implements Credential {
        @Override
        public String toString() {
            return "ApiKey[" + header + ": ***]";
        }
    }

    static WorkerLinkConfig from(Settings settings) {
        return new WorkerLinkConfig(
                stated(settings, SECTION + ".base_url", List.of()),
                stated(settings, SECTION + ".transport", List.of("grpc", "rest")),
                credential(settings, SECTION + ".auth"));
    }

    private static @Nullable Credential credential(Settings settings, String section) {
        String type = stated(settings, section + ".type", List.of("bearer", "api_key"));
        String token = settings.secret(section + ".token", text -> text);
        String key = settings.secret(section + ".key", text -> text);
        String header = settings.text(section + ".header_name", "X-API-Key");
        if (type == null) {
            if (token != null || key != null) {
                settings.violation(section + ".type", "nothing", "bearer or api_key, beside the token or key");
            }
            return null;
        }
        boolean isBearer = type.equals("bearer");
        String secret = isBearer ? token : key;
        if (secret == null) {
            settings.violation(section + ".type", type, (isBearer ? "token" : "key") + " beside it");
            return null;
        }
        return isBearer ? new Bearer(secret) : new ApiKey(header, secret);
    }

    /** A text, one of several words where there are any; null when absent or empty. */
    private static @Nullable String stated(Settings settings, String key, List<String> words) {
        return settings.<@Nullable String>parsed(
                key,
                "",
                text -> {
                    if (text.isEmpty()) {
                        return null;
                    }
                    if (!words.isEmpty() && !words.contains(text)) {
                        throw new IllegalArgumentException(String.join(" or ", words));
                    }
                    return text;
                },
                null);
    }
}
