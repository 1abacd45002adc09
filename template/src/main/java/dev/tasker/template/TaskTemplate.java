package dev.tasker.template;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A workflow type: identity, input contract, a graph of steps and the policies they run under (spec 06). Immutable;
 * JSON nodes handed in or out are not to be modified. The parser has checked it, a hand-made one is checked by
 * {@link TemplatePlan#compile}.
 *
 * @param templateFormat null for files in the earlier, lenient form; 1 for the strict one (spec 06 §17)
 * @param defaultContext JSON object that a request's context is laid over, possibly empty
 * @param defaultOptions JSON object that a request's options are laid over, possibly empty
 * @param environments overlays by environment name
 */
public record TaskTemplate(
        @Nullable Integer templateFormat,
        String name,
        String namespace,
        String version,
        @Nullable String description,
        @Nullable TemplateMetadata metadata,
        SystemDependencies systemDependencies,
        List<DomainEventDefinition> domainEvents,
        @Nullable JsonNode inputSchema,
        InputValidation inputValidation,
        IdentityStrategy identityStrategy,
        @Nullable LifecyclePolicy lifecycle,
        JsonNode defaultContext,
        JsonNode defaultOptions,
        List<StepDefinition> steps,
        Map<String, EnvironmentOverlay> environments) {
    public TaskTemplate {
        domainEvents = List.copyOf(domainEvents);
        steps = List.copyOf(steps);
        environments = Collections.unmodifiableMap(new TreeMap<>(environments));
    }

    /** Whether the rules the earlier system never enforced are errors (spec 06 §13.5). */
    public boolean isStrict() {
        return templateFormat != null;
    }

    /** The registry key {@code namespace/name/version}. */
    public String key() {
        return namespace + "/" + name + "/" + version;
    }

    /**
     * The template as it runs in an environment (spec 06 §10); unchanged when it has no overlay of that name. The
     * overlays stay part of the result, and applying the same one again changes nothing.
     */
    public TaskTemplate withEnvironment(String environment) {
        EnvironmentOverlay overlay = environments.get(environment);
        return overlay == null ? this : overlay.applyTo(this);
    }

    /** The document as JSON with sorted keys, equal to the byte for equal templates (spec 06 §15, §18 point 2). */
    public String toCanonicalJson() {
        return CanonicalJson.of(this);
    }

    /** SHA-256 of the UTF-8 bytes of {@link #toCanonicalJson()}, 64 lower-case hexadecimal digits. */
    public String contentHash() {
        return CanonicalJson.hash(toCanonicalJson());
    }

    TaskTemplate with(
            List<StepDefinition> steps, @Nullable LifecyclePolicy lifecycle, InputValidation inputValidation) {
        return new TaskTemplate(
                templateFormat,
                name,
                namespace,
                version,
                description,
                metadata,
                systemDependencies,
                domainEvents,
                inputSchema,
                inputValidation,
                identityStrategy,
                lifecycle,
                defaultContext,
                defaultOptions,
                steps,
                environments);
    }
}
