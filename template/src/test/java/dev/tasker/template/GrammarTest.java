package dev.tasker.template;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;

/** Every key of the grammar arrives where it belongs. */
class GrammarTest {
    static final String FULL = """
        template_format: 1
        name: order_fulfilment
        namespace_name: shop
        version: "1.2.0"
        description: Validate, charge, ship
        metadata:
          author: shop-team
          tags: [domain:orders]
          documentation_url: https://example.org
          created_at: 2025-11-28T01:00:00+01:00
          updated_at: "2025-11-28 00:00:00Z"
          notes: tried
          blog_post: {number: 7}
        system_dependencies: {primary: stripe, secondary: [mail]}
        domain_events:
          - {name: payment.charged, description: Charged, schema: {type: object}}
        identity_strategy: CallerProvided
        input_validation: warn
        default_context: {currency: EUR}
        default_options: {priority: 5}
        lifecycle:
          max_waiting_for_dependencies_minutes: 1
          max_waiting_for_retry_minutes: 2
          max_steps_in_process_minutes: 3
          max_duration_minutes: 4
          staleness_action: none
          auto_fail_on_timeout: true
          auto_dlq_on_timeout: false
        input_schema: {type: object}
        steps:
          - name: validate_items
            description: Looks at the items
            handler: grammar:validate_items
            result_schema: {type: object}
            composition: {name: c, outcome: {description: d, output_schema: {}}, invocations: [{capability: transform, config: {output: {}, filter: .}}]}
          - name: charge_card
            step_type: batchable
            system_dependency: stripe
            handler: {callable: pay, method: charge, resolver: explicit_mapping, initialization: {gateway: {name: stripe, keys: [1, 2]}, worker_template_name: w}}
            depends_on: [validate_items]
            timeout_seconds: 20
            retry: {retryable: true, max_attempts: 5, backoff: fibonacci, backoff_base_ms: 500, max_backoff_ms: 20000}
            publishes_events:
              - name: payment.authorized
                description: Authorized
                condition: permanent_failure
                delivery_mode: broadcast
                publisher: PaymentPublisher
                schema: {ref: payment.charged}
                payload: {id: /transaction/id}
              - {ref: payment.charged}
            batch_config: {batch_size: 5, parallelism: 6, cursor_field: row, worker_template: w, failure_strategy: isolate}
          - name: w
            type: batch_worker
            handler: pay_one
            dependencies: [charge_card]
            batch_config: {worker_template: w}
        environments:
          test:
            lifecycle: {max_duration_minutes: 9}
            input_validation: off
            steps:
              - {name: ALL, timeout_seconds: 5}
              - {name: charge_card, handler: {callable: fake, initialization: {gateway: {name: mock}, extra: 1}}, retry: {max_attempts: 1}}
        """;

    private final TaskTemplate template = Yaml.template(FULL);

    @Test
    void topLevelKeysAreRead() {
        assertThat(template.templateFormat()).isEqualTo(1);
        assertThat(template.isStrict()).isTrue();
        assertThat(template.key()).isEqualTo("shop/order_fulfilment/1.2.0");
        assertThat(template.description()).isEqualTo("Validate, charge, ship");
        assertThat(template.systemDependencies()).isEqualTo(new SystemDependencies("stripe", List.of("mail")));
        assertThat(template.identityStrategy()).isEqualTo(IdentityStrategy.CALLER_PROVIDED);
        assertThat(template.inputValidation()).isEqualTo(InputValidation.WARN);
        assertThat(template.defaultContext()).hasToString("{\"currency\":\"EUR\"}");
        assertThat(template.defaultOptions()).hasToString("{\"priority\":5}");
        assertThat(template.inputSchema()).hasToString("{\"type\":\"object\"}");
        assertThat(template.lifecycle()).isEqualTo(new LifecyclePolicy(1, 2, 3, 4, StalenessAction.NONE, true, false));
    }

    @Test
    void metadataKeepsUnknownKeys() {
        TemplateMetadata metadata = requireNonNull(template.metadata());

        assertThat(metadata.author()).isEqualTo("shop-team");
        assertThat(metadata.tags()).containsExactly("domain:orders");
        assertThat(metadata.documentationUrl()).isEqualTo("https://example.org");
        assertThat(metadata.createdAt()).isEqualTo(Instant.parse("2025-11-28T00:00:00Z"));
        assertThat(metadata.updatedAt()).isEqualTo(Instant.parse("2025-11-28T00:00:00Z"));
        assertThat(metadata.notes()).isEqualTo("tried");
        assertThat(metadata.others()).containsOnlyKeys("blog_post");
    }

