package dev.tasker.worker.remote;

import dev.tasker.template.TaskTemplate;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Brings templates to a server's REST port, one by one. */
final class HttpTemplates {
    private final HttpWorkSource source;

    HttpTemplates(HttpWorkSource source) {
        this.source = source;
    }

    /** As {@link RemoteWorkSource#register}. */
    List<String> register(Collection<TaskTemplate> templates) throws TemplatesRefusedException, InterruptedException {
        try (HttpClient client = source.newClient()) {
            List<String> faults = new ArrayList<>();
            for (TaskTemplate template : templates) {
                HttpResponse<String> response =
                        client.send(request(template.toCanonicalJson()), BodyHandlers.ofString());
                switch (response.statusCode()) {
                    case 200, 201 -> {}
                    case 400, 409, 413, 422 ->
                        faults.add("%s/%s/%s: %s"
                                .formatted(
                                        template.namespace(),
                                        template.name(),
                                        template.version(),
                                        WorkerJson.message(response.body())));
                    default -> throw refused(response);
                }
            }
            return faults;
        } catch (IOException | RuntimeException e) {
            throw TemplatesRefusedException.of(Status.UNAVAILABLE.withDescription("templates: " + e));
        }
    }

    private HttpRequest request(String document) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(source.server() + "/v1/templates"))
                .timeout(source.config().callTimeout())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(document));
        WorkerCredential shown = source.config().credential();
        if (shown != null) {
            request.header(shown.header(), shown.prefix() + shown.secret().get());
        }
        return request.build();
    }

    private static TemplatesRefusedException refused(HttpResponse<String> response) {
        boolean isLasting = List.of(403, 404, 405, 415).contains(response.statusCode());
        return new TemplatesRefusedException(
                response.statusCode() + ": " + WorkerJson.message(response.body()), isLasting);
    }
}
