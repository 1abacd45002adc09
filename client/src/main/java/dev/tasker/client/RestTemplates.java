package dev.tasker.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Over REST. */
final class RestTemplates implements Templates {
    private static final String ROOT = "/v1/templates";

    private final RestCalls calls;

    RestTemplates(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public TemplateList list(@Nullable String namespace) throws InterruptedException {
        Map<String, String> query = namespace == null ? Map.of() : Map.of("namespace", namespace);
        return calls.call(Request.get(Paths.withQuery(ROOT, query)), TemplateList.class);
    }

    @Override
    public Template get(String namespace, String name, String version) throws InterruptedException {
        return calls.call(Request.get(Paths.of(ROOT, namespace, name, version)), Template.class);
    }

    @Override
    public TemplateRegistration register(String yaml) throws InterruptedException {
        return calls.call(yaml(ROOT, yaml), TemplateRegistration.class);
    }

    @Override
    public TemplateValidation validate(String yaml) throws InterruptedException {
        return calls.call(yaml(ROOT + "/validate", yaml), TemplateValidation.class);
    }

    private static Request yaml(String path, String yaml) {
        return new Request("POST", path, yaml, Map.of("Content-Type", "application/yaml"), Manner.READ);
    }
}