    @Test
    void stepKeysAreRead() {
        StepDefinition step = template.steps().get(1);

        assertThat(step.type()).isEqualTo(StepType.BATCHABLE);
        assertThat(step.dependencies()).containsExactly("validate_items");
        assertThat(step.systemDependency()).isEqualTo("stripe");
        assertThat(step.timeoutSeconds()).isEqualTo(20);
        assertThat(step.handler().callable()).isEqualTo("pay");
        assertThat(step.handler().method()).isEqualTo("charge");
        assertThat(step.handler().resolver()).isEqualTo("explicit_mapping");
        assertThat(step.handler().initialization())
                .hasToString("{\"gateway\":{\"name\":\"stripe\",\"keys\":[1,2]},\"worker_template_name\":\"w\"}");
        assertThat(step.retry())
                .isEqualTo(new RetryPolicy(
                        true,
                        5,
                        new Backoff(BackoffStrategy.FIBONACCI, Duration.ofMillis(500), Duration.ofSeconds(20))));
        assertThat(step.batchConfig()).isEqualTo(new BatchConfig(5, 6, "row", "w", FailureStrategy.ISOLATE));
    }

    @Test
    void handlerMayBeJustItsCallable() {
        StepDefinition step = template.steps().getFirst();

        assertThat(step.handler().callable()).isEqualTo("grammar:validate_items");
        assertThat(step.handler().initialization()).hasToString("{}");
        assertThat(step.description()).isEqualTo("Looks at the items");
        assertThat(step.resultSchema()).hasToString("{\"type\":\"object\"}");
        assertThat(requireNonNull(step.composition()).path("name").stringValue())
                .isEqualTo("c");
    }

    @Test
    void eventsMayReferToTheDeclaredOnes() {
        PublishedEvent authorized = template.steps().get(1).publishesEvents().getFirst();
        PublishedEvent charged = template.steps().get(1).publishesEvents().get(1);

        assertThat(authorized.schema()).hasToString("{\"type\":\"object\"}");
        assertThat(authorized.condition()).isEqualTo(EventCondition.PERMANENT_FAILURE);
        assertThat(authorized.deliveryMode()).isEqualTo(DeliveryMode.BROADCAST);
        assertThat(authorized.publisher()).isEqualTo("PaymentPublisher");
        assertThat(authorized.payload()).containsExactly(Map.entry("id", "/transaction/id"));
        assertThat(charged.name()).isEqualTo("payment.charged");
        assertThat(charged.description()).isEqualTo("Charged");
        assertThat(charged.condition()).isEqualTo(EventCondition.SUCCESS);
        assertThat(charged.deliveryMode()).isEqualTo(DeliveryMode.DURABLE);
    }

    @Test
    void canonicalFormReadsBackAsTheSameTemplate() {
        String canonical = template.toCanonicalJson();

        assertThat(TemplateParser.fromJson(canonical).template()).isEqualTo(template);
        assertThat(template.contentHash()).matches("[0-9a-f]{64}");
        assertThat(TemplateParser.fromJson(canonical).template().contentHash()).isEqualTo(template.contentHash());
    }

    @Test
    void minimalTemplateTakesTheDefaults() {
        TaskTemplate minimal = Yaml.template(Yaml.withTopLevel(""));
        StepDefinition step = minimal.steps().getFirst();

        assertThat(minimal.isStrict()).isFalse();
        assertThat(minimal.metadata()).isNull();
        assertThat(minimal.lifecycle()).isNull();
        assertThat(minimal.systemDependencies()).isEqualTo(SystemDependencies.DEFAULT);
        assertThat(minimal.identityStrategy()).isEqualTo(IdentityStrategy.STRICT);
        assertThat(minimal.inputValidation()).isEqualTo(InputValidation.OFF);
        assertThat(step.type()).isEqualTo(StepType.STANDARD);
        assertThat(step.retry()).isEqualTo(RetryPolicy.DEFAULT);
        assertThat(step.timeoutMillis()).isEmpty();
        assertThat(Yaml.remarks(Yaml.withTopLevel(""))).isEmpty();
    }

