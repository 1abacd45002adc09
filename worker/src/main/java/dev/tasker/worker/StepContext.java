package dev.tasker.worker;

import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.HandlerEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Everything a handler may know about its attempt. JSON is parsed when first asked for. Getters without a type answer
 * null for what is absent or null; those with a type throw a {@link ValidationStepException} for it, and for a value
 * of another type. Not thread-safe: meant for the handler's own thread.
 */
public final class StepContext {

    private static final Logger LOG = LoggerFactory.getLogger(StepContext.class);
    private static final JsonNode EMPTY = JsonNodeFactory.instance.objectNode();

    private final Assignment assignment;
    private final CheckpointSink checkpoints;
    private final EventSink events;
    private final Map<String, JsonNode> parsedDependencies = new HashMap<>();
    private @Nullable String handlerVersion;
    private @Nullable JsonNode context;
    private @Nullable JsonNode config;
    private @Nullable JsonNode stepInputs;
    private @Nullable JsonNode checkpoint;

    /** A context whose checkpoints and events nobody keeps, to test handlers with. */
    public StepContext(Assignment assignment) {
        this(assignment, checkpoint -> {});
    }

    /** A context whose events nobody keeps. */
    public StepContext(Assignment assignment, CheckpointSink checkpoints) {
        this(assignment, checkpoints, event -> true);
    }

    public StepContext(Assignment assignment, CheckpointSink checkpoints, EventSink events) {
        this.assignment = assignment;
        this.checkpoints = checkpoints;
        this.events = events;
    }

    public UUID taskUuid() {
        return assignment.taskUuid();
    }

    public UUID stepUuid() {
        return assignment.stepUuid();
    }

    public UUID correlationId() {
        return assignment.task().correlationId();
    }

    /** A handler was found for the step while it ran. */
    void handledBy(String version) {
        handlerVersion = version;
    }

    /** The version of the handler that was found, null: it was known before. */
    @Nullable
    String handlerVersion() {
        return handlerVersion;
    }

    /** The task this step belongs to. */
    public TaskView task() {
        return assignment.task();
    }

    /** The step as assigned. */
    public StepView step() {
        return assignment.step();
    }

    /** The callable under which this handler was found. */
    public String handlerName() {
        return assignment.step().callable();
    }

    /** Number of this attempt, counted from 1. */
    public int attempt() {
        return assignment.attempt();
    }

    /** Attempts made before this one. */
    public int retryCount() {
        return assignment.attempt() - 1;
    }

    public int maxAttempts() {
        return assignment.maxAttempts();
    }

    public boolean isRetry() {
        return retryCount() > 0;
    }

    /** Whether a failure of this attempt is final. */
    public boolean isLastAttempt() {
        return assignment.attempt() >= assignment.maxAttempts();
    }

    /** The context of the task, as submitted. */
    public JsonNode context() {
        JsonNode parsed = context;
        if (parsed == null) {
            parsed = Json.MAPPER.readTree(assignment.task().contextJson());
            context = parsed;
        }
        return parsed;
    }

    /** A field of the task context. */
    public @Nullable JsonNode input(String name) {
        return Json.field(context(), name);
    }

    public <T> T input(String name, Class<T> type) {
        return Json.as(input(name), type, "input '" + name + "'", name);
    }

    /** A field of the task context, or the fallback when it is absent or null. */
    @SuppressWarnings("unchecked") // the class of a value is a class of its own type
    public <T> T inputOr(String name, T fallback) {
        return input(name) == null ? fallback : input(name, (Class<T>) fallback.getClass());
    }

    /** The handler's {@code initialization} in the template. */
    public JsonNode config() {
        JsonNode parsed = config;
        if (parsed == null) {
            parsed = objectOrEmpty(assignment.step().initializationJson());
            config = parsed;
        }
        return parsed;
    }

    public @Nullable JsonNode config(String name) {
        return Json.field(config(), name);
    }

    public <T> T config(String name, Class<T> type) {
        return Json.as(config(name), type, "initialization '" + name + "'", name);
    }

    @SuppressWarnings("unchecked") // the class of a value is a class of its own type
    public <T> T configOr(String name, T fallback) {
        return config(name) == null ? fallback : config(name, (Class<T>) fallback.getClass());
    }

    /** The step's own inputs, such as the cursor of a batch; an empty object when it has none. */
    public JsonNode stepInputs() {
        JsonNode parsed = stepInputs;
        if (parsed == null) {
            parsed = objectOrEmpty(assignment.step().inputsJson());
            stepInputs = parsed;
        }
        return parsed;
    }

    /** Names of all finished ancestors, parents and theirs. */
    public Set<String> dependencyNames() {
        return assignment.dependencyResults().keySet();
    }

