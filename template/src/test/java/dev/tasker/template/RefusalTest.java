package dev.tasker.template;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets a precise error: place, key, what was found and what was expected. */
class RefusalTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type: decison | WRONG_TYPE | type: 'decison' (expected: one of standard, decision,"
                        + " deferred_convergence, batchable, batch_worker; did you mean 'decision'?)",
                "timeout_seconds: soon | WRONG_TYPE | timeout_seconds: 'soon' (expected: a whole number from 0 to"
                        + " 2147483647)",
                "timeout_seconds: -1 | WRONG_TYPE | timeout_seconds: -1 (expected: a whole number from 0 to"
                        + " 2147483647)",
                "timeout_seconds: 1.5 | WRONG_TYPE | timeout_seconds: 1.5 (expected: a whole number from 0 to"
                        + " 2147483647)",
                "timeout_seconds: 99999999999999999999 | WRONG_TYPE | timeout_seconds: 99999999999999999999 (expected:"
                        + " a whole number from 0 to 2147483647)",
                "retry: [1] | WRONG_TYPE | retry: a list (expected: a mapping)",
                "retry: {retryable: 'yes'} | WRONG_TYPE | retryable: 'yes' (expected: true or false)",
                "retry: {backoff: slow} | WRONG_TYPE | backoff: 'slow' (expected: one of none, linear, exponential,"
                        + " fibonacci)",
                "description: 12 | WRONG_TYPE | description: 12 (expected: text; put it into quotes)",
                "description: {} | WRONG_TYPE | description: a mapping (expected: text)",
                "dependencies: say | WRONG_TYPE | dependencies: 'say' (expected: a list)",
                "dependencies: [~] | WRONG_TYPE | dependencies: nothing (expected: text; put it into quotes)",
                "batch_config: {batch_size: 5} | MISSING_KEY | worker_template: missing (expected: text)",
                "publishes_events: [order.created] | WRONG_TYPE | publishes_events: 'order.created' (expected: a"
                        + " mapping)",
                "publishes_events: [{name: a.b, description: d}] | MISSING_KEY | schema: missing (expected: a JSON"
                        + " Schema of the payload)",
                "publishes_events: [{name: a.b, schema: {}}] | MISSING_KEY | description: missing (expected: text)"
            })
    void badStepKeyIsNamed(String line, String code, String message) {
        Finding finding = Yaml.finding(Yaml.withStep(line), code);

        assertThat(finding.isError()).isTrue();
        assertThat(finding.message()).isEqualTo(message);
        assertThat(finding.step()).isEqualTo("say_hello");
        assertThat(finding.line()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "metadata: {created_at: yesterday} | created_at: 'yesterday' (expected: a timestamp such as"
                        + " 2025-01-31T12:00:00Z)",
                "metadata: {created_at: 5} | created_at: 5 (expected: text; put it into quotes)",
                "template_format: 2 | template_format: 2 (expected: 1)",
                "input_schema: {a: 1}, template_format: 1.5 |",
                "environments: [] | environments: a list (expected: a mapping)",
                "environments: {test: 5} | test: 5 (expected: a mapping)",
                "lifecycle: {auto_fail_on_timeout: 1} | auto_fail_on_timeout: 1 (expected: true or false)"
            })
    void badTopLevelKeyIsNamed(String line, @Nullable String message) {
        List<Finding> findings = Yaml.findings(Yaml.withTopLevel(line + "\n"));

        assertThat(findings).filteredOn(Finding::isError).hasSize(1).allSatisfy(finding -> {
            assertThat(finding.line()).isEqualTo(4);
            if (message != null) {
                assertThat(finding.message()).isEqualTo(message);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: greet_user | name: missing (expected: text)",
                "namespace_name: demo | namespace_name: missing (expected: text)",
                "version: \"1.0.0\" | version: missing (expected: text)",
                "- name: say_hello | name: missing (expected: text)",
                "handler: {callable: say_hello} | handler: missing (expected: a mapping with the key callable, or the"
                        + " callable itself)",
                "callable: say_hello | callable: missing (expected: text)"
            })
    void missingKeyIsNamed(String removed, String message) {
        String kept = removed.startsWith("- ") ? "-" : "";
        Finding finding = Yaml.finding(Yaml.withTopLevel("").replace(removed, kept), "MISSING_KEY");

        assertThat(finding.message()).isEqualTo(message);
        assertThat(finding.line()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: greet_user | name: '' | NAME_FORMAT | ERROR",
                "name: greet_user | name: Greet-User | NAME_FORMAT | WARNING",
                "name: greet_user | name: LONG | NAME_TOO_LONG | ERROR",
                "name: say_hello | name: LONG | NAME_TOO_LONG | ERROR",
                "namespace_name: demo | namespace_name: 1st | NAMESPACE_FORMAT | ERROR",
                "namespace_name: demo | namespace_name: '' | NAMESPACE_FORMAT | ERROR",
                "namespace_name: demo | namespace_name: LONG | NAMESPACE_FORMAT | ERROR",
                "version: \"1.0.0\" | version: '1.0' | VERSION_FORMAT | WARNING",
                "version: \"1.0.0\" | version: '' | VERSION_FORMAT | ERROR",
                "version: \"1.0.0\" | version: 1.0.0-longer-than-16 | VERSION_FORMAT | ERROR",
                "version: \"1.0.0\" | version: 1.0 | WRONG_TYPE | ERROR",
                "{callable: say_hello} | {callable: ' '} | EMPTY_CALLABLE | ERROR",
                "{callable: say_hello} | {callable: LONGLONGLONGLONG} | CALLABLE_TOO_LONG | ERROR"
            })
    void identityMustFitTheStore(String line, String replacement, String code, Severity severity) {
        String bad = replacement.replace("LONG", "x".repeat(129));
        Finding finding = Yaml.finding(Yaml.withTopLevel("").replace(line, bad), code);

        assertThat(finding.severity()).isEqualTo(severity);
        assertThat(finding.line()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a a | DUPLICATE_STEP_NAME | name: 'a' is used before (expected: a name of its own)",
                "a:a | SELF_DEPENDENCY | dependencies: 'a' is the step itself (expected: another step)",
                "alpha b:alpa | MISSING_DEP_REF | dependencies: 'alpa' is not a step of this template (expected: the"
                        + " name of another step; did you mean 'alpha'?)",
                "a:b b:a | CYCLE_DETECTED | dependencies: a -> b -> a (expected: no way back to the same step)",
                "x c:b a:c,x b:a d:c | CYCLE_DETECTED | dependencies: c -> a -> b -> c (expected: no way back to the"
                        + " same step)",
                "a b::decision | DECISION_NO_DEPENDENCY | dependencies: none (expected: at least one for a step of"
                        + " type decision)"
            })
    void graphThatCannotRunIsRefused(String steps, String code, String message) {
        Finding finding = Yaml.finding(Yaml.withSteps(steps.split(" ")), code);

        assertThat(finding.isError()).isTrue();
        assertThat(finding.message()).isEqualTo(message);
        assertThat(finding.line()).isBetween(5, 9);
        assertThat(finding.jsonPointer()).startsWith("/steps/");
    }

    @Test
    void longCycleIsShortenedInTheMessage() {
        String[] ring = IntStream.range(0, 1000)
                .mapToObj(i -> "s" + i + ":s" + (i + 999) % 1000)
                .toArray(String[]::new);

        assertThat(Yaml.finding(Yaml.withSteps(ring), "CYCLE_DETECTED").message())
                .startsWith("dependencies: s0 -> s1 -> s2 -> ")
                .contains(" -> ... 981 more ... -> s0 (");
    }

    @Test
    void templateWithoutStepsLoadsWithAWarning() {
        assertThat(Yaml.finding(Yaml.HEAD + "steps: []\n", "NO_STEPS").severity())
                .isEqualTo(Severity.WARNING);
        assertThat(Yaml.finding("template_format: 1\n" + Yaml.HEAD, "NO_STEPS").severity())
                .isEqualTo(Severity.ERROR);
        assertThat(TemplatePlan.compile(Yaml.template(Yaml.HEAD)).initialSteps())
                .isEmpty();
    }

    @Test
    void repeatedDependencyCountsOnce() {
        String yaml = Yaml.withSteps("a", "b:a,a");

        assertThat(Yaml.finding(yaml, "DUPLICATE_DEPENDENCY").severity()).isEqualTo(Severity.WARNING);
        assertThat(TemplatePlan.compile(Yaml.template(yaml))
                        .steps()
                        .get(1)
                        .parents()
                        .toArray())
                .containsExactly(0);
    }

    @Test
    void twoSpellingsOfOneKeyAreAnError() {
        assertThat(Yaml.finding(Yaml.withStep("dependencies: []\ndepends_on: []"), "DUPLICATE_KEY")
                        .message())
                .isEqualTo("depends_on: the same as dependencies (expected: one of them)");
        assertThat(Yaml.finding(Yaml.withStep("type: standard\nstep_type: standard"), "DUPLICATE_KEY")
                        .line())
                .isEqualTo(8);
    }

    @Test
    void unknownEventReferenceIsReported() {
        String events = "domain_events: [{name: order.paid, schema: {}}]\n";
        String byName = Yaml.withStep("publishes_events: [{name: a.b, description: d, schema: {ref: order.payed}}]");
        Finding finding = Yaml.finding(byName + events, "EVENT_UNKNOWN_REF");

        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
        assertThat(finding.message()).contains("'order.payed'", "did you mean 'order.paid'?");
        assertThat(Yaml.findings(Yaml.withStep("publishes_events: [{ref: nothing}]")))
                .extracting(Finding::code)
                .contains("EVENT_UNKNOWN_REF", "MISSING_KEY");
    }

    @Test
    void payloadMustBePointers() {
        String event = "publishes_events: [{name: a.b, description: d, schema: {}, payload: {id: 5}}]";

        assertThat(Yaml.finding(Yaml.withStep(event), "WRONG_TYPE").message())
                .isEqualTo("id: 5 (expected: text; put it into quotes)");
    }

    @Test
    void contradictoryRetryIsPointedOut() {
        assertThat(Yaml.finding(Yaml.withStep("retry: {retryable: false, max_attempts: 3}"), "RETRY_CONTRADICTION")
                        .message())
                .startsWith("retryable: false beside max_attempts: 3");
    }

    @Test
    void blankCallableOfAnEnvironmentIsRefused() {
        String yaml = Yaml.withTopLevel("""
            environments:
              test:
                steps: [{name: ALL, handler: {callable: ''}}]
            """);

        assertThat(Yaml.finding(yaml, "EMPTY_CALLABLE").jsonPointer())
                .isEqualTo("/environments/test/steps/0/handler/callable");
    }

    @Test
    void exceptionListsEveryErrorWithItsPlace() {
        String yaml = Yaml.withTopLevel("description: 5\n").replace("version: \"1.0.0\"\n", "");

        assertThatThrownBy(() -> TemplateParser.parse("config/greet.yaml", yaml))
                .hasMessage("""
                    config/greet.yaml:1:1: error MISSING_KEY at /version: version: missing (expected: text)
                    config/greet.yaml:3:14: error WRONG_TYPE at /description: description: 5 (expected: text; put it into quotes)\
                    """);
    }

    @Test
    void floodOfFindingsIsBounded() {
        String keys = IntStream.range(0, 2000).mapToObj(i -> "k" + i + ": 1\n").collect(joining());
        List<Finding> findings = Yaml.findings(Yaml.withTopLevel(keys));
        String steps =
                IntStream.range(0, 40).mapToObj(i -> "  - {name: s" + i + "}\n").collect(joining());

        assertThat(findings)
                .filteredOn(finding -> finding.code().equals("UNKNOWN_KEY"))
                .hasSize(500);
        assertThat(findings.getLast().message()).isEqualTo("1500 more findings are not shown");
        assertThatThrownBy(() -> TemplateParser.parse("many.yaml", Yaml.HEAD + "steps:\n" + steps))
                .hasMessageEndingWith("... and 20 more errors");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void garbledTemplateNeverFailsInAnotherWay(long seed) {
        Random random = new Random(seed);
        String garbage = "[]{}:,-*&!'\"#|>%~ \n\t0a\u0000\uD800\u00E9";
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder(GrammarTest.FULL);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                int start = random.nextInt(text.length());
                int end = Math.min(text.length(), start + random.nextInt(3));
                text.replace(start, end, String.valueOf(garbage.charAt(random.nextInt(garbage.length()))));
            }
            assertThatCode(() -> Yaml.findings(text.toString()))
                    .as("seed %d, round %d:%n%s", seed, round, text)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void exceptionNeedsAnError() {
        assertThatThrownBy(() -> new TemplateException(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findingDescribesItselfOnOneLine() {
        Finding finding = new Finding("CODE", Severity.INFO, "text", "pay", "f.yaml", 3, 9, "/steps/1");
        Finding placeless = new Finding("CODE", Severity.WARNING, "text", null, "f.yaml", 0, 0, "");

        assertThat(finding.describe()).isEqualTo("f.yaml:3:9: info CODE in step 'pay' at /steps/1: text");
        assertThat(placeless.describe()).isEqualTo("f.yaml: warning CODE: text");
    }
}
