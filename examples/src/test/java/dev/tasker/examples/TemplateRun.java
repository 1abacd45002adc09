package dev.tasker.examples;

import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.StepResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;

/** Runs the handlers of a whole template in the order of its graph, feeding results forward; no engine involved. */
public final class TemplateRun {

    private final JsonNode template;
    private final HandlerRegistry registry;
    private final Map<String, StepResult> results = new LinkedHashMap<>();

    private TemplateRun(String yaml, HandlerRegistry registry) {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        this.template = Attempt.tree(loaded);
        this.registry = registry;
    }

    public static TemplateRun of(String yaml, HandlerRegistry registry) {
        return new TemplateRun(yaml, registry);
    }

    /** A conformance template from the folder beside this repository; without that folder the test is skipped. */
    public static TemplateRun conformance(String file) throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolveSibling("shared/templates/native"))) {
            folder = folder.getParent();
        }
        Assumptions.assumeTrue(folder != null, "no conformance templates beside this repository");
        String yaml = Files.readString(
                folder.resolveSibling("shared/templates/native").resolve(file));
        return new TemplateRun(yaml, ConformanceHandlers.registry());
    }

    /** Runs all steps, each as soon as its parents succeeded; those that cannot run are absent from the result. */
    public Map<String, StepResult> run(String contextJson) throws Exception {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (JsonNode step : template.get("steps")) {
                if (!results.containsKey(name(step)) && parentsSucceeded(step)) {
                    results.put(name(step), attempt(step, contextJson).run());
                    progress = true;
                }
            }
        }
        return results;
    }

    public List<String> stepNames() {
        return template.get("steps").valueStream().map(TemplateRun::name).toList();
    }

    public JsonNode template() {
        return template;
    }

    /** The value a step succeeded with. */
    public JsonNode value(String step) {
        StepResult result = results.get(step);
        if (result instanceof StepResult.Success success) {
            return Attempt.tree(success.value());
        }
        throw new AssertionError("step " + step + ": " + result);
    }

    /** The metadata a step succeeded with. */
    public JsonNode metadata(String step) {
        StepResult result = results.get(step);
        if (result instanceof StepResult.Success success) {
            return Attempt.tree(success.metadata());
        }
        throw new AssertionError("step " + step + ": " + result);
    }

    private Attempt attempt(JsonNode step, String contextJson) {
        JsonNode initialization = step.at("/handler/initialization");
        Attempt attempt = Attempt.of(registry, step.at("/handler/callable").stringValue())
                .context(contextJson)
                .initialization(initialization.isMissingNode() ? "{}" : initialization.toString());
        results.forEach((name, result) -> {
            if (result instanceof StepResult.Success success) {
                attempt.dependency(name, Attempt.JSON.writeValueAsString(success.value()));
            }
        });
        return attempt;
    }

    private boolean parentsSucceeded(JsonNode step) {
        return step.path("dependencies")
                .valueStream()
                .allMatch(parent -> results.get(parent.stringValue()) instanceof StepResult.Success);
    }

    private static String name(JsonNode step) {
        return step.get("name").stringValue();
    }
}
