package dev.tasker.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One step of a {@link TemplateBuilder}; what is not said has the default of files. Not thread-safe. */
public final class StepBuilder {
    private final String name;
    private final String callable;
    private final Map<String, Object> initialization = new LinkedHashMap<>();
    private final List<String> dependencies = new ArrayList<>();
    private final List<PublishedEvent> events = new ArrayList<>();
    private StepType type = StepType.STANDARD;
    private RetryPolicy retry = RetryPolicy.DEFAULT;
    private boolean atMostOnce;
    private @Nullable String description;
    private @Nullable String method;
    private @Nullable String resolver;
    private @Nullable String systemDependency;
    private @Nullable Integer timeoutSeconds;
    private @Nullable BatchConfig batchConfig;
    private @Nullable JsonNode resultSchema;
    private @Nullable JsonNode composition;

    StepBuilder(String name, String callable) {
        this.name = name;
        this.callable = callable;
    }

    public StepBuilder description(String text) {
        description = text;
        return this;
    }

    /** The handler's method to run, in place of {@code call}. */
    public StepBuilder method(String methodName) {
        method = methodName;
        return this;
    }

    /** The one resolver to ask for the handler. */
    public StepBuilder resolver(String resolverName) {
        resolver = resolverName;
        return this;
    }

    /** A key of the handler's {@code initialization}; anything Jackson can write. */
    public StepBuilder with(String key, Object value) {
        initialization.put(key, value);
        return this;
    }

    /** An attempt whose worker was lost is not repeated. */
    public StepBuilder atMostOnce() {
        atMostOnce = true;
        return this;
    }

    /** Names of steps that must be complete before; adds to those said before. */
    public StepBuilder dependsOn(String... steps) {
        dependencies.addAll(List.of(steps));
        return this;
    }

    /** Its handler decides which of the steps below it are to exist. */
    public StepBuilder decision() {
        type = StepType.DECISION;
        return this;
    }

    /** It joins whatever branches or batches were created. */
    public StepBuilder convergence() {
        type = StepType.DEFERRED_CONVERGENCE;
        return this;
    }

    /** Its handler cuts the work into batches. */
    public StepBuilder batchable() {
        type = StepType.BATCHABLE;
        return this;
    }

    /** It is the pattern of batch instances. */
    public StepBuilder batchWorker(BatchConfig config) {
        type = StepType.BATCH_WORKER;
        batchConfig = config;
        return this;
    }

    /** Attempts in all, the first included. */
    public StepBuilder maxAttempts(int attempts) {
        retry = new RetryPolicy(retry.retryable(), attempts, retry.backoff());
        return this;
    }

    /** No failure of it is tried again. */
    public StepBuilder notRetryable() {
        retry = new RetryPolicy(false, retry.maxAttempts(), retry.backoff());
        return this;
    }

    /** The delays between attempts. */
    public StepBuilder backoff(BackoffStrategy strategy, Duration base, Duration max) {
        retry = new RetryPolicy(retry.retryable(), retry.maxAttempts(), new Backoff(strategy, base, max));
        return this;
    }

    /** The time limit of an attempt, 0 for none. */
    public StepBuilder timeoutSeconds(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    /** An external system it needs; documentation only. */
    public StepBuilder systemDependency(String system) {
        systemDependency = system;
        return this;
    }

    public StepBuilder publishes(PublishedEvent event) {
        events.add(event);
        return this;
    }

    /**
     * Publishes an event with the default publisher and the whole result as payload.
     *
     * @param schema JSON Schema of the payload: JSON text, a tree, or maps and lists
     */
    public StepBuilder publishes(
            String event, String eventDescription, EventCondition condition, DeliveryMode mode, Object schema) {
        return publishes(event, eventDescription, condition, mode, schema, null);
    }

    /**
     * As before, through a publisher registered with the worker.
     *
     * @param publisher its name, null: the default one
     */
    public StepBuilder publishes(
            String event,
            String eventDescription,
            EventCondition condition,
            DeliveryMode mode,
            Object schema,
            @Nullable String publisher) {
        return publishes(new PublishedEvent(
                event, eventDescription, condition, JsonValues.of(schema), mode, publisher, Map.of()));
    }

    /** JSON Schema of the result, for tools. */
    public StepBuilder resultSchema(Object schema) {
        resultSchema = JsonValues.of(schema);
        return this;
    }

    /** Declaration of a virtual handler, for tools. */
    public StepBuilder composition(Object declaration) {
        composition = JsonValues.of(declaration);
        return this;
    }

    StepDefinition build() {
        return new StepDefinition(
                name,
                description,
                new HandlerDefinition(callable, method, resolver, JsonValues.object(initialization), atMostOnce),
                type,
                systemDependency,
                dependencies,
                retry,
                timeoutSeconds,
                events,
                batchConfig,
                resultSchema,
                composition);
    }
}
