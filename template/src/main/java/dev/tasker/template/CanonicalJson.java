package dev.tasker.template;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes templates as JSON with sorted keys and no white space (spec 06 §15). Keys the earlier API knew are always
 * there, null where it allows null; later ones only where they say something. {@code retry.backoff} is left out
 * unless the template states a backoff, because reading it back must make the same difference.
 */
final class CanonicalJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CanonicalJson() {}

    static String of(TaskTemplate template) {
        return MAPPER.writeValueAsString(sorted(template(template)));
    }

    static String hash(String canonicalJson) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonicalJson.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static ObjectNode template(TaskTemplate template) {
        ObjectNode node = NODES.objectNode();
        putIfStated(node, "template_format", template.templateFormat());
        node.put("name", template.name());
        node.put("namespace_name", template.namespace());
        node.put("version", template.version());
        node.put("description", template.description());
        node.set("metadata", metadata(template.metadata()));
        node.putObject("system_dependencies")
                .put("primary", template.systemDependencies().primary())
                .set("secondary", texts(template.systemDependencies().secondary()));
        node.set("domain_events", list(template.domainEvents(), CanonicalJson::domainEvent));
        node.set("input_schema", template.inputSchema());
        node.put("input_validation", template.inputValidation().text());
        node.put("identity_strategy", template.identityStrategy().text());
        LifecyclePolicy lifecycle = template.lifecycle();
        node.set("lifecycle", lifecycle == null ? null : lifecycle(lifecycle));
        node.set("default_context", template.defaultContext());
        node.set("default_options", template.defaultOptions());
        node.set("steps", list(template.steps(), CanonicalJson::step));
        ObjectNode environments = node.putObject("environments");
        template.environments().forEach((name, overlay) -> environments.set(name, environment(overlay)));
        return node;
    }

    private static @Nullable ObjectNode metadata(@Nullable TemplateMetadata metadata) {
        if (metadata == null) {
            return null;
        }
        ObjectNode node = NODES.objectNode();
        metadata.others().forEach(node::set);
        node.put("author", metadata.author());
        node.set("tags", texts(metadata.tags()));
        node.put("documentation_url", metadata.documentationUrl());
        node.put("created_at", Objects.toString(metadata.createdAt(), null));
        node.put("updated_at", Objects.toString(metadata.updatedAt(), null));
        putIfStated(node, "notes", metadata.notes());
        return node;
    }

    private static ObjectNode domainEvent(DomainEventDefinition event) {
        ObjectNode node = NODES.objectNode();
        node.put("name", event.name());
        node.put("description", event.description());
        node.set("schema", event.schema());
        return node;
    }

    /** A template's own action is always stated; an overlay's may not be. */
    private static ObjectNode lifecycle(LifecyclePolicy lifecycle) {
        ObjectNode node = NODES.objectNode();
        node.put("max_waiting_for_dependencies_minutes", lifecycle.maxWaitingForDependenciesMinutes());
        node.put("max_waiting_for_retry_minutes", lifecycle.maxWaitingForRetryMinutes());
        node.put("max_steps_in_process_minutes", lifecycle.maxStepsInProcessMinutes());
        node.put("max_duration_minutes", lifecycle.maxDurationMinutes());
        putIfStated(node, "staleness_action", lifecycle.stalenessAction());
        node.put("auto_fail_on_timeout", lifecycle.autoFailOnTimeout());
        node.put("auto_dlq_on_timeout", lifecycle.autoDlqOnTimeout());
        return node;
    }

    private static ObjectNode step(StepDefinition step) {
        ObjectNode node = NODES.objectNode();
        node.put("name", step.name());
        node.put("description", step.description());
        ObjectNode handler = node.putObject("handler")
                .put("callable", step.handler().callable())
                .put("method", step.handler().method())
                .put("resolver", step.handler().resolver());
        handler.set("initialization", step.handler().initialization());
        if (step.handler().atMostOnce()) {
            handler.put("at_most_once", true);
        }
        node.put("type", step.type().text());
        node.put("system_dependency", step.systemDependency());
        node.set("dependencies", texts(step.dependencies()));
        node.set("retry", retry(step.retry()));
        node.put("timeout_seconds", step.timeoutSeconds());
        node.set("publishes_events", list(step.publishesEvents(), CanonicalJson::publishedEvent));
        node.set("batch_config", batchConfig(step.batchConfig()));
        putIfStated(node, "result_schema", step.resultSchema());
        putIfStated(node, "composition", step.composition());
        return node;
    }

    private static ObjectNode retry(RetryPolicy retry) {
        ObjectNode node = NODES.objectNode();
        Backoff backoff = retry.backoff();
        node.put("retryable", retry.retryable());
        node.put("max_attempts", retry.maxAttempts());
        putIfStated(node, "backoff", backoff == null ? null : backoff.strategy());
        node.put(
                "backoff_base_ms",
                backoff == null ? null : (Long) backoff.base().toMillis());
        node.put("max_backoff_ms", backoff == null ? null : (Long) backoff.max().toMillis());
        return node;
    }

    private static ObjectNode publishedEvent(PublishedEvent event) {
        ObjectNode node = NODES.objectNode();
        node.put("name", event.name());
        node.put("description", event.description());
        node.put("condition", event.condition().text());
        node.set("schema", event.schema());
        node.put("delivery_mode", event.deliveryMode().text());
        node.put("publisher", event.publisher());
        if (!event.payload().isEmpty()) {
            ObjectNode payload = node.putObject("payload");
            event.payload().forEach(payload::put);
        }
        return node;
    }

    private static @Nullable ObjectNode batchConfig(@Nullable BatchConfig config) {
        if (config == null) {
            return null;
        }
        return NODES.objectNode()
                .put("batch_size", config.batchSize())
                .put("parallelism", config.parallelism())
                .put("cursor_field", config.cursorField())
                .put("worker_template", config.workerTemplate())
                .put("failure_strategy", config.failureStrategy().text());
    }

    private static ObjectNode environment(EnvironmentOverlay overlay) {
        ObjectNode node = NODES.objectNode();
        node.set("steps", list(overlay.steps(), CanonicalJson::stepOverlay));
        LifecyclePolicy lifecycle = overlay.lifecycle();
        putIfStated(node, "lifecycle", lifecycle == null ? null : lifecycle(lifecycle));
        putIfStated(node, "input_validation", overlay.inputValidation());
        return node;
    }

    private static ObjectNode stepOverlay(StepOverlay overlay) {
        ObjectNode node = NODES.objectNode();
        node.put("name", overlay.name());
        node.putNull("handler");
        if (overlay.callable() != null || overlay.initialization() != null) {
            ObjectNode handler = node.putObject("handler");
            putIfStated(handler, "callable", overlay.callable());
            handler.set("initialization", overlay.initialization());
        }
        node.put("timeout_seconds", overlay.timeoutSeconds());
        RetryOverlay retry = overlay.retry();
        node.set("retry", retry == null ? null : retryOverlay(retry));
        return node;
    }

    private static ObjectNode retryOverlay(RetryOverlay retry) {
        ObjectNode node = NODES.objectNode();
        putIfStated(node, "retryable", retry.retryable());
        putIfStated(node, "max_attempts", retry.maxAttempts());
        putIfStated(node, "backoff", retry.backoff());
        putIfStated(node, "backoff_base_ms", retry.backoffBase());
        putIfStated(node, "max_backoff_ms", retry.maxBackoff());
        return node;
    }

    private static void putIfStated(ObjectNode node, String key, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case JsonNode json -> node.set(key, json);
            case Keyword keyword -> node.put(key, keyword.text());
            case Integer number -> node.put(key, number);
            case Boolean flag -> node.put(key, flag);
            case Duration duration -> node.put(key, duration.toMillis());
            default -> node.put(key, value.toString());
        }
    }

    private static ArrayNode texts(List<String> texts) {
        return list(texts, NODES::stringNode);
    }

    private static <T> ArrayNode list(List<T> values, Function<T, JsonNode> form) {
        ArrayNode node = NODES.arrayNode(values.size());
        values.forEach(value -> node.add(form.apply(value)));
        return node;
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isArray()) {
            ArrayNode result = NODES.arrayNode(node.size());
            node.forEach(item -> result.add(sorted(item)));
            return result;
        }
        if (!node.isObject()) {
            return node;
        }
        ObjectNode result = NODES.objectNode();
        node.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> result.set(entry.getKey(), sorted(entry.getValue())));
        return result;
    }
}
