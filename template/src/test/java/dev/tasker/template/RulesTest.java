package dev.tasker.template;

import static dev.tasker.template.Severity.ERROR;
import static dev.tasker.template.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tasker.template.RuleCases.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of spec 06 §13.4 and §13.5: its code, its severity with and without {@code template_format}, and the place it names. */
class RulesTest {
    /** The codes of spec 06 §13.4 and §13.5, in their order. */
    private static final List<String> SPECIFIED = List.of(
            "DUPLICATE_STEP_NAME",
            "SELF_DEPENDENCY",
            "MISSING_DEP_REF",
            "EMPTY_CALLABLE",
            "CYCLE_DETECTED",
            "NAMESPACE_TOO_LONG",
            "SCHEMA_NOT_OBJECT",
            "ORPHAN_STEP",
            "NO_RESULT_SCHEMA",
            "COMPOSITION_PARSE_ERROR",
            "COMPOSITION_INVALID",
            "COMPOSITION_WARNING",
            "COMPOSITION_RESULT_SCHEMA_MISMATCH",
            "COMPOSITION_CALLABLE_CONVENTION",
            "UNKNOWN_KEY",
            "DEPRECATED_KEY",
            "NAME_FORMAT",
            "NAME_TOO_LONG",
            "VERSION_FORMAT",
            "NAMESPACE_FORMAT",
            "RETRY_RANGE",
            "TIMEOUT_RANGE",
            "LIFECYCLE_RANGE",
            "BATCH_RANGE",
            "RETRY_CONTRADICTION",
            "DECISION_NO_DEPENDENCY",
            "DECISION_NO_CHILDREN",
            "CONVERGENCE_NO_DYNAMIC_PARENT",
            "BATCHABLE_NO_WORKER_TEMPLATE",
            "WORKER_TEMPLATE_NOT_FOUND",
            "WORKER_TEMPLATE_WRONG_TYPE",
            "BATCH_WORKER_NO_CONFIG",
            "BATCH_WORKER_UNREFERENCED",
            "EVENT_NAME_FORMAT",
            "EVENT_SCHEMA_INVALID",
            "EVENT_PUBLISHER_FORMAT",
            "EVENT_DUPLICATE",
            "INPUT_SCHEMA_INVALID",
            "RESULT_SCHEMA_INVALID",
            "ENV_UNKNOWN_STEP",
            "HANDLER_UNRESOLVED",
            "INSTANCE_NAME_TOO_LONG");

    /** Every callable but {@code nobody} has a handler. */
    private static final TemplateCheck HANDLERS =
            TemplateCheck.DEFAULT.withHandlers((_, callable) -> !callable.equals("nobody"), WARNING);

    @ParameterizedTest
    @MethodSource("dev.tasker.template.RuleCases#all")
    void brokenRuleIsReportedWithCodeSeverityAndPlace(Case broken) {
        assertFound(broken, broken.yaml(), broken.lenient(), 0);
        assertFound(broken, "template_format: 1\n" + broken.yaml(), broken.strict(), 1);
    }

    private static void assertFound(Case broken, String yaml, Severity severity, int linesAbove) {
        TemplateReport report = TemplateReport.of("rules.yaml", yaml, HANDLERS);

        assertThat(report.findings())
                .filteredOn(finding -> finding.code().equals(broken.code())
                        && finding.jsonPointer().equals(broken.pointer()))
                .as("%s", report.findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(severity);
                    assertThat(finding.file()).isEqualTo("rules.yaml");
                    assertThat(finding.line()).isGreaterThan(linesAbove).isLessThanOrEqualTo((int)
                            yaml.lines().count());
                    assertThat(finding.column()).isPositive();
                });
        assertThat(report.isValid()).isEqualTo(report.findings().stream().noneMatch(Finding::isError));
        if (severity == ERROR) {
            assertThat(report.isValid()).isFalse();
        }
    }

    @Test
    void everySpecifiedCodeHasACase() {
        Set<String> tested = new TreeSet<>();
        RuleCases.all().map(Case::code).forEach(tested::add);

        assertThat(tested).containsAll(SPECIFIED);
    }

    /** Without any one of the rules a case above fails. */
    @Test
    void everyRuleIsHeldByACase() {
        for (Rule rule : TemplateValidator.RULES) {
            assertThat(RuleCases.all().filter(broken -> isFoundBy(List.of(rule), broken)))
                    .as("cases of rule %d", TemplateValidator.RULES.indexOf(rule))
                    .anySatisfy(broken -> {
                        List<Rule> others = new ArrayList<>(TemplateValidator.RULES);
                        others.remove(rule);
                        assertThat(isFoundBy(others, broken)).isFalse();
                    });
        }
    }

    private static boolean isFoundBy(List<Rule> rules, Case broken) {
        Findings findings = new Findings("rules.yaml");
        Located.Mapping document = (Located.Mapping) YamlDocument.read(broken.yaml(), findings);
        TaskTemplate template = TemplateReader.read(document, findings, false);
        RuleReport report = new RuleReport(false, new SourceMap(document), findings);
        rules.forEach(rule -> rule.check(template, report));
        return findings.list().stream()
                .anyMatch(finding -> finding.code().equals(broken.code())
                        && finding.jsonPointer().equals(broken.pointer()));
    }

    @Test
    void soundTemplateHasNoFindings() {
        String yaml = GrammarTest.FULL
                .replace("    system_dependency: stripe\n", "")
                .replace("  auto_dlq_on_timeout: false\n", "")
                .replace("CallerProvided", "caller_provided");

        assertThat(TemplateReport.of("sound.yaml", yaml, HANDLERS).findings())
                .filteredOn(finding -> !finding.code().equals("NO_RESULT_SCHEMA"))
                .isEmpty();
    }

    @Test
    void strictCheckHoldsLenientFilesToTheStrictRules() {
        RuleCases.all().forEach(broken -> {
            TemplateReport report = TemplateReport.of("rules.yaml", broken.yaml(), HANDLERS.withStrict());

            assertThat(report.findings())
                    .filteredOn(finding -> finding.jsonPointer().equals(broken.pointer()))
                    .extracting(Finding::code, Finding::severity)
                    .as("%s", broken)
                    .contains(tuple(broken.code(), broken.strict()));
        });
    }

    @Test
    void missingHandlerIsAnErrorForAWorkerThatStarts() {
        TemplateCheck check = TemplateCheck.DEFAULT.withHandlers((namespace, _) -> !namespace.equals("demo"), ERROR);
        TemplateReport report = TemplateReport.of("rules.yaml", Yaml.withTopLevel(""), check);

        assertThat(report.isValid()).isFalse();
        assertThat(report.findings())
                .extracting(Finding::message)
                .contains("callable: 'say_hello' has no handler (expected: the name of a registered handler)");
    }

    @Test
    void reportCountsStepsAndTellsCycles() {
        TemplateReport cyclic = TemplateReport.of("r.yaml", Yaml.withSteps("a:b", "b:a", "c"), TemplateCheck.DEFAULT);
        TemplateReport unreadable = TemplateReport.of("r.yaml", "name: [", TemplateCheck.DEFAULT);

        assertThat(cyclic.stepCount()).isEqualTo(3);
        assertThat(cyclic.hasCycles()).isTrue();
        assertThat(cyclic.template()).isNull();
        assertThat(unreadable.stepCount()).isZero();
        assertThat(unreadable.hasCycles()).isFalse();
        assertThat(unreadable.isValid()).isFalse();
    }
}
