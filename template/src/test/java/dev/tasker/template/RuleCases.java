package dev.tasker.template;

import static dev.tasker.template.Severity.ERROR;
import static dev.tasker.template.Severity.INFO;
import static dev.tasker.template.Severity.WARNING;

import java.util.List;
import java.util.stream.Stream;

/** One template for every way to break a rule of spec 06 §13.4 and §13.5. */
final class RuleCases {
    private static final String LONG = "x".repeat(129);

    private RuleCases() {}

    /** A template that breaks one rule. */
    record Case(String code, Severity lenient, Severity strict, String pointer, String yaml) {
        @Override
        public String toString() {
            return code + " at " + pointer;
        }
    }

    /** All of them. */
    static Stream<Case> all() {
        return Stream.of(graph(), identity(), policies(), dynamic(), events(), schemas(), compositions(), others())
                .flatMap(List::stream);
    }

    private static List<Case> graph() {
        return List.of(
                broken("DUPLICATE_STEP_NAME", "/steps/1/name", Yaml.withSteps("a", "a")),
                broken("SELF_DEPENDENCY", "/steps/0/dependencies/0", Yaml.withSteps("a:a")),
                broken("MISSING_DEP_REF", "/steps/1/dependencies/0", Yaml.withSteps("a", "b:c")),
                broken("CYCLE_DETECTED", "/steps/0/dependencies", Yaml.withSteps("a:b", "b:a")),
                warned("ORPHAN_STEP", "/steps/2/name", Yaml.withSteps("a", "b:a", "c")),
                warned("DUPLICATE_DEPENDENCY", "/steps/1/dependencies/1", Yaml.withSteps("a", "b:a,a")),
                unsound("NO_STEPS", "/steps", Yaml.HEAD + "steps: []\n"));
    }

    private static List<Case> identity() {
        String sound = Yaml.withTopLevel("");
        return List.of(
                unsound("NAME_FORMAT", "/name", sound.replace("greet_user", "Greet-User")),
                unsound("NAME_FORMAT", "/steps/0/name", sound.replace("name: say_hello", "name: say-hello")),
                broken("NAME_TOO_LONG", "/name", sound.replace("greet_user", "x".repeat(65))),
                broken("NAME_TOO_LONG", "/steps/0/name", sound.replace("name: say_hello", "name: " + LONG)),
                unsound("VERSION_FORMAT", "/version", sound.replace("1.0.0", "1.0")),
                broken("VERSION_FORMAT", "/version", sound.replace("1.0.0", "1.0.0-release.12345")),
                broken("NAMESPACE_FORMAT", "/namespace_name", sound.replace("demo", "1st")),
                broken("NAMESPACE_FORMAT", "/namespace_name", sound.replace("demo", "d".repeat(30))),
                warned("NAMESPACE_TOO_LONG", "/namespace_name", sound.replace("demo", "d".repeat(30))),
                broken(
                        "DESCRIPTION_TOO_LONG",
                        "/description",
                        Yaml.withTopLevel("description: " + LONG + LONG + "\n")));
    }

    private static List<Case> policies() {
        return List.of(
                unsound("RETRY_RANGE", "/steps/0/retry/max_attempts", Yaml.withStep("retry: {max_attempts: 101}")),
                warned("RETRY_RANGE", "/steps/0/retry/max_attempts", Yaml.withStep("retry: {max_attempts: 0}")),
                unsound("RETRY_RANGE", "/steps/0/retry/backoff_base_ms", Yaml.withStep("retry: {backoff_base_ms: 99}")),
                unsound("RETRY_RANGE", "/steps/0/retry/max_backoff_ms", Yaml.withStep("retry: {max_backoff_ms: 999}")),
                unsound(
                        "RETRY_RANGE",
                        "/environments/test/steps/0/retry/max_attempts",
                        overlaid("name: ALL, retry: {max_attempts: 101}")),
                warned(
                        "RETRY_CONTRADICTION",
                        "/steps/0/retry/retryable",
                        Yaml.withStep("retry: {retryable: false, max_attempts: 2}")),
                unsound("TIMEOUT_RANGE", "/steps/0/timeout_seconds", Yaml.withStep("timeout_seconds: 3601")),
                unsound(
                        "TIMEOUT_RANGE",
                        "/steps/0/handler/initialization/timeout_ms",
                        Yaml.withTopLevel("")
                                .replace("{callable: say_hello}", "{callable: c, initialization: {timeout_ms: x}}")),
                unsound(
                        "TIMEOUT_RANGE",
                        "/environments/test/steps/0/timeout_seconds",
                        overlaid("name: ALL, timeout_seconds: 3601")),
                lifecycle("max_waiting_for_dependencies_minutes", 10_081),
                lifecycle("max_waiting_for_retry_minutes", 10_081),
                lifecycle("max_steps_in_process_minutes", 0),
                lifecycle("max_duration_minutes", 43_201),
                batchRange("batch_size", "100001"),
                batchRange("parallelism", "1001"),
                batchRange("cursor_field", "''"),
                warned("NO_EFFECT", "/steps/0/system_dependency", Yaml.withStep("system_dependency: mail")),
                warned(
                        "NO_EFFECT",
                        "/lifecycle/auto_dlq_on_timeout",
                        Yaml.withTopLevel("lifecycle: {auto_dlq_on_timeout: true}\n")));
    }

