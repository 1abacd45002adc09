package dev.tasker.testkit.model;

import dev.tasker.testkit.TemplateFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Templates whose tasks grow. */
final class GrowingTemplates {
    /** Stands in the document of a template whose batchable step names its worker. */
    static final String NAMES_WORKER = "worker_template_name";

    /** The callable of steps that only some workers take. */
    static final String LONG = "green";

    private static final Set<String> LONG_STEPS = Set.of("long", "wide", "more");
    private static final List<String> CONDITIONS =
            List.of("success", "failure", "retryable_failure", "permanent_failure", "always");
    private static final List<String> MODES = List.of("durable", "broadcast", "fast");

    private final String namespace;
    private final String prefix;
    private final List<String> callables;
    private final RandomGenerator random;

    private GrowingTemplates(String namespace, String prefix, List<String> callables, RandomGenerator random) {
        this.namespace = namespace;
        this.prefix = prefix;
        this.callables = callables;
        this.random = random;
    }

    static List<TemplateFixture> of(String namespace, String prefix, List<String> callables, RandomGenerator random) {
        GrowingTemplates templates = new GrowingTemplates(namespace, prefix, callables, random);
        return List.of(
                templates.twins(), templates.nested(), templates.batch(), templates.routedBatch(), templates.relay());
    }

    /** Keys that declare events for some outcomes of a step, for one step in three. */
    static String events(RandomGenerator random) {
        if (random.nextInt(3) > 0) {
            return "";
        }
        StringBuilder keys = new StringBuilder("publishes_events:");
        for (String condition : CONDITIONS) {
            if (random.nextInt(3) > 0) {
                keys.append("\n  - {name: on.").append(condition).append(", description: d, schema: {}, condition: ");
                keys.append(condition)
                        .append(", delivery_mode: ")
                        .append(MODES.get(random.nextInt(3)))
                        .append('}');
            }
        }
        return keys.indexOf("{") < 0 ? "" : keys.toString();
    }

    /** Two decisions side by side; one branch also waits for a step that no decision creates. */
    private TemplateFixture twins() {
        return template(
                "twins",
                "start",
                "side",
                "one:start decision",
                "two:start decision",
                "a:one",
                "b:one",
                "x:a",
                "c:two,side",
                "d:two",
                "join:x,b,c deferred_convergence",
                "end:join");
    }

    /** A decision that another one may create, when the convergence may exist already. */
    private TemplateFixture nested() {
        return template(
                "nested",
                "start",
                "side",
                "first:start decision",
                "senior:first",
                "second:first decision",
                "legal:second,side",
                "audit:second",
                "other:start decision",
                "extra:other",
                "join:senior,legal,audit,extra deferred_convergence",
                "tell:join,side");
    }

    /** A batch beside a decision: both create parents of one convergence. */
    private TemplateFixture batch() {
        return template(
                "batch",
                "start",
                "route:start decision",
                "analyze:start batchable",
                "manual:route",
                "work:analyze batch_worker",
                "sum:work,manual deferred_convergence",
                "tell:sum");
    }

    /** A batch behind a decision; it runs a placeholder when there is nothing to do. */
    private TemplateFixture routedBatch() {
        return template(
                "routed",
                "start",
                "route:start decision",
                "analyze:route batchable naming",
                "manual:route",
                "work:analyze batch_worker",
                "sum:work,manual deferred_convergence",
                "tell:sum");
    }

    /** Steps that only some workers take, beside ordinary ones. */
    private TemplateFixture relay() {
        return template(
                "relay", "long", "start", "wide:long", "more:start", "left:start", "join:wide,left", "tail:more,join");
    }

    private TemplateFixture template(String name, String... steps) {
        TemplateFixture template = TemplateFixture.of(namespace, prefix + name);
        for (String words : steps) {
            String[] parts = words.split(" ", 3);
            String[] step = parts[0].split(":", 2);
            String callable = LONG_STEPS.contains(step[0]) ? LONG : callables.get(random.nextInt(callables.size()));
            List<String> extra = new ArrayList<>();
            extra.add(events(random));
            if (parts.length > 1) {
                extra.add("type: " + parts[1]);
            }
            if (parts.length > 1 && parts[1].equals("batch_worker")) {
                extra.add("batch_config: {batch_size: 9, worker_template: work, parallelism: " + (1 + random.nextInt(2))
                        + "}");
            }
            if (random.nextInt(3) == 0) {
                extra.add("retry: {max_attempts: " + (1 + random.nextInt(3)) + "}");
            }
            // the callable stands in the handler's map, where other keys of it may follow
            String handler = parts.length > 2 ? callable + ", initialization: {" + NAMES_WORKER + ": work}" : callable;
            template = template.step(
                    step[0],
                    handler,
                    step.length > 1 ? List.of(step[1].split(",")) : List.of(),
                    String.join("\n", extra));
        }
        return template;
    }
}
