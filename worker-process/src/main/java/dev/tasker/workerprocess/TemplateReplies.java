package dev.tasker.workerprocess;

import dev.tasker.server.security.Permission;
import dev.tasker.template.BackoffStrategy;
import dev.tasker.template.StepType;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateException;
import dev.tasker.template.TemplatePlan;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.resolve.TemplateHandlers;
import dev.tasker.workerprocess.Operation.Query;
import dev.tasker.workerprocess.TemplateShelf.Found;
import dev.tasker.workerprocess.TemplateShelf.Listing;
import dev.tasker.workerprocess.TemplateShelf.Statistics;
import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;
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
    private static final String STATISTICS = "include_cache_stats";
    private static final Set<String> FLAGS = Set.of("", "true", "false");
    private static final String ONE = "/v1/templates/{namespace}/{name}/{version}";

    private final TemplateShelf templates;
    private final HandlerRegistry handlers;
    private final InstantSource clock;

    TemplateReplies(TemplateShelf templates, HandlerRegistry handlers, InstantSource clock) {
        this.templates = templates;
        this.handlers = handlers;
        this.clock = clock;
    }

    List<Operation> operations() {
        return List.of(
                Operation.guarded(
                                "GET",
                                "/v1/templates",
                                Permission.WORKER_TEMPLATES_READ,
                                "list_templates",
                                "Templates that this worker serves",
                                (request, _) -> list(request))
                        .asking(new Query("namespace", "string"), new Query(STATISTICS, "boolean"))
                        .refusing(400),
                Operation.guarded(
                                "GET",
                                ONE,
                                Permission.WORKER_TEMPLATES_READ,
                                "get_template",
                                "One of them",
                                (_, key) -> find(key, TemplateReplies::one))
                        .refusing(404),
                Operation.guarded(
                                "POST",
                                ONE + "/validate",
                                Permission.TEMPLATES_VALIDATE,
                                "validate_template",
                                "Whether this worker can run it",
                                (_, key) -> find(key, found -> validate(found.template())))
                        .refusing(404));
    }

    private Reply find(List<String> key, Function<Found, Reply> answer) {
        return templates
                .find(key.get(0), key.get(1), key.get(2))
                .map(answer)
                .orElseGet(() -> Reply.error(
                        404,
                        "template_not_found",
                        TemplateShelf.unknown(key.get(0), key.get(1), key.get(2)),
                        clock.instant()));
    }

    private Reply list(ServerRequest request) {
        UriQuery query = request.query();
        String statisticsToo = first(query, STATISTICS);
        if (!FLAGS.contains(statisticsToo)) {
            return Reply.badQuery(STATISTICS + ": " + statisticsToo + " (expected: true or false)");
        }
        Listing listing = templates.list(first(query, "namespace"), statisticsToo.equals("true"));
        ObjectNode body = Reply.object();
        putAll(body, "supported_namespaces", listing.namespaces());
        body.put("template_count", listing.count());
        Statistics statistics = listing.statistics();
        if (statistics == null) {
            body.putNull("cache_stats");
        } else {
            write(body.putObject("cache_stats"), statistics);
        }
        putAll(body, "worker_capabilities", listing.capabilities());
        return Reply.ok(body);
    }

    private static String first(UriQuery query, String name) {
        return query.contains(name) ? query.get(name) : "";
    }

    private static void write(ObjectNode node, Statistics statistics) {
        node.put("total_cached", statistics.total())
                .put("cache_hits", statistics.hits())
                .put("cache_misses", statistics.misses())
                .put("cache_evictions", 0)
                .put("oldest_entry_age_seconds", statistics.oldestAgeSeconds())
                .put("average_access_count", statistics.averageReads());
        putAll(node, "supported_namespaces", statistics.namespaces());
    }

    private static Reply one(Found found) {
        TaskTemplate template = found.template();
        ObjectNode body = Reply.object();
        body.putObject("template")
                .put("environment", found.environment())
                .put("resolved_at", Reply.time(found.resolvedAt()))
                .set("template", document(template));
        body.putObject("handler_metadata")
                .put("namespace", template.namespace())
                .put("name", template.name())
                .put("version", template.version())
                .put("handler_class", "")
                .putNull("config_schema")
                .put("default_dependent_system", template.systemDependencies().primary())
                .put("registered_at", Reply.time(found.resolvedAt()));
        body.put("cached", true).put("cache_age_seconds", found.ageSeconds()).put("access_count", found.reads());
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

    private static void putAll(ObjectNode node, String name, Iterable<String> texts) {
        var array = node.putArray(name);
        texts.forEach(array::add);
    }
}