    @Test
    void canonicalFormHasTheKeysThatClientsExpect() {
        String canonical = Yaml.template(Yaml.withTopLevel("")).toCanonicalJson();

        assertThat(canonical).isEqualTo("""
            {"default_context":{},"default_options":{},"description":null,"domain_events":[],\
            "environments":{},"identity_strategy":"strict","input_schema":null,"input_validation":"off",\
            "lifecycle":null,"metadata":null,"name":"greet_user","namespace_name":"demo",\
            "steps":[{"batch_config":null,"dependencies":[],"description":null,\
            "handler":{"callable":"say_hello","initialization":{},"method":null,"resolver":null},\
            "name":"say_hello","publishes_events":[],\
            "retry":{"backoff_base_ms":null,"max_attempts":3,"max_backoff_ms":null,"retryable":true},\
            "system_dependency":null,"timeout_seconds":null,"type":"standard"}],\
            "system_dependencies":{"primary":"default","secondary":[]},"version":"1.0.0"}\
            """);
    }

    @Test
    void canonicalFormDoesNotDependOnTheOrderOfKeys() {
        String reordered = """
            steps:
              - handler: {initialization: {b: 1, a: 2}, callable: say_hello}
                name: say_hello
            version: 1.0.0
            namespace_name: demo
            name: greet_user
            """;
        String usual = Yaml.HEAD + """
            steps:
              - name: say_hello
                handler: {callable: say_hello, initialization: {a: 2, b: 1}}
            """;

        assertThat(Yaml.template(reordered).contentHash())
                .isEqualTo(Yaml.template(usual).contentHash());
    }

    @Test
    void overlayIsMergedKeyByKey() {
        TaskTemplate resolved = template.withEnvironment("test");
        StepDefinition charge = resolved.steps().get(1);

        assertThat(resolved.steps().getFirst().timeoutSeconds()).isEqualTo(5);
        assertThat(charge.timeoutSeconds()).isEqualTo(5);
        assertThat(charge.handler().callable()).isEqualTo("fake");
        assertThat(charge.handler().method()).isEqualTo("charge");
        assertThat(charge.handler().initialization())
                .hasToString(
                        "{\"gateway\":{\"name\":\"mock\",\"keys\":[1,2]},\"worker_template_name\":\"w\",\"extra\":1}");
        assertThat(charge.retry().maxAttempts()).isEqualTo(1);
        assertThat(charge.retry().backoff())
                .isEqualTo(template.steps().get(1).retry().backoff());
        assertThat(resolved.lifecycle()).isEqualTo(new LifecyclePolicy(1, 2, 3, 9, StalenessAction.NONE, true, false));
        assertThat(resolved.inputValidation()).isEqualTo(InputValidation.OFF);
        assertThat(resolved.contentHash()).isNotEqualTo(template.contentHash());
        assertThat(template.withEnvironment("production")).isSameAs(template);
    }

