package dev.tasker.worker.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What a worker shows the server with every stream. The secret is asked for each time, so one that changes takes effect with the next
 * stream; the server ends a stream soon after its token has expired.
 *
 * @param header metadata key, in lower case
 * @param prefix before the secret
 * @param secret may block for a moment; should it throw, the worker tries again later
 */
public record WorkerCredential(String header, String prefix, Supplier<String> secret) {

    public WorkerCredential {
        if (!header.matches("[a-z0-9_.-]{1,64}") || header.endsWith("-bin")) {
            throw new IllegalArgumentException(
                    "credential.header: " + header + " (expected: letters, digits, '-', '_', '.', no -bin at the end)");
        }
    }

    /** A token, such as a JSON web token. */
    public static WorkerCredential bearer(Supplier<String> token) {
        return new WorkerCredential("authorization", "Bearer ", token);
    }

    /** A token in a file that somebody else keeps up to date; blanks around it do not count. */
    public static WorkerCredential bearerFile(Path file) {
        return bearer(() -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** An API key; servers expect it in {@code X-API-Key} unless told otherwise. */
    public static WorkerCredential apiKey(String header, Supplier<String> key) {
        return new WorkerCredential(header.toLowerCase(Locale.ROOT), "", key);
    }

    @Override
    public String toString() {
        return "WorkerCredential[" + header + ": ***]";
    }
}
