package dev.tasker.client;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Registered templates (03 §1.7, §6.2). Thread-safe; get one from {@link TaskerClient#templates()}. */
public final class Templates {
    private static final String ROOT = "/v1/templates";

    private final Calls calls;

    Templates(Calls calls) {
        this.calls = calls;
    }

    /** Every version of every template, or of those in a namespace. */
    public TemplateList list(@Nullable String namespace) throws InterruptedException {
        Map<String, String> query = namespace == null ? Map.of() : Map.of("namespace", namespace);
        return calls.call(Request.get(Paths.withQuery(ROOT, query)), TemplateList.class);
    }

    public Template get(String namespace, String name, String version) throws InterruptedException {
        return calls.call(Request.get(Paths.of(ROOT, namespace, name, version)), Template.class);
    }

    /**
     * Registers a template; the same one again changes nothing, and so the call is repeated when its answer is lost.
     *
     * @throws TaskerException.Validation when it cannot be used
     * @throws TaskerException.Conflict when another one has this name and version
     */
    public TemplateRegistration register(String yaml) throws InterruptedException {
        return calls.call(yaml(ROOT, yaml), TemplateRegistration.class);
    }

    /** What the server would say of a template; changes nothing. */
    public TemplateValidation validate(String yaml) throws InterruptedException {
        return calls.call(yaml(ROOT + "/validate", yaml), TemplateValidation.class);
    }

    private static Request yaml(String path, String yaml) {
        return new Request("POST", path, yaml, Map.of("Content-Type", "application/yaml"), true, Duration.ZERO);
    }
}
