package dev.tasker.template;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads one entry of {@code steps} (spec 06 §8). */
final class StepReader {
    private static final Map<String, StepType> OLD_TYPES =
            Map.of("deferred", StepType.DEFERRED_CONVERGENCE, "decision_point", StepType.DECISION);

    private final List<DomainEventDefinition> domainEvents;

    /** Takes the events that steps may refer to. */
    StepReader(List<DomainEventDefinition> domainEvents) {
        this.domainEvents = domainEvents;
    }

    StepDefinition step(MappingReader entry) {
        String name = entry.requiredText("name");
        MappingReader reader = entry.forStep(name);
        StepDefinition step = new StepDefinition(
                name,
                reader.text("description"),
                handler(reader),
                type(reader),
                reader.text("system_dependency"),
                reader.texts("dependencies", reader.take("dependencies", "depends_on")),
                retryPolicy(reader),
                reader.whole("timeout_seconds"),
                publishedEvents(reader),
                batchConfig(reader),
                reader.json("result_schema"),
                reader.json("composition"));
        reader.ignoresOldKey("lifecycle", "only the whole template has a lifecycle", Severity.WARNING);
        reader.finish();
        return step;
    }

    /** The keys that a retry block states, of a step or of an environment. */
    static RetryOverlay retry(MappingReader reader) {
        RetryOverlay retry = new RetryOverlay(
                reader.flag("retryable"),
                reader.usesOldName("limit", "max_attempts")
                        ? reader.forNewKeys().whole("limit")
                        : reader.whole("max_attempts"),
                reader.keyword("backoff", BackoffStrategy.class),
                reader.usesOldName("initial_delay", "backoff_base_ms")
                        ? reader.forNewKeys().seconds("initial_delay")
                        : reader.milliseconds("backoff_base_ms"),
                reader.usesOldName("max_delay", "max_backoff_ms")
                        ? reader.forNewKeys().seconds("max_delay")
                        : reader.milliseconds("max_backoff_ms"));
        reader.finish();
        return retry;
    }

    private static HandlerDefinition handler(MappingReader step) {
        Located value = step.take("handler");
        if (value == null) {
            step.missing("handler", "a mapping with the key callable, or the callable itself");
        }
        if (value == null || value instanceof Located.Scalar) {
            String callable = step.text("handler");
            return new HandlerDefinition(
                    callable == null ? "" : callable, null, null, JsonNodeFactory.instance.objectNode());
        }
        MappingReader reader = step.mapping("handler");
        if (reader == null) {
            return new HandlerDefinition("", null, null, JsonNodeFactory.instance.objectNode());
        }
        HandlerDefinition handler = new HandlerDefinition(
                reader.requiredText("callable"),
                reader.text("method"),
                reader.text("resolver"),
                reader.jsonObjectOrEmpty("initialization"),
                reader.forNewKeys().flag("at_most_once", false));
        reader.finish();
        return handler;
    }

    private static StepType type(MappingReader reader) {
        Located value = reader.take("type", "step_type");
        StepType type = value == null ? null : reader.keyword("type", value, StepType.class, OLD_TYPES);
        return type == null ? StepType.STANDARD : type;
    }

    private static RetryPolicy retryPolicy(MappingReader step) {
        MappingReader reader = step.mapping("retry");
        return reader == null ? RetryPolicy.DEFAULT : retry(reader).applyTo(RetryPolicy.DEFAULT);
    }

    private static @Nullable BatchConfig batchConfig(MappingReader step) {
        MappingReader reader = step.mapping("batch_config");
        if (reader == null) {
            return null;
        }
        String cursorField = reader.text("cursor_field");
        BatchConfig config = new BatchConfig(
                reader.whole("batch_size", BatchConfig.BATCH_SIZE_DEFAULT),
                reader.whole("parallelism", BatchConfig.PARALLELISM_DEFAULT),
                cursorField == null ? BatchConfig.CURSOR_FIELD_DEFAULT : cursorField,
                reader.requiredText("worker_template"),
                reader.keyword("failure_strategy", FailureStrategy.class, FailureStrategy.CONTINUE_ON_FAILURE));
        reader.ignoresOldKey("checkpoint_interval", "handlers decide when to checkpoint", Severity.WARNING);
        reader.finish();
        return config;
    }

    private List<PublishedEvent> publishedEvents(MappingReader step) {
        return step.mappings("publishes_events").stream()
                .map(this::publishedEvent)
                .toList();
    }

    private PublishedEvent publishedEvent(MappingReader reader) {
        DomainEventDefinition definition = referenced(reader, reader.text("ref"));
        PublishedEvent event = new PublishedEvent(
                definition == null || reader.has("name") ? reader.requiredText("name") : definition.name(),
                description(reader, definition),
                reader.keyword("condition", EventCondition.class, EventCondition.SUCCESS),
                schema(reader, definition),
                reader.keyword("delivery_mode", DeliveryMode.class, DeliveryMode.DURABLE),
                reader.text("publisher"),
                payload(reader));
        reader.finish();
        return event;
    }

    private static String description(MappingReader reader, @Nullable DomainEventDefinition definition) {
        String inherited = definition == null ? null : definition.description();
        return inherited == null || reader.has("description") ? reader.requiredText("description") : inherited;
    }

    private JsonNode schema(MappingReader reader, @Nullable DomainEventDefinition definition) {
        JsonNode inherited = definition == null ? null : definition.schema();
        JsonNode own = reader.json("schema");
        if (own == null) {
            if (inherited != null) {
                return inherited;
            }
            reader.missing("schema", "a JSON Schema of the payload");
            return JsonNodeFactory.instance.objectNode();
        }
        if (own.size() != 1 || !own.path("ref").isString()) {
            return own;
        }
        DomainEventDefinition other = referenced(reader, own.path("ref").stringValue());
        JsonNode schema = other == null ? null : other.schema();
        return schema == null ? own : schema;
    }

    private @Nullable DomainEventDefinition referenced(MappingReader reader, @Nullable String name) {
        if (name == null) {
            return null;
        }
        for (DomainEventDefinition event : domainEvents) {
            if (event.name().equals(name)) {
                return event;
            }
        }
        List<String> names =
                domainEvents.stream().map(DomainEventDefinition::name).toList();
        String message = "ref: " + Quoted.of(name) + " is not declared (expected: the name of an entry of domain_events"
                + KeySuggestion.hint(name, names) + ")";
        reader.violation("EVENT_UNKNOWN_REF", message, reader.place());
        return null;
    }

    private static Map<String, String> payload(MappingReader event) {
        MappingReader reader = event.forNewKeys().mapping("payload");
        if (reader == null) {
            return Map.of();
        }
        Map<String, String> pointers = new TreeMap<>();
        for (String key : reader.keys()) {
            String pointer = reader.text(key);
            if (pointer != null) {
                pointers.put(key, pointer);
            }
        }
        return pointers;
    }
}
