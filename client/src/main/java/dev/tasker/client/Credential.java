package dev.tasker.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What a client shows the server with every request. The secret is asked for each time, so one that changes takes effect with the next call.
 *
 * @param header its name
 * @param prefix before the secret
 * @param secret thread-safe; what it throws fails the call
 */
public record Credential(String header, String prefix, Supplier<String> secret) {

    /** A token, such as a JSON web token, that stays the same. */
    public static Credential bearer(String token) {
        return bearer(() -> token);
    }

    /** A token that is renewed. */
    public static Credential bearer(Supplier<String> token) {
        return new Credential("Authorization", "Bearer ", token);
    }

    /** A token in a file, which is read for every call, since somebody else may renew it. */
    public static Credential bearerFile(Path file) {
        return bearer(() -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A key in the header that the server expects, {@code X-API-Key} unless its {@code api_key_header} says otherwise. */
    public static Credential apiKey(String header, String key) {
        return new Credential(header, "", () -> key);
    }

    @Override
    public String toString() {
        return "Credential[" + header + ": ***]";
    }
}