    private static List<Case> dynamic() {
        return List.of(
                broken("DECISION_NO_DEPENDENCY", "/steps/0", Yaml.withSteps("a::decision", "b:a")),
                warned("DECISION_NO_CHILDREN", "/steps/1/name", Yaml.withSteps("a", "b:a:decision")),
                unsound(
                        "CONVERGENCE_NO_DYNAMIC_PARENT",
                        "/steps/1/dependencies",
                        Yaml.withSteps("a", "b:a:deferred_convergence")),
                hinted(
                        "BATCHABLE_NO_WORKER_TEMPLATE",
                        "/steps/0/handler/initialization/worker_template_name",
                        batch("cut", "batch_config: {worker_template: w}").replace("worker_template_name", "other")),
                unsound(
                        "WORKER_TEMPLATE_NOT_FOUND",
                        "/steps/0/handler/initialization/worker_template_name",
                        batch("v", "batch_config: {worker_template: w}")),
                unsound(
                        "WORKER_TEMPLATE_WRONG_TYPE",
                        "/steps/0/handler/initialization/worker_template_name",
                        batch("cut", "batch_config: {worker_template: w}")),
                unsound(
                        "WORKER_TEMPLATE_NOT_FOUND",
                        "/steps/1/batch_config/worker_template",
                        batch("w", "batch_config: {worker_template: v}")),
                unsound(
                        "WORKER_TEMPLATE_WRONG_TYPE",
                        "/steps/1/batch_config/worker_template",
                        batch("w", "batch_config: {worker_template: cut}")),
                warned("BATCH_WORKER_NO_CONFIG", "/steps/1", batch("w", "description: d")),
                warned("BATCH_WORKER_UNREFERENCED", "/steps/1/name", Yaml.withSteps("a", "b:a:batch_worker")),
                warned(
                        "INSTANCE_NAME_TOO_LONG",
                        "/steps/1/name",
                        Yaml.withSteps("a", "w".repeat(117) + ":a:batch_worker")));
    }

    private static List<Case> events() {
        return List.of(
                unsound("EVENT_NAME_FORMAT", "/steps/0/publishes_events/0/name", event("name: paid, schema: {}")),
                unsound("EVENT_NAME_FORMAT", "/steps/0/publishes_events/0/name", event("name: a..b, schema: {}")),
                unsound("EVENT_NAME_FORMAT", "/steps/0/publishes_events/0/name", event("name: A.b, schema: {}")),
                unsound("EVENT_NAME_FORMAT", "/steps/0/publishes_events/0/name", event("name: .a.b, schema: {}")),
                unsound(
                        "EVENT_SCHEMA_INVALID",
                        "/steps/0/publishes_events/0/schema/type",
                        event("name: a.b, schema: {type: thing}")),
                unsound(
                        "EVENT_SCHEMA_INVALID",
                        "/domain_events/0/schema/type",
                        event("name: a.b, schema: {ref: c.d}")
                                + "domain_events: [{name: c.d, schema: {type: thing}}]\n"),
                unsound(
                        "EVENT_PUBLISHER_FORMAT",
                        "/steps/0/publishes_events/0/publisher",
                        event("name: a.b, schema: {}, publisher: 'my publisher'")),
                warned(
                        "EVENT_DUPLICATE",
                        "/steps/0/publishes_events/1/name",
                        event("name: a.b, schema: {}}, {name: a.b, description: d, schema: {}")));
    }

    private static List<Case> schemas() {
        return List.of(
                unsound(
                        "INPUT_SCHEMA_INVALID",
                        "/input_schema/properties/id/pattern",
                        Yaml.withTopLevel("input_schema: {type: object, properties: {id: {pattern: '['}}}\n")),
                broken(
                        "INPUT_SCHEMA_INVALID",
                        "/input_schema/required",
                        Yaml.withTopLevel("input_validation: enforce\ninput_schema: {required: true}\n")),
                unsound(
                        "RESULT_SCHEMA_INVALID",
                        "/steps/0/result_schema/minProperties",
                        Yaml.withStep("result_schema: {type: object, minProperties: -1}")),
                warned(
                        "SCHEMA_NOT_OBJECT",
                        "/steps/0/result_schema/type",
                        Yaml.withStep("result_schema: {type: array}")),
                hinted("NO_RESULT_SCHEMA", "/steps/0", Yaml.withTopLevel("")));
    }

