package dev.tasker.cli;

import dev.tasker.server.config.WorkerLinkConfig;
import dev.tasker.worker.grpc.WorkerCredential;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server of a worker as its configuration names it. */
final class WorkerServer {
    private WorkerServer() {}

    /** Its gRPC address; empty when none is stated. */
    static Optional<String> of(WorkerLinkConfig link) {
        String url = link.baseUrl();
        if ("rest".equals(link.transport())) {
            throw new CommandException(
                    "worker.orchestration_client.transport: \"rest\" (expected: grpc, the way this worker connects)");
        }
        if (url == null || !url.contains("://")) {
            return Optional.ofNullable(url);
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