    /** The value an ancestor returned, without the document around it. */
    public @Nullable JsonNode dependencyResult(String step) {
        JsonNode parsed = parsedDependencies.get(step);
        if (parsed != null) {
            return parsed;
        }
        String document = assignment.dependencyResults().get(step);
        if (document == null) {
            return null;
        }
        JsonNode result = Json.topLevel(document, "result");
        if (result != null) {
            parsedDependencies.put(step, result);
        }
        return result;
    }

    public <T> T dependencyResult(String step, Class<T> type) {
        return Json.as(dependencyResult(step), type, "result of step '" + step + "'", step);
    }

    /** A field inside the value an ancestor returned; null as soon as one name of the path leads nowhere. */
    public @Nullable JsonNode dependencyField(String step, String... path) {
        JsonNode value = dependencyResult(step);
        for (String name : path) {
            value = Json.field(value, name);
        }
        return value;
    }

    /** The values of all ancestors whose name starts with the prefix, in order of name. */
    public Map<String, JsonNode> allDependencyResults(String prefix) {
        var results = new TreeMap<String, JsonNode>();
        for (String name : dependencyNames()) {
            JsonNode value = name.startsWith(prefix) ? dependencyResult(name) : null;
            if (value != null) {
                results.put(name, value);
            }
        }
        return results;
    }

    /** The stored document of the attempt before this one; its failure context is at {@code metadata.context}. */
    public @Nullable JsonNode previousResult() {
        String document = assignment.step().previousResultJson();
        return document == null ? null : Json.MAPPER.readTree(document);
    }

    /** What an earlier run of this step saved last. */
    public @Nullable JsonNode checkpoint() {
        String text = assignment.step().checkpointJson();
        if (checkpoint == null && text != null) {
            checkpoint = Json.MAPPER.readTree(text);
        }
        return checkpoint;
    }

    /**
     * Saves progress and goes on: should this attempt be lost or fail, the next one finds it. Blocks until it is saved, ten
     * seconds at most, and renews the lease. {@link #checkpoint()} keeps answering what the run began with.
     *
     * @param cursor where to go on; anything Jackson can write
     * @param itemsProcessed how much is done since the beginning
     * @param accumulatedResults what has come of it so far, null: nothing
     * @throws CheckpointStepException it could not be saved
     */
    public void saveCheckpoint(@Nullable Object cursor, long itemsProcessed, @Nullable Object accumulatedResults)
            throws InterruptedException {
        Checkpoint saved;
        try {
            saved = Checkpoint.of(cursor, itemsProcessed, accumulatedResults);
        } catch (JacksonException e) {
            throw new CheckpointStepException(e.getOriginalMessage(), e);
        }
        checkpoints.save(saved);
    }

    /** As {@link #publishEvent(String, Object, DeclaredEvent.Mode)}, a durable one unless the step declares it otherwise. */
    public boolean publishEvent(String name, @Nullable Object payload) throws InterruptedException {
        return publishEvent(name, payload, null);
    }

    /**
     * Publishes a domain event now, whatever becomes of the step. Blocks until it is published, ten seconds at most, and never fails the
     * step: false when it was not published, for the lease is over, the name or the payload cannot be, or nobody answered; the log says
     * why. An event may then have been published all the same.
     *
     * @param name segments of lower case letters, digits and underscores, joined by dots; where the step declares an event of this name,
     *     its schema and mode count
     * @param payload anything Jackson can write
     * @param mode of an event that the step does not declare; null: durable
     */
    public boolean publishEvent(String name, @Nullable Object payload, DeclaredEvent.@Nullable Mode mode)
            throws InterruptedException {
        String json;
        try {
            json = Json.MAPPER.writeValueAsString(payload);
        } catch (JacksonException e) {
            LOG.warn("{}: event {} is not published: {}", assignment, name, e.getOriginalMessage());
            return false;
        }
        return events.publish(new HandlerEvent(UUID.randomUUID(), name, json, mode));
    }

    /** Where to go on; null when nothing was saved. */
    public @Nullable JsonNode checkpointCursor() {
        return Json.field(checkpoint(), "cursor");
    }

    public boolean hasCheckpoint() {
        return checkpointCursor() != null;
    }

    public long checkpointItemsProcessed() {
        JsonNode count = Json.field(checkpoint(), "items_processed");
        return count == null ? 0 : count.asLong(0);
    }

    public @Nullable JsonNode accumulatedResults() {
        return Json.field(checkpoint(), "accumulated_results");
    }

    private static JsonNode objectOrEmpty(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return EMPTY;
        }
        JsonNode parsed = Json.MAPPER.readTree(text);
        return parsed.isObject() ? parsed : EMPTY;
    }
}