    @Test
    void laterOverlayEntriesWin() {
        TaskTemplate template = Yaml.template(Yaml.withTopLevel("""
            environments:
              test:
                steps:
                  - {name: say_hello, timeout_seconds: 1, retry: {backoff_base_ms: 50}}
                  - {name: ALL, timeout_seconds: 2}
                lifecycle: {max_duration_minutes: 8}
            """));
        TaskTemplate resolved = template.withEnvironment("test");

        assertThat(resolved.steps().getFirst().timeoutSeconds()).isEqualTo(2);
        assertThat(resolved.steps().getFirst().retry().backoff())
                .isEqualTo(new Backoff(BackoffStrategy.EXPONENTIAL, Duration.ofMillis(50), Duration.ofSeconds(30)));
        assertThat(requireNonNull(resolved.lifecycle()).maxDurationMinutes()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry: {max_attempts: 2} | ",
                "retry: {} | ",
                "retry: {backoff: linear} | LINEAR 1000 30000",
                "retry: {backoff_base_ms: 50} | EXPONENTIAL 50 30000",
                "retry: {max_backoff_ms: 200} | EXPONENTIAL 1000 200"
            })
    void backoffIsThereExactlyWhenOneOfItsKeysIsStated(String retry, @Nullable String expected) {
        TaskTemplate stated = Yaml.template(Yaml.withStep(retry));
        for (TaskTemplate read : List.of(
                stated, TemplateParser.fromJson(stated.toCanonicalJson()).template())) {
            Backoff backoff = read.steps().getFirst().retry().backoff();
            String text = backoff == null
                    ? null
                    : backoff.strategy() + " " + backoff.base().toMillis() + " "
                            + backoff.max().toMillis();
            assertThat(text).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeout_seconds: 7 | 7000",
                "timeout_seconds: 0 | 0",
                "timeout_seconds: 2147483647 | 2147483647000",
                "handler: {callable: c, initialization: {timeout_ms: 250}} | 250",
                "handler: {callable: c, initialization: {timeout_ms: 0}} | 0",
                "handler: {callable: c, initialization: {timeout_ms: soon}} | ",
                "handler: {callable: c, initialization: {timeout_ms: -1}} | "
            })
    void timeLimitOfTheInitializationWins(String line, @Nullable Long expected) {
        String both = Yaml.HEAD + "steps:\n  - name: a\n" + line.indent(4)
                + (line.startsWith("handler") ? "" : "    handler: {callable: c}\n");
        OptionalLong millis = Yaml.onlyStep(both).timeoutMillis();

        assertThat(millis).isEqualTo(expected == null ? OptionalLong.empty() : OptionalLong.of(expected));
        if (line.startsWith("handler") && expected != null) {
            assertThat(Yaml.onlyStep(both + "    timeout_seconds: 99\n").timeoutMillis())
                    .hasValue(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "strict, STRICT",
        "STRICT, STRICT",
        "caller_provided, CALLER_PROVIDED",
        "CallerProvided, CALLER_PROVIDED",
        "always_unique, ALWAYS_UNIQUE",
        "AlwaysUnique, ALWAYS_UNIQUE"
    })
    void identityStrategyIsReadInAnyCase(String text, IdentityStrategy expected) {
        assertThat(IdentityStrategy.parse(text)).contains(expected);
        assertThat(Yaml.template(Yaml.withTopLevel("identity_strategy: " + text + "\n"))
                        .identityStrategy())
                .isEqualTo(expected);
    }

    @Test
    void stalenessActionDecidesWhetherTheTaskFails() {
        assertThat(lifecycle("{}").failsStaleTask()).isTrue();
        assertThat(lifecycle("{}").effectiveStalenessAction()).isEqualTo(StalenessAction.DLQ);
        assertThat(lifecycle("{auto_fail_on_timeout: false}").failsStaleTask()).isFalse();
        assertThat(lifecycle("{auto_fail_on_timeout: true}").failsStaleTask()).isTrue();
        assertThat(lifecycle("{staleness_action: error, auto_fail_on_timeout: false}")
                        .failsStaleTask())
                .isTrue();
        assertThat(lifecycle("{staleness_action: none}").failsStaleTask()).isFalse();
        assertThat(LifecyclePolicy.EMPTY.effectiveStalenessAction()).isEqualTo(StalenessAction.DLQ);
    }

    @Test
    void handlerNeedsAnObjectAsInitialization() {
        assertThatThrownBy(() -> new HandlerDefinition("c", null, null, JsonNodeFactory.instance.arrayNode()))
                .hasMessage("handler.initialization: ARRAY (expected: OBJECT)");
    }

    @Test
    void handlerIsRunAtMostOnceWhenItSaysSo() {
        String marked = Yaml.HEAD + """
            steps:
              - name: pay
                handler: {callable: pay, at_most_once: true}
            environments:
              test:
                steps:
                  - name: pay
                    handler: {callable: pretend}
            """;
        TaskTemplate template = Yaml.template(marked);
        assertThat(template.steps().getFirst().handler().atMostOnce()).isTrue();
        assertThat(template.withEnvironment("test").steps().getFirst().handler())
                .as("in an environment that changes the handler")
                .extracting(HandlerDefinition::callable, HandlerDefinition::atMostOnce)
                .containsExactly("pretend", true);
        String json = TemplatePlan.compile(template).canonicalJson();
        assertThat(json).contains("\"at_most_once\":true");
        assertThat(TemplateParser.fromJson(json)
                        .template()
                        .steps()
                        .getFirst()
                        .handler()
                        .atMostOnce())
                .isTrue();
    }

    @Test
    void handlerThatSaysNothingIsRunAgain() {
        TaskTemplate template = Yaml.template(Yaml.withStep(""));
        assertThat(template.steps().getFirst().handler().atMostOnce()).isFalse();
        assertThat(TemplatePlan.compile(template).canonicalJson()).doesNotContain("at_most_once");
    }

    private static LifecyclePolicy lifecycle(String block) {
        return requireNonNull(
                Yaml.template(Yaml.withTopLevel("lifecycle: " + block + "\n")).lifecycle());
    }
}
