package dev.tasker.template;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Declares a template in Java (spec 06 §18 point 7), for teams that prefer code to YAML. What it builds is the template that a file with the
 * same content would be: the same rules are checked, and the canonical documents are equal. Not thread-safe.
 *
 * <pre>{@code
 * TaskTemplate order = TemplateBuilder.template("shop", "order", "1.0.0")
 *     .step("validate", "shop.validate", step -> step.timeoutSeconds(5))
 *     .step("ship", "shop.ship", step -> step.dependsOn("validate").maxAttempts(5))
 *     .build();
 * }</pre>
 */
public final class TemplateBuilder {
    private static final int FORMAT = 1;

    private final String namespace;
    private final String name;
    private final String version;
    private final List<DomainEventDefinition> domainEvents = new ArrayList<>();
    private final List<StepDefinition> steps = new ArrayList<>();
    private final Map<String, EnvironmentOverlay> environments = new TreeMap<>();
    private @Nullable Integer format;
    private @Nullable String description;
    private @Nullable TemplateMetadata metadata;
    private SystemDependencies systemDependencies = SystemDependencies.DEFAULT;
    private @Nullable JsonNode inputSchema;
    private @Nullable InputValidation inputValidation;
    private IdentityStrategy identityStrategy = IdentityStrategy.STRICT;
    private @Nullable LifecyclePolicy lifecycle;
    private JsonNode defaultContext = JsonValues.object(Map.of());
    private JsonNode defaultOptions = JsonValues.object(Map.of());

    private TemplateBuilder(String namespace, String name, String version) {
        this.namespace = namespace;
        this.name = name;
        this.version = version;
    }

    /** A template without steps yet. */
    public static TemplateBuilder template(String namespace, String name, String version) {
        return new TemplateBuilder(namespace, name, version);
    }

    /** Asks for the strict rules, as {@code template_format: 1} in a file; inputs are then validated unless told otherwise. */
    public TemplateBuilder strict() {
        format = FORMAT;
        return this;
    }

    public TemplateBuilder description(String text) {
        description = text;
        return this;
    }

    /** Who wrote it, when and why; nothing acts on it. */
    public TemplateBuilder metadata(TemplateMetadata facts) {
        metadata = facts;
        return this;
    }

    /** As {@link #metadata(TemplateMetadata)}, with what is usually known. */
    public TemplateBuilder metadata(
            String author,
            List<String> tags,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt,
            @Nullable String notes) {
        return metadata(new TemplateMetadata(author, tags, null, createdAt, updatedAt, notes, Map.of()));
    }

    /** The external systems it talks to; documentation only. */
    public TemplateBuilder systemDependencies(String primary, String... secondary) {
        systemDependencies = new SystemDependencies(primary, List.of(secondary));
        return this;
    }

    /**
     * Declares an event that steps publish by name: {@link StepBuilder#publishes(PublishedEvent)}.
     *
     * @param schema JSON Schema of the payload, null: none
     */
    public TemplateBuilder domainEvent(String eventName, @Nullable String eventDescription, @Nullable Object schema) {
        domainEvents.add(
                new DomainEventDefinition(eventName, eventDescription, schema == null ? null : JsonValues.of(schema)));
        return this;
    }

    /** JSON Schema of a task's context: JSON text, a tree, or maps and lists. */
    public TemplateBuilder inputSchema(Object schema) {
        inputSchema = JsonValues.of(schema);
        return this;
    }

    public TemplateBuilder inputValidation(InputValidation validation) {
        inputValidation = validation;
        return this;
    }

    public TemplateBuilder identityStrategy(IdentityStrategy strategy) {
        identityStrategy = strategy;
        return this;
    }

    /** How long its tasks may rest and live; what is null is left to the server. */
    public TemplateBuilder lifecycle(LifecyclePolicy policy) {
        lifecycle = new LifecyclePolicy(null, null, null, null, StalenessAction.DLQ, null, null).overlaidWith(policy);
        return this;
    }

    /** What a request's context is laid over. */
    public TemplateBuilder defaultContext(Map<String, ?> values) {
        defaultContext = JsonValues.object(values);
        return this;
    }

    /** What a request's options are laid over. */
    public TemplateBuilder defaultOptions(Map<String, ?> values) {
        defaultOptions = JsonValues.object(values);
        return this;
    }

    /** Adds a step that runs this callable and needs no more to be said. */
    public TemplateBuilder step(String stepName, String callable) {
        return step(stepName, callable, UnaryOperator.identity());
    }

    /** Adds a step; {@code more} says what differs from the defaults. */
    public TemplateBuilder step(String stepName, String callable, UnaryOperator<StepBuilder> more) {
        steps.add(more.apply(new StepBuilder(stepName, callable)).build());
        return this;
    }

    /** What an environment changes in one step, or in {@link StepOverlay#ALL}; may be called again for another step. */
    public TemplateBuilder environment(String environment, String stepName, UnaryOperator<StepOverlayBuilder> changes) {
        EnvironmentOverlay before =
                environments.getOrDefault(environment, new EnvironmentOverlay(List.of(), null, null));
        List<StepOverlay> overlays = new ArrayList<>(before.steps());
        overlays.add(changes.apply(new StepOverlayBuilder(stepName)).build());
        return environment(environment, new EnvironmentOverlay(overlays, before.lifecycle(), before.inputValidation()));
    }

    /** All that an environment changes. */
    public TemplateBuilder environment(String environment, EnvironmentOverlay overlay) {
        environments.put(environment, overlay);
        return this;
    }

    /**
     * The template, checked like one from a file.
     *
     * @throws TemplateException when it cannot be used
     */
    public TaskTemplate build() {
        InputValidation validation = inputValidation != null
                ? inputValidation
                : format == null ? InputValidation.OFF : InputValidation.ENFORCE;
        TaskTemplate template = new TaskTemplate(
                format,
                name,
                namespace,
                version,
                description,
                metadata,
                systemDependencies,
                domainEvents,
                inputSchema,
                validation,
                identityStrategy,
                lifecycle,
                defaultContext,
                defaultOptions,
                steps,
                environments);
        return TemplateParser.fromJson(template.toCanonicalJson()).template();
    }
}
