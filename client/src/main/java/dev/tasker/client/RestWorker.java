package dev.tasker.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Over REST. */
final class RestWorker implements WorkerOperations {
    private static final String TEMPLATES = "/v1/templates";

    private final RestCalls calls;

    RestWorker(ClientConfig config) {
        this.calls = new RestCalls(config);
    }

    @Override
    public WorkerStatus health() throws InterruptedException {
        return probe("/health", WorkerStatus.class);
    }

    @Override
    public WorkerStatus live() throws InterruptedException {
        return probe("/health/live", WorkerStatus.class);
    }

    @Override
    public WorkerReport ready() throws InterruptedException {
        return probe("/health/ready", WorkerReport.class);
    }

    @Override
    public WorkerReport detailed() throws InterruptedException {
        return probe("/health/detailed", WorkerReport.class);
    }

    @Override
    public WorkerTemplateList templates(@Nullable String namespace) throws InterruptedException {
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("include_cache_stats", true);
        if (namespace != null) {
            query.put("namespace", namespace);
        }
        return calls.call(Request.get(Paths.withQuery(TEMPLATES, query)), WorkerTemplateList.class);
    }

    @Override
    public WorkerTemplate template(String namespace, String name, String version) throws InterruptedException {
        return calls.call(Request.get(Paths.of(TEMPLATES, namespace, name, version)), RestWorkerTemplate.class)
                .template();
    }

    @Override
    public WorkerTemplateValidation validate(String namespace, String name, String version)
            throws InterruptedException {
        String path = Paths.of(TEMPLATES, namespace, name, version) + "/validate";
        return calls.call(
                Request.send("POST", path, "{}").in(Manner.READ), // changes nothing
                WorkerTemplateValidation.class);
    }

    @Override
    public WorkerConfiguration configuration() throws InterruptedException {
        return calls.call(Request.get("/config"), WorkerConfiguration.class);
    }

    @Override
    public String metrics() throws InterruptedException {
        return calls.send(Request.get("/metrics").in(Manner.PROBE)).body();
    }

    @Override
    public void close() {
        calls.close();
    }

    private <T> T probe(String path, Class<T> type) throws InterruptedException {
        return calls.call(Request.get(path).in(Manner.PROBE), type);
    }
}