    private static List<Case> compositions() {
        String outcome = "outcome: {description: d, output_schema: {type: object, properties: {a: {type: string}}}}";
        String transform = "{capability: transform, config: {output: {}, filter: .prev}}";
        String sound = outcome + ", invocations: [" + transform + "]";
        return List.of(
                unsound("COMPOSITION_PARSE_ERROR", "/steps/0/composition/outcome", composed("invocations: []")),
                unsound(
                        "COMPOSITION_PARSE_ERROR",
                        "/steps/0/composition/invocations/0/config",
                        composed(outcome + ", invocations: [{capability: transform, config: 5}]")),
                unsound(
                        "COMPOSITION_INVALID",
                        "/steps/0/composition/invocations/0/capability",
                        composed(outcome + ", invocations: [{capability: transfrm, config: {}}]")),
                unsound(
                        "COMPOSITION_INVALID",
                        "/steps/0/composition/invocations/0/checkpoint",
                        composed(outcome
                                + ", invocations: [{capability: emit, config: {event_name: a, payload: b,"
                                + " result_shape: c}}]")),
                warned(
                        "COMPOSITION_WARNING",
                        "/steps/0/composition/outcome/output_schema",
                        composed(outcome + ", invocations: [{capability: validate, config: {schema: {}}}]")),
                unsound(
                        "COMPOSITION_RESULT_SCHEMA_MISMATCH",
                        "/steps/0/composition/outcome/output_schema",
                        composed(sound) + "    result_schema: {type: object, required: [b]}\n"),
                warned(
                        "COMPOSITION_RESULT_SCHEMA_MISMATCH",
                        "/steps/0/composition/outcome/output_schema",
                        composed(sound) + "    result_schema: {type: object, properties: {a: {type: number}}}\n"),
                unsound(
                        "COMPOSITION_RESULT_SCHEMA_MISMATCH",
                        "/steps/0/composition/outcome/output_schema",
                        composed(sound)
                                + "    result_schema: {type: object, required: [a], properties: {a: {type:"
                                + " number}}}\n"),
                warned(
                        "COMPOSITION_CALLABLE_CONVENTION",
                        "/steps/0/handler/callable",
                        composed(sound).replace("grammar:say", "say")));
    }

    private static List<Case> others() {
        return List.of(
                unsound("UNKNOWN_KEY", "/steps/0/retires", Yaml.withStep("retires: 3")),
                unsound("UNKNOWN_KEY", "/colour", Yaml.withTopLevel("colour: red\n")),
                warned("DEPRECATED_KEY", "/steps/0/retry/limit", Yaml.withStep("retry: {limit: 4}")),
                broken("EMPTY_CALLABLE", "/steps/0/handler/callable", callable("' '")),
                broken(
                        "EMPTY_CALLABLE",
                        "/environments/test/steps/0/handler/callable",
                        overlaid("name: ALL, handler: {callable: ''}")),
                broken("CALLABLE_TOO_LONG", "/steps/0/handler/callable", callable("c".repeat(501))),
                warned("HANDLER_UNRESOLVED", "/steps/0/handler/callable", callable("nobody")),
                unsound(
                        "ENV_UNKNOWN_STEP",
                        "/environments/test/steps/0/name",
                        overlaid("name: nobody, timeout_seconds: 1")));
    }

    private static Case broken(String code, String pointer, String yaml) {
        return new Case(code, ERROR, ERROR, pointer, yaml);
    }

    private static Case unsound(String code, String pointer, String yaml) {
        return new Case(code, WARNING, ERROR, pointer, yaml);
    }

    private static Case warned(String code, String pointer, String yaml) {
        return new Case(code, WARNING, WARNING, pointer, yaml);
    }

    private static Case hinted(String code, String pointer, String yaml) {
        return new Case(code, INFO, INFO, pointer, yaml);
    }

    private static Case lifecycle(String key, int minutes) {
        String yaml = Yaml.withTopLevel("lifecycle: {" + key + ": " + minutes + "}\n");
        return unsound("LIFECYCLE_RANGE", "/lifecycle/" + key, yaml);
    }

    private static Case batchRange(String key, String value) {
        String yaml = batch("w", "batch_config: {worker_template: w, " + key + ": " + value + "}");
        return unsound("BATCH_RANGE", "/steps/1/batch_config/" + key, yaml);
    }

    /** A batchable step {@code cut} whose initialization names {@code worker}, and the batch worker {@code w} with a line of its own. */
    private static String batch(String worker, String line) {
        return Yaml.HEAD + """
            steps:
              - name: cut
                type: batchable
                handler: {callable: c, initialization: {worker_template_name: %s}}
              - name: w
                type: batch_worker
                handler: {callable: c}
                dependencies: [cut]
                %s
            """.formatted(worker, line);
    }

    private static String event(String members) {
        return Yaml.withStep("publishes_events: [{description: d, " + members + "}]");
    }

    private static String composed(String members) {
        return Yaml.withStep("composition: {" + members + "}")
                .replace("callable: say_hello", "callable: 'grammar:say'");
    }

    private static String callable(String text) {
        return Yaml.withTopLevel("").replace("callable: say_hello", "callable: " + text);
    }

    private static String overlaid(String members) {
        return Yaml.withTopLevel("environments: {test: {steps: [{" + members + "}]}}\n");
    }
}
