package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the earlier system loaded loads; what it passed over in silence is now heard (spec 06 §11, §13.5, spec 09 K4). */
class LeniencyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry: {backoff_base_ms: 50, max_backoff_ms: 100}",
                "retry: {max_attempts: 0}",
                "retry: {max_attempts: 500}",
                "retry: {retryable: false, max_attempts: 3}",
                "retry: {limit: many}",
                "retry: {initial_delay: -3}",
                "timeout_seconds: 90000",
                "lifecycle: {max_retries: 3, backoff_multiplier: 2.0}",
                "system_dependency:",
                "publishes_events: []",
                "skippable: true",
                "type: batch_worker",
                "type: batchable",
                "batch_config: {worker_template: w, checkpoint_interval: 5, batch_size: 0}"
            })
    void stepLoadsWithoutError(String line) {
        assertThat(Yaml.findings(Yaml.withStep(line))).noneMatch(Finding::isError);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata: {documentation_url: , notes: n}",
                "metadata:",
                "identity_strategy: sometimes",
                "identity_strategy: [1]",
                "input_validation: 5",
                "default_context: text",
                "default_options: [1]",
                "lifecycle: {max_duration_minutes: -5, staleness_action: page_someone}",
                "lifecycle: {}",
                "mixins: [Api]",
                "loaded_from: /tmp/x",
                "environments: {test: {steps: [{name: nobody, timeout_seconds: 1}]}}",
                "environments: {test: {steps: [{name: ALL, retry: {max_attempts: 200}, handler: {callable: 5}}]}}",
                "environments: {test: {steps: [{name: ALL, handler: {initialization: {timeout_ms: x}}}], lifecycle:"
                        + " {max_duration_minutes: 0}}}",
                "environments: {test: {input_validation: never, lifecycle: soon}}"
            })
    void templateLoadsWithoutError(String line) {
        assertThat(Yaml.findings(Yaml.withTopLevel(line + "\n"))).noneMatch(Finding::isError);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max_attempts: 5, limit: 2 | 5 | ",
                "limit: 4 | 4 | ",
                "initial_delay: 2 | 3 | EXPONENTIAL 2000 30000",
                "initial_delay: 0.5, max_delay: 9 | 3 | EXPONENTIAL 500 9000"
            })
    void oldRetryKeysStandInForTheNewOnes(String keys, int maxAttempts, @Nullable String expected) {
        String yaml = Yaml.withStep("retry: {" + keys + "}");
        RetryPolicy retry = Yaml.onlyStep(yaml).retry();
        Backoff backoff = retry.backoff();

        assertThat(retry.maxAttempts()).isEqualTo(maxAttempts);
        assertThat(
                        backoff == null
                                ? null
                                : backoff.strategy() + " " + backoff.base().toMillis() + " "
                                        + backoff.max().toMillis())
                .isEqualTo(expected);
        assertThat(Yaml.findings(yaml)).extracting(Finding::code).contains("DEPRECATED_KEY");
    }

    @ParameterizedTest
    @CsvSource({"deferred, DEFERRED_CONVERGENCE", "decision_point, DECISION"})
    void oldTypesStandForTheNewOnes(String old, StepType expected) {
        String yaml = Yaml.withSteps("a", "b:a:" + old);

        assertThat(Yaml.template(yaml).steps().get(1).type()).isEqualTo(expected);
        assertThat(Yaml.finding(yaml, "DEPRECATED_KEY").message())
                .isEqualTo("type: '" + old + "' is an old spelling (expected: '" + expected.text() + "')");
    }

    @Test
    void namespaceIsAnOldNameOfNamespaceName() {
        String yaml = Yaml.withTopLevel("").replace("namespace_name", "namespace");

        assertThat(Yaml.template(yaml).namespace()).isEqualTo("demo");
        assertThat(Yaml.finding(yaml, "DEPRECATED_KEY").message())
                .isEqualTo("namespace: an old name (expected: namespace_name)");
        assertThat(Yaml.template(Yaml.withTopLevel("namespace: other\n")).namespace())
                .isEqualTo("demo");
    }

    @Test
    void taskHandlerIsOnlyHintedAt() {
        Finding finding = Yaml.finding(Yaml.withTopLevel("task_handler: {callable: x}\n"), "DEPRECATED_KEY");

        assertThat(finding.severity()).isEqualTo(Severity.INFO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retires: 3 | did you mean 'retry'?",
                "timeout_second: 3 | did you mean 'timeout_seconds'?",
                "dependson: [a] | did you mean 'depends_on'?"
            })
    void unknownKeyIsReportedWithTheNearestOne(String line, String hint) {
        Finding finding = Yaml.finding(Yaml.withStep(line), "UNKNOWN_KEY");

        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
        assertThat(finding.message()).contains(hint);
        assertThat(finding.line()).isEqualTo(7);
        assertThat(finding.column()).isEqualTo(5);
        assertThat(finding.step()).isEqualTo("say_hello");
        assertThat(finding.jsonPointer()).isEqualTo("/steps/0/" + line.substring(0, line.indexOf(':')));
    }

    @Test
    void strictTemplateRefusesWhatTheLenientOneWarnsOf() {
        for (String line :
                List.of("colour: red", "identity_strategy: sometimes", "default_context: 5", "version_: 1")) {
            String lenient = Yaml.withTopLevel(line + "\n");

            assertThat(Yaml.remarks(lenient)).hasSize(1).noneMatch(Finding::isError);
            assertThat(Yaml.remarks("template_format: 1\n" + lenient))
                    .hasSize(1)
                    .allMatch(Finding::isError);
        }
        for (String line : List.of("timeout_seconds: 9999", "retry: {max_attempts: 101}")) {
            assertThat(Yaml.remarks(Yaml.withStep(line))).hasSize(1).noneMatch(Finding::isError);
            assertThat(Yaml.remarks("template_format: 1\n" + Yaml.withStep(line)))
                    .hasSize(1)
                    .allMatch(Finding::isError);
        }
    }

    @Test
    void strictTemplateEnforcesItsInputSchema() {
        assertThat(Yaml.template("template_format: 1\n" + Yaml.withTopLevel("")).inputValidation())
                .isEqualTo(InputValidation.ENFORCE);
    }

    @Test
    void planIgnoresMattersOfStyle() {
        TaskTemplate strict = Yaml.template("template_format: 1\n" + Yaml.withTopLevel("""
            environments: {test: {steps: [{name: ALL, timeout_seconds: 5}]}}
            """));
        EnvironmentOverlay slow =
                new EnvironmentOverlay(List.of(new StepOverlay("ALL", null, null, 90_000, null)), null, null);

        assertThat(TemplatePlan.compile(slow.applyTo(strict)).steps().getFirst().timeoutMillis())
                .hasValue(90_000_000L);
    }
}
