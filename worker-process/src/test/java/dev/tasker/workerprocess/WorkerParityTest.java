package dev.tasker.workerprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tasker.v1.WorkerDetailedHealthRequest;
import com.tasker.v1.WorkerGetConfigRequest;
import com.tasker.v1.WorkerGetTemplateRequest;
import com.tasker.v1.WorkerHandlerMetadata;
import com.tasker.v1.WorkerHealthRequest;
import com.tasker.v1.WorkerListTemplatesRequest;
import com.tasker.v1.WorkerLivenessRequest;
import com.tasker.v1.WorkerReadinessRequest;
import com.tasker.v1.WorkerStepDefinition;
import com.tasker.v1.WorkerTemplateListResponse;
import com.tasker.v1.WorkerTemplateResponse;
import dev.tasker.template.TaskTemplate;
import dev.tasker.template.TemplateParser;
import dev.tasker.worker.remote.GrpcWorkSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** REST and gRPC of one worker say the same, field by field (03 §2.6, appendix B 26 and 27). */
@TestInstance(Lifecycle.PER_CLASS)
class WorkerParityTest {
    private static final String DESCRIBED = """
        name: described
        namespace_name: warehouse
        version: 2.1.0
        description: Each kind of step
        steps:
          - name: look
            description: Looks at the parcels
            type: batchable
            handler: {callable: belts.look}
            batch_config:
              {batch_size: 10, parallelism: 2, cursor_field: id, worker_template: part, failure_strategy: fail_fast}
            retry: {retryable: false, max_attempts: 1}
          - name: part
            type: batch_worker
            handler: {callable: belts.part}
            dependencies: [look]
          - name: choose
            type: decision
            handler: {callable: belts.choose}
            dependencies: [look]
          - name: left
            handler: {callable: belts.left}
            dependencies: [choose]
            retry: {retryable: true, max_attempts: 7}
          - name: join
            type: deferred_convergence
            handler: {callable: belts.join}
            dependencies: [left]
        """;

    private Stage stage;
    private GrpcWorkSource source;
    private WorkerProcess worker;
    private GrpcSide grpc;

    @BeforeAll
    void open(@TempDir Path folder) {
        stage = new Stage(folder);
        source = stage.source();
        List<TaskTemplate> templates = List.of(
                TemplateParser.parse("parcels.yaml", Stage.TEMPLATE).template(),
                TemplateParser.parse("described.yaml", DESCRIBED).template());
        worker = stage.worker(source, Stage.config(), templates);
        grpc = new GrpcSide(worker);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> stage.get(worker, "/health/ready").statusCode(), code -> code == 200);
    }

    @AfterAll
    void close() {
        grpc.close();
        worker.close();
        source.close();
        stage.close();
    }

    @Test
    void probesAreTheSame() throws Exception {
        Sameness.OF_PROBES.check(
                grpc.health().checkHealth(WorkerHealthRequest.getDefaultInstance()), stage.json(worker, "/health"));
        Sameness.OF_PROBES.check(
                grpc.health().checkLiveness(WorkerLivenessRequest.getDefaultInstance()),
                stage.json(worker, "/health/live"));
        Sameness.OF_PROBES.check(
                grpc.health().checkReadiness(WorkerReadinessRequest.getDefaultInstance()),
                stage.json(worker, "/health/ready"));
        Sameness.OF_PROBES.check(
                grpc.health().checkDetailedHealth(WorkerDetailedHealthRequest.getDefaultInstance()),
                stage.json(worker, "/health/detailed"));
    }

    @Test
    void templateListsAreTheSameWithAndWithoutStatistics() throws Exception {
        Sameness exact = new Sameness(Set.of("oldest_entry_age_seconds"), Set.of());

        WorkerTemplateListResponse all =
                grpc.templates().listTemplates(WorkerListTemplatesRequest.getDefaultInstance());
        exact.check(all, stage.json(worker, "/v1/templates"));
        assertThat(all.getTemplateCount()).isEqualTo(2);
        exact.check(
                grpc.templates()
                        .listTemplates(WorkerListTemplatesRequest.newBuilder()
                                .setNamespace("warehouse")
                                .setIncludeCacheStats(true)
                                .build()),
                stage.json(worker, "/v1/templates?namespace=warehouse&include_cache_stats=true"));
        exact.check(
                grpc.templates()
                        .listTemplates(WorkerListTemplatesRequest.newBuilder()
                                .setNamespace("elsewhere")
                                .build()),
                stage.json(worker, "/v1/templates?namespace=elsewhere"));
    }

    @Test
    void templateWithEveryKindOfStepIsTheSame() throws Exception {
        WorkerTemplateResponse answer = grpc.templates()
                .getTemplate(WorkerGetTemplateRequest.newBuilder()
                        .setNamespace("warehouse")
                        .setName("described")
                        .setVersion("2.1.0")
                        .build());

        JsonNode rest = stage.json(worker, "/v1/templates/warehouse/described/2.1.0");
        JsonNode document = rest.get("template").get("template");
        assertThat(answer.getTemplate().getName())
                .isEqualTo(document.get("name").asString());
        assertThat(answer.getTemplate().getNamespace())
                .isEqualTo(document.get("namespace_name").asString());
        assertThat(answer.getTemplate().getVersion())
                .isEqualTo(document.get("version").asString());
        assertThat(answer.getTemplate().getDescription())
                .isEqualTo(document.get("description").asString());
        assertThat(answer.getTemplate().getStepsList())
                .hasSize(document.get("steps").size());
        for (int i = 0; i < document.get("steps").size(); i++) {
            WorkerStepDefinition step = answer.getTemplate().getSteps(i);
            JsonNode beside = document.get("steps").get(i);
            assertThat(step.getName()).isEqualTo(beside.get("name").asString());
            assertThat(step.hasDescription())
                    .isEqualTo(!beside.get("description").isNull());
            assertThat(step.getDescription())
                    .isEqualTo(beside.get("description").asString(""));
            assertThat(step.getRetryable())
                    .isEqualTo(beside.get("retry").get("retryable").asBoolean());
            assertThat(step.getMaxAttempts())
                    .isEqualTo(beside.get("retry").get("max_attempts").asInt());
        }
        WorkerHandlerMetadata metadata = answer.getHandlerMetadata();
        JsonNode besideMetadata = rest.get("handler_metadata");
        assertThat(metadata.getNamespace())
                .isEqualTo(besideMetadata.get("namespace").asString());
        assertThat(metadata.getVersion())
                .isEqualTo(besideMetadata.get("version").asString());
        assertThat(metadata.getHandlerName())
                .isEqualTo(besideMetadata.get("handler_class").asString());
        assertThat(metadata.getStepNamesList()).containsExactly("look", "part", "choose", "left", "join");
        assertThat(answer.getCached()).isEqualTo(rest.get("cached").asBoolean());
        assertThat(answer.hasCacheAgeSeconds()).isTrue();
        assertThat(answer.getAccessCount() + 1)
                .isEqualTo(rest.get("access_count").asLong());
    }

    @Test
    void configurationIsTheSame() throws Exception {
        new Sameness(Set.of("timestamp"), Set.of())
                .check(
                        grpc.config().getConfig(WorkerGetConfigRequest.getDefaultInstance()),
                        stage.json(worker, "/config"));
    }
}
