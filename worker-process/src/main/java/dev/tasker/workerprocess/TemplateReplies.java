package dev.tasker.workerprocess;

import dev.tasker.server.security.Permission;
import dev.tasker.template.BackoffStrategy;
import dev.tasker.template.StepType;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplatePlan;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.resolve.TemplateHandlers;
import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The templates that a worker serves, and whether it can run them (03 §1.13). */
final class TemplateReplies {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> CAPABILITIES =
            List.of("command_processing", "database_access", "message_queues", "ffi_integration");
    private static final String ONE = "/v1/templates/{namespace}/{name}/{version}";

    private final ServedTemplates templates;
    private final HandlerRegistry handlers;
    private final WorkerIdentity identity;
    private final InstantSource clock;
    private final Instant startedAt;

    TemplateReplies(
            ServedTemplates templates,
            HandlerRegistry handlers,
            WorkerIdentity identity,
            InstantSource clock,
            Instant startedAt) {
        this.templates = templates;
        this.handlers = handlers;
        this.identity = identity;
        this.clock = clock;
        this.startedAt = startedAt;
    }

    List<Operation> operations() {
        return List.of(
                Operation.guarded(
                        "GET",
                        "/v1/templates",
                        Permission.WORKER_TEMPLATES_READ,
                        "list_templates",
                        "Templates that this worker serves",
                        (request, _) -> list(request)),
                Operation.guarded(
                        "GET",
                        ONE,
                        Permission.WORKER_TEMPLATES_READ,
                        "get_template",
                        "One of them",
                        (_, key) -> find(key, this::one)),
                Operation.guarded(
                        "POST",
                        ONE + "/validate",
                        Permission.TEMPLATES_VALIDATE,
                        "validate_template",
                        "Whether this worker can run it",
                        (_, key) -> find(key, entry -> validate(entry.template()))));
    }

    private Reply find(List<String> key, Function<ServedTemplates.Entry, Reply> answer) {
        return templates
                .read(key.get(0), key.get(1), key.get(2))
                .map(answer)
                .orElseGet(() -> Reply.error(
                        404, "template_not_found", "Template not found: " + String.join("/", key), clock.instant()));
    }

    private Reply list(ServerRequest request) {
        UriQuery query = request.query();
        String namespace = first(query, "namespace");
        long count = templates.all().stream()
                .filter(template -> namespace.isEmpty() || template.namespace().equals(namespace))
                .count();
        ObjectNode body = Reply.object();
        putAll(body, "supported_namespaces", identity.namespaces());
        body.put("template_count", count);
        if (first(query, "include_cache_stats").equals("true")) {
            writeStatistics(body.putObject("cache_stats"));
        } else {
            body.putNull("cache_stats");
        }
        putAll(body, "worker_capabilities", CAPABILITIES);
        return Reply.ok(body);
    }

    private static String first(UriQuery query, String name) {
        return query.contains(name) ? query.get(name) : "";
    }

    /** Templates are kept for the life of the process, so nothing is ever evicted. */
    private void writeStatistics(ObjectNode statistics) {
        int cached = templates.all().size();
        statistics
                .put("total_cached", cached)
                .put("cache_hits", templates.hits())
                .put("cache_misses", templates.misses())
                .put("cache_evictions", 0)
                .put("oldest_entry_age_seconds", cached == 0 ? 0 : ageSeconds())
                .put("average_access_count", cached == 0 ? 0.0 : (double) templates.hits() / cached);
        putAll(statistics, "supported_namespaces", identity.namespaces());
    }

    private Reply one(ServedTemplates.Entry entry) {
        TaskTemplate template = entry.template();
        ObjectNode body = Reply.object();
        body.putObject("template")
                .put("environment", identity.environment())
                .put("resolved_at", Reply.time(startedAt))
                .set("template", document(template));
        body.putObject("handler_metadata")
                .put("namespace", template.namespace())
                .put("name", template.name())
                .put("version", template.version())
                .put("handler_class", "")
                .putNull("config_schema")
                .put("default_dependent_system", template.systemDependencies().primary())
                .put("registered_at", Reply.time(startedAt));
        body.put("cached", true)
                .put("cache_age_seconds", ageSeconds())
                .put("access_count", entry.reads().get());
        return Reply.ok(body);
    }

    /** The canonical document with every key that clients require: they want a back-off strategy where the template leaves it open. */
    static JsonNode document(TaskTemplate template) {
        JsonNode document = MAPPER.readTree(template.toCanonicalJson());
        for (JsonNode step : document.path("steps")) {
            if (step.path("retry") instanceof ObjectNode retry && !retry.has("backoff")) {
                retry.put("backoff", BackoffStrategy.EXPONENTIAL.text());
            }
        }
        return document;
    }

    private Reply validate(TaskTemplate template) {
        List<String> errors = new ArrayList<>();
        try {
            var _ = TemplatePlan.compile(template);
        } catch (TemplateException e) {
            e.findings().forEach(finding -> errors.add(finding.describe()));
        }
        TemplateHandlers.of(List.of(template), handlers)
                .unresolved()
                .forEach(step -> errors.add("step '" + step.step() + "': callable '" + step.callable()
                        + "' cannot be resolved: " + step.reason()));
        Set<String> capabilities = new TreeSet<>();
        Set<StepType> batchTypes = Set.of(StepType.BATCHABLE, StepType.BATCH_WORKER);
        if (template.steps().stream().anyMatch(step -> batchTypes.contains(step.type()))) {
            capabilities.add("batch_processing");
        }
        ObjectNode body = Reply.object().put("valid", errors.isEmpty());
        putAll(body, "errors", errors);
        putAll(body, "required_capabilities", capabilities);
        Stream<String> callables =
                template.steps().stream().map(step -> step.handler().callable()).distinct();
        putAll(body, "step_handlers", callables.toList());
        return Reply.ok(body);
    }

    private long ageSeconds() {
        return clock.instant().getEpochSecond() - startedAt.getEpochSecond();
    }

    private static void putAll(ObjectNode node, String name, Iterable<String> texts) {
        var array = node.putArray(name);
        texts.forEach(array::add);
    }
}
