package dev.tasker.server.api;

import dev.tasker.engine.Engine;
import dev.tasker.engine.RegisteredVersion;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.template.Finding;
import dev.tasker.template.ParsedTemplate;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplateParser;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Templates (03 §1.7). Blocks and throws as {@link TaskOperations} does. Thread-safe. */
public final class TemplateOperations {
    private final Engine engine;
    private final String environment;

    /** @param environment whose overlay applies to what is registered */
    public TemplateOperations(Engine engine, String environment) {
        this.engine = engine;
        this.environment = environment;
    }

    /** How a text is written. */
    public enum Format {
        YAML,
        JSON
    }

    /**
     * What a check found.
     *
     * @param valid whether it could be registered
     */
    public record Validation(boolean valid, List<Finding> findings) {
        public Validation {
            findings = List.copyOf(findings);
        }
    }

    /** A registered version with what its author should know. */
    public record Registration(RegisteredVersion version, List<Finding> findings) {
        public Registration {
            findings = List.copyOf(findings);
        }
    }

    /** By namespace, name and version; {@code namespace} null: all. */
    public List<TemplateSummary> list(@Nullable String namespace) {
        return engine.templates(namespace);
    }

    public TaskTemplate template(String namespace, String name, String version) {
        return engine.template(namespace, name, version)
                .orElseThrow(() -> new RefusedOperationException(
                        Fault.TEMPLATE_UNKNOWN, "Template not found: " + namespace + "/" + name + "/" + version));
    }

    /** Registers a template for new tasks; throws {@link TemplateException} when it cannot be used. */
    public Registration register(String text, Format format) {
        ParsedTemplate parsed = parse(text, format);
        return new Registration(engine.register(parsed.template().withEnvironment(environment)), parsed.findings());
    }

    /** Checks a text without registering it. */
    public Validation validate(String text, Format format) {
        try {
            return new Validation(true, parse(text, format).findings());
        } catch (TemplateException e) {
            return new Validation(false, e.findings());
        }
    }

    private static ParsedTemplate parse(String text, Format format) {
        return switch (format) {
            case YAML -> TemplateParser.parse("template.yaml", text);
            case JSON -> TemplateParser.fromJson(text);
        };
    }
}
