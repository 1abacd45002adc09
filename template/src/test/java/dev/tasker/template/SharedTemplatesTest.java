package dev.tasker.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedTemplatesTest {
    @Test
    void everyRealTemplateLoads() {
        TemplateDirectory loaded = TemplateDirectory.load(SharedTemplates.directory());

        assertThat(loaded.brokenFiles()).as("%s", loaded.findings()).isEmpty();
        assertThat(loaded.templates()).hasSize(55);
        assertThat(loaded.findings()).noneMatch(Finding::isError);
    }

    @Test
    void exampleOfTheSpecificationIsSound() throws IOException {
        String chapter = Files.readString(SharedTemplates.directory().resolveSibling("spec/06-task-templates.md"));
        String example = chapter.substring(chapter.indexOf("## 17. Full example"));
        String yaml =
                example.substring(example.indexOf("```yaml\n") + "```yaml\n".length(), example.indexOf("\n```\n"));

        assertThat(TemplateReport.of("example.yaml", yaml, TemplateCheck.DEFAULT)
                        .findings())
                .filteredOn(finding -> finding.severity() != Severity.INFO)
                .isEmpty();
    }

    @Test
    void everyRealTemplateCompilesForEveryEnvironment() {
        for (ParsedTemplate parsed : templates()) {
            TemplatePlan.compile(parsed.template());
            for (String environment : parsed.template().environments().keySet()) {
                TaskTemplate resolved = parsed.template().withEnvironment(environment);
                assertThat(TemplatePlan.compile(resolved).steps())
                        .hasSameSizeAs(parsed.template().steps());
                assertThat(resolved.withEnvironment(environment)).isEqualTo(resolved);
            }
        }
    }

    @Test
    void everyRealTemplateSurvivesItsCanonicalForm() {
        for (ParsedTemplate parsed : templates()) {
            String canonical = parsed.template().toCanonicalJson();
            ParsedTemplate again = TemplateParser.fromJson(canonical);

            assertThat(again.template()).isEqualTo(parsed.template());
            assertThat(again.template().toCanonicalJson()).isEqualTo(canonical);
            assertThat(again.findings()).extracting(Finding::code).doesNotContain("UNKNOWN_KEY", "DEPRECATED_KEY");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rust_e2e_tree/hierarchical_tree/1.0.0, 8, 8",
        "rust_e2e_mixed_dag/complex_dag/1.0.0, 7, 7",
        "conditional_approval_rust/approval_routing/1.0.0, 6, 2",
        "data_processing/large_dataset_processor/1.0.0, 3, 1",
        "csv_processing_rust/csv_product_inventory_analyzer/1.0.0, 3, 1",
        "combined_workflow_test/diamond_decision_batch_processor/1.0.0, 10, 4",
        "rust_e2e_batch_retry/batch_resumption_test/1.0.0, 2, 1",
        "conditional_approval_py/approval_routing_py/1.0.0, 6, 2",
        "csv_processing_py/csv_product_inventory_analyzer_py/1.0.0, 3, 1",
        "python_e2e_checkpoint_yield/checkpoint_yield_test/1.0.0, 3, 1",
        "data_pipeline_py/analytics_pipeline_py/1.0.0, 8, 8",
        "dlq_test/dlq_staleness_test/1.0.0, 2, 2"
    })
    void taskStartsWithTheStepsOfTheCatalogue(String key, int steps, int initialSteps) {
        TemplatePlan plan = TemplatePlan.compile(template(key));

        assertThat(plan.steps()).hasSize(steps);
        assertThat(plan.initialSteps()).hasSize(initialSteps);
    }

    @Test
    void testOverlayKeepsWhatItDoesNotState() {
        RetryPolicy retry = template("test_scenarios_py/permanent_error_only_py/1.0.0")
                .withEnvironment("test")
                .steps()
                .getFirst()
                .retry();

        assertThat(retry.retryable()).isFalse();
        assertThat(retry.maxAttempts()).isEqualTo(1);
        assertThat(retry.backoff())
                .isEqualTo(new Backoff(BackoffStrategy.EXPONENTIAL, Duration.ofMillis(100), Duration.ofMillis(1000)));
    }

    private static TaskTemplate template(String key) {
        return templates().stream()
                .map(ParsedTemplate::template)
                .filter(template -> template.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError(key + " is not among the real templates"));
    }

    private static List<ParsedTemplate> templates() {
        return TemplateDirectory.load(SharedTemplates.directory()).templates();
    }
}
