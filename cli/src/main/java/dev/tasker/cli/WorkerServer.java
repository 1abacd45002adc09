package dev.tasker.cli;

import dev.tasker.server.config.WorkerLinkConfig;
import dev.tasker.worker.remote.WorkerCredential;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server of a worker as its configuration names it. */
final class WorkerServer {
    private WorkerServer() {}

    /**
     * Its address as {@code --server} takes it: the URL of REST for {@code transport = "rest"}, else host and port of gRPC; empty when
     * none is stated.
     */
    static Optional<String> of(WorkerLinkConfig link) {
        String url = link.baseUrl();
        if (url == null) {
            return "rest".equals(link.transport()) ? Optional.of("http://127.0.0.1:8080") : Optional.empty();
        }
        if ("rest".equals(link.transport()) || !url.contains("://")) {
            return Optional.of(url);
        }
        try {
            return Optional.of(URI.create(url).getRawAuthority());
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    "worker.orchestration_client.base_url: \"" + url + "\" (expected: http://host:port)", e);
        }
    }

    /** What the worker shows it; null when nothing is stated. */
    static @Nullable WorkerCredential credential(WorkerLinkConfig link) {
        return switch (link.credential()) {
            case null -> null;
            case WorkerLinkConfig.Bearer(String token) -> WorkerCredential.bearer(() -> token);
            case WorkerLinkConfig.ApiKey(String header, String key) -> WorkerCredential.apiKey(header, () -> key);
        };
    }
}
