package dev.tasker.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.tasker.v1.DetailedHealthRequest;
import com.tasker.v1.DlqResolutionStatus;
import com.tasker.v1.GetBottleneckAnalysisRequest;
import com.tasker.v1.GetConfigRequest;
import com.tasker.v1.GetConfigResponse;
import com.tasker.v1.GetDlqEntryByTaskRequest;
import com.tasker.v1.GetDlqInvestigationQueueRequest;
import com.tasker.v1.GetDlqStatsRequest;
import com.tasker.v1.GetPerformanceMetricsRequest;
import com.tasker.v1.GetStalenessMonitoringRequest;
import com.tasker.v1.GetStepAuditRequest;
import com.tasker.v1.GetStepRequest;
import com.tasker.v1.GetTaskRequest;
import com.tasker.v1.GetTaskSummaryRequest;
import com.tasker.v1.GetTemplateRequest;
import com.tasker.v1.HealthRequest;
import com.tasker.v1.ListDlqEntriesRequest;
import com.tasker.v1.ListStepsRequest;
import com.tasker.v1.ListStepsResponse;
import com.tasker.v1.ListTasksRequest;
import com.tasker.v1.ListTasksResponse;
import com.tasker.v1.ListTemplatesRequest;
import com.tasker.v1.LivenessRequest;
import com.tasker.v1.PaginationRequest;
import com.tasker.v1.ReadinessRequest;
import com.tasker.v1.ResolveStepRequest;
import com.tasker.v1.Step;
import com.tasker.v1.StepManualActionType;
import com.tasker.v1.StepState;
import com.tasker.v1.UpdateDlqInvestigationRequest;
import com.tasker.v1.UpdateDlqInvestigationResponse;
import dev.tasker.server.rest.ApiScene;
import dev.tasker.server.rest.TestClient;
import dev.tasker.testkit.HandDrivenWorker;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The same state, read over gRPC and over REST: every field is the same (03 §2.6, §5). */
@TestInstance(Lifecycle.PER_CLASS)
class ParityTest {
    private static final Parity TASK = Parity.but("steps").renaming("state", "status");
    private static final Parity STEP = Parity.but("backoff_request_seconds").renaming("state", "current_state");

    private GrpcScene scene;
    private TestClient client;
    private String template;
    private String done;
    private String failed;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        scene = GrpcScene.start(folder);
        client = scene.rest().client();
        template = scene.rest().register();
        failed = scene.rest().create(template);
        try (HandDrivenWorker worker = scene.rest().worker(template)) {
            ApiScene.exhaust(worker);
        }
        var request = scene.rest().request(template);
        request.put("priority", 3).put("correlation_id", UUID.randomUUID().toString());
        request.put("parent_correlation_id", UUID.randomUUID().toString());
        request.putArray("tags").add("eu").add("b2b");
        request.putObject("context")
                .put("big", 1_234_567_890_123L)
                .put("half", 0.5)
                .putNull("none");
        done = scene.rest().created(request);
        try (HandDrivenWorker worker = scene.rest().worker(template)) {
            worker.succeed(worker.next("first"), "{\"rows\":[1,2.5,null],\"id\":1234567890123}");
            worker.succeed(worker.next("second"), "[\"no\",\"object\"]");
        }
        assertThat(client.send("POST", "/v1/dlq/task/" + failed, "{\"metadata\":{\"ticket\":1}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void tasksAreTheSame() throws Exception {
        for (String task : List.of(done, failed)) {
            TASK.check(
                    scene.tasks()
                            .getTask(GetTaskRequest.newBuilder()
                                    .setTaskUuid(task)
                                    .build())
                            .getTask(),
                    client.read("/v1/tasks/" + task));
        }
    }

    @Test
    void listsAreTheSame() throws Exception {
        ListTasksResponse listed = scene.tasks()
                .listTasks(ListTasksRequest.newBuilder()
                        .setName(template)
                        .setPagination(
                                PaginationRequest.newBuilder().setLimit(20).setOffset(0))
                        .build());
        JsonNode rest = client.read("/v1/tasks?page=1&per_page=20&name=" + template);

        TASK.check(listed.getTasksList(), rest.get("tasks"));
        assertThat(listed.getPagination().getTotal())
                .isEqualTo(rest.get("pagination").get("total_count").asLong());
    }

    @Test
    void stepsAreTheSameInTheSameOrder() throws Exception {
        for (String task : List.of(done, failed)) {
            ListStepsResponse listed = scene.steps()
                    .listSteps(ListStepsRequest.newBuilder().setTaskUuid(task).build());
            JsonNode rest = client.read("/v1/tasks/" + task + "/workflow_steps");
            STEP.check(listed.getStepsList(), rest);
            assertThat(listed.getPagination().getTotal()).isEqualTo(2);
            assertThat(listed.getPagination().getCount()).isEqualTo(2);
            assertThat(listed.getPagination().getHasMore()).isFalse();
            STEP.check(
                    scene.steps()
                            .getStep(GetStepRequest.newBuilder()
                                    .setTaskUuid(task)
                                    .setStepUuid(listed.getSteps(0).getStepUuid())
                                    .build())
                            .getStep(),
                    rest.get(0));
        }
        assertThat(scene.steps()
                        .listSteps(ListStepsRequest.newBuilder()
                                .setTaskUuid(UUID.randomUUID().toString())
                                .build())
                        .getStepsCount())
                .as("steps of an unknown task")
                .isZero();
    }

    @Test
    void auditsAreTheSame() throws Exception {
        for (String task : List.of(done, failed)) {
            String step = scene.rest().step(task, 0);
            Parity.exact()
                    .renaming("step_uuid", "workflow_step_uuid")
                    .check(
                            scene.steps()
                                    .getStepAudit(GetStepAuditRequest.newBuilder()
                                            .setTaskUuid(task)
                                            .setStepUuid(step)
                                            .build())
                                    .getAuditRecordsList(),
                            client.read("/v1/tasks/" + task + "/workflow_steps/" + step + "/audit"));
        }
    }

    @Test
    void summariesAreTheSame() throws Exception {
        for (String task : List.of(done, failed)) {
            Parity.exact()
                    .check(
                            scene.tasks()
                                    .getTaskSummary(GetTaskSummaryRequest.newBuilder()
                                            .setTaskUuid(task)
                                            .build()),
                            client.read("/v1/tasks/" + task + "/summary"));
        }
    }

    @Test
    void templatesAreTheSame() throws Exception {
        Parity.exact()
                .check(
                        scene.templates().listTemplates(ListTemplatesRequest.getDefaultInstance()),
                        client.read("/v1/templates"));
        Parity.exact()
                .check(
                        scene.templates()
                                .listTemplates(ListTemplatesRequest.newBuilder()
                                        .setNamespace("nowhere")
                                        .build()),
                        client.read("/v1/templates?namespace=nowhere"));
        Parity.exact()
                .check(
                        scene.templates()
                                .getTemplate(GetTemplateRequest.newBuilder()
                                        .setNamespace("api_test")
                                        .setName(template)
                                        .setVersion("1.0.0")
                                        .build())
                                .getTemplate(),
                        client.read("/v1/templates/api_test/" + template + "/1.0.0"));
        Status unknown = GrpcScene.refusal(() -> scene.templates()
                .getTemplate(GetTemplateRequest.newBuilder()
                        .setNamespace("a")
                        .setName("b")
                        .setVersion("c")
                        .build()));
        assertThat(unknown.getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(unknown.getDescription()).isEqualTo("Template not found: a/b/c");
    }

    @Test
    void reportsAreTheSame() throws Exception {
        Parity.but("calculated_at", "analysis_period_start")
                .check(
                        scene.analytics().getPerformanceMetrics(GetPerformanceMetricsRequest.getDefaultInstance()),
                        client.read("/v1/analytics/performance"));
        Parity.but("database_pool_utilization")
                .check(
                        scene.analytics()
                                .getBottleneckAnalysis(GetBottleneckAnalysisRequest.newBuilder()
                                        .setMinExecutions(1)
                                        .build()),
                        client.read("/v1/analytics/bottlenecks?min_executions=1"));
    }

    @Test
    void deadLettersAreTheSame() throws Exception {
        Parity.exact()
                .check(
                        scene.letters()
                                .listEntries(ListDlqEntriesRequest.getDefaultInstance())
                                .getEntriesList(),
                        client.read("/v1/dlq"));
        Parity.exact()
                .check(
                        scene.letters()
                                .getEntryByTask(GetDlqEntryByTaskRequest.newBuilder()
                                        .setTaskUuid(failed)
                                        .build())
                                .getEntry(),
                        client.read("/v1/dlq/task/" + failed));
        Parity.exact()
                .check(
                        scene.letters()
                                .getStats(GetDlqStatsRequest.getDefaultInstance())
                                .getStatsList(),
                        client.read("/v1/dlq/stats"));
        Parity.but("minutes_in_dlq", "priority_score", "time_in_state_minutes")
                .check(
                        scene.letters()
                                .getInvestigationQueue(GetDlqInvestigationQueueRequest.getDefaultInstance())
                                .getEntriesList(),
                        client.read("/v1/dlq/investigation-queue"));
        JsonNode staleness = client.read("/v1/dlq/staleness");
        assertThat(scene.letters()
                        .getStalenessMonitoring(GetStalenessMonitoringRequest.getDefaultInstance())
                        .getEntriesCount())
                .isEqualTo(staleness.size());
    }

    @Test
    void investigationIsUpdatedInPartsAndClosedForGood() throws Exception {
        String task = scene.rest().create(template);
        String entry = TestClient.json(client.send("POST", "/v1/dlq/task/" + task, "{}"))
                .get("dlq_entry_uuid")
                .asString();

        UpdateDlqInvestigationResponse updated = scene.letters()
                .updateInvestigation(UpdateDlqInvestigationRequest.newBuilder()
                        .setDlqEntryUuid(entry)
                        .setResolutionStatus(DlqResolutionStatus.DLQ_RESOLUTION_STATUS_CANCELLED)
                        .setMetadata(GrpcScene.struct("ticket", 7))
                        .build());
        scene.letters()
                .updateInvestigation(UpdateDlqInvestigationRequest.newBuilder()
                        .setDlqEntryUuid(entry)
                        .setResolutionNotes("false alarm")
                        .build());
        Status reopened = GrpcScene.refusal(() -> scene.letters()
                .updateInvestigation(UpdateDlqInvestigationRequest.newBuilder()
                        .setDlqEntryUuid(entry)
                        .setResolutionStatus(DlqResolutionStatus.DLQ_RESOLUTION_STATUS_PENDING)
                        .build()));

        assertThat(updated.getSuccess()).isTrue();
        assertThat(updated.getDlqEntryUuid()).isEqualTo(entry);
        assertThat(updated.getMessage()).isEqualTo("Investigation status updated successfully");
        JsonNode letter = client.read("/v1/dlq/task/" + task);
        assertThat(letter.get("resolution_status").asString()).isEqualTo("Cancelled");
        assertThat(letter.get("resolution_notes").asString()).isEqualTo("false alarm");
        assertThat(letter.get("metadata").toString()).isEqualTo("{\"ticket\":7}");
        assertThat(reopened.getCode()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(scene.letters()
                        .listEntries(ListDlqEntriesRequest.newBuilder()
                                .setResolutionStatus(DlqResolutionStatus.DLQ_RESOLUTION_STATUS_CANCELLED)
                                .setLimit(1)
                                .build())
                        .getEntries(0)
                        .getDlqEntryUuid())
                .isEqualTo(entry);
        String unknown = UUID.randomUUID().toString();
        assertThat(GrpcScene.refusal(() -> scene.letters()
                                .getEntryByTask(GetDlqEntryByTaskRequest.newBuilder()
                                        .setTaskUuid(unknown)
                                        .build()))
                        .getDescription())
                .isEqualTo("DLQ entry not found for task " + unknown);
        assertThat(GrpcScene.refusal(() -> scene.letters()
                                .updateInvestigation(UpdateDlqInvestigationRequest.newBuilder()
                                        .setDlqEntryUuid(unknown)
                                        .build()))
                        .getDescription())
                .isEqualTo("DLQ entry not found: " + unknown);
        assertThat(GrpcScene.refusal(() -> scene.letters()
                                .listEntries(ListDlqEntriesRequest.newBuilder()
                                        .setResolutionStatusValue(9)
                                        .build()))
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void healthIsTheSame() throws Exception {
        Parity.but("timestamp", "duration_ms", "message", "pool_utilization")
                .check(
                        scene.health().checkDetailedHealth(DetailedHealthRequest.getDefaultInstance()),
                        client.read("/health/detailed"));
        Parity.but("timestamp", "duration_ms", "pool_utilization")
                .check(
                        scene.health().checkReadiness(ReadinessRequest.getDefaultInstance()),
                        client.read("/health/ready"));
        assertThat(scene.health()
                        .checkHealth(HealthRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(client.read("/health").get("status").asString());
        var alive = scene.health().checkLiveness(LivenessRequest.getDefaultInstance());
        assertThat(alive.getStatus()).isEqualTo("alive");
        assertThat(OffsetDateTime.parse(alive.getTimestamp())).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tasker.v1.TaskService",
                "tasker.v1.StepService",
                "tasker.v1.TemplateService",
                "tasker.v1.AnalyticsService",
                "tasker.v1.DlqService",
                "tasker.v1.ConfigService",
                "tasker.v1.HealthService"
            })
    void everyServiceIsServing(String service) {
        assertThat(HealthGrpc.newBlockingStub(scene.channel())
                        .check(HealthCheckRequest.newBuilder()
                                .setService(service)
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void configurationHasEveryPartAndNoSecret() {
        GetConfigResponse config = scene.config().getConfig(GetConfigRequest.getDefaultInstance());

        assertThat(config.getMetadata().getTimestamp().getSeconds()).isPositive();
        assertThat(config.getMetadata().getEnvironment()).isEqualTo("test");
        assertThat(config.getMetadata().getVersion()).isNotEmpty();
        assertThat(config.hasAuth()).isTrue();
        assertThat(config.getAuth().getVerificationMethod()).isEqualTo("none");
        assertThat(config.getAuth().getApiKeyHeader()).isEqualTo("X-API-Key");
        assertThat(config.getAuth().getAllowedAlgorithmsList()).containsExactly("RS256");
        assertThat(config.getCircuitBreakers().getEnabled()).isTrue();
        assertThat(config.getCircuitBreakers().getFailureThreshold()).isEqualTo(5);
        assertThat(config.getCircuitBreakers().getTimeoutSeconds()).isEqualTo(30);
        assertThat(config.getCircuitBreakers().getSuccessThreshold()).isEqualTo(2);
        assertThat(config.getDatabasePools().getWebApiPoolSize()).isPositive();
        assertThat(config.getDeploymentMode()).isEqualTo("Hybrid");
        assertThat(config.getMessaging().getBackend()).isEqualTo("pgmq");
        assertThat(config.getMessaging().getQueuesList()).hasSize(3);
    }

    @Test
    void stepsAreRepairedByHandAsOverRest() throws Exception {
        String mine = scene.rest().register();
        String task = scene.rest().create(mine);
        String step = scene.rest().step(task, 0);
        ResolveStepRequest reset = action(task, step, StepManualActionType.STEP_MANUAL_ACTION_TYPE_RESET_FOR_RETRY);

        Status early = GrpcScene.refusal(() -> scene.steps().resolveStep(reset));
        try (HandDrivenWorker worker = scene.rest().worker(mine)) {
            ApiScene.exhaust(worker);
        }
        Step again = scene.steps().resolveStep(reset).getStep();
        Step completed = scene.steps()
                .resolveStep(
                        action(task, step, StepManualActionType.STEP_MANUAL_ACTION_TYPE_COMPLETE_MANUALLY).toBuilder()
                                .setResult(packed())
                                .build())
                .getStep();
        Step skipped = scene.steps()
                .resolveStep(action(
                        task,
                        scene.rest().step(task, 1),
                        StepManualActionType.STEP_MANUAL_ACTION_TYPE_RESOLVE_MANUALLY))
                .getStep();

        assertThat(early.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(early.getDescription()).startsWith("Invalid state transition: ");
        assertThat(again.getAttempts()).isZero();
        assertThat(completed.getState()).isEqualTo(StepState.STEP_STATE_COMPLETE);
        JsonNode results =
                client.read("/v1/tasks/" + task + "/workflow_steps/" + step).get("results");
        assertThat(results.get("result").toString()).isEqualTo("{\"count\":3}");
        assertThat(results.get("metadata").get("custom").get("completed_by").asString())
                .isEqualTo("me");
        assertThat(results.toString()).contains("\"ticket\":\"OPS-7\"");
        assertThat(skipped.getState()).isEqualTo(StepState.STEP_STATE_RESOLVED_MANUALLY);
        assertThat(client.read("/v1/tasks/" + task).get("status").asString()).isEqualTo("complete");
        assertThat(GrpcScene.refusal(() -> scene.steps()
                                .resolveStep(action(
                                        task,
                                        scene.rest().step(task, 1),
                                        StepManualActionType.STEP_MANUAL_ACTION_TYPE_RESOLVE_MANUALLY)))
                        .getCode())
                .isEqualTo(Code.FAILED_PRECONDITION);
    }

    @Test
    void actionsThatSayTooLittleAreInvalid() throws Exception {
        String step = scene.rest().step(failed, 0);

        assertThat(refusedAction(action(failed, step, StepManualActionType.STEP_MANUAL_ACTION_TYPE_UNSPECIFIED)))
                .isEqualTo("Action type must be specified");
        assertThat(refusedAction(
                        action(failed, step, StepManualActionType.STEP_MANUAL_ACTION_TYPE_UNSPECIFIED).toBuilder()
                                .setActionTypeValue(8)
                                .build()))
                .isEqualTo("Invalid action type");
        assertThat(refusedAction(action(failed, step, StepManualActionType.STEP_MANUAL_ACTION_TYPE_COMPLETE_MANUALLY)))
                .isEqualTo("result is required for CompleteManually");
        assertThat(refusedAction(action(done, step, StepManualActionType.STEP_MANUAL_ACTION_TYPE_RESOLVE_MANUALLY)))
                .isEqualTo("Step does not belong to task");
        String unknown = UUID.randomUUID().toString();
        Status status = GrpcScene.refusal(() -> scene.steps()
                .getStep(GetStepRequest.newBuilder()
                        .setTaskUuid(failed)
                        .setStepUuid(unknown)
                        .build()));
        assertThat(status.getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(status.getDescription()).isEqualTo("Step not found: " + unknown);
    }

    private String refusedAction(ResolveStepRequest request) {
        Status status = GrpcScene.refusal(() -> scene.steps().resolveStep(request));
        assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        return String.valueOf(status.getDescription());
    }

    private static ResolveStepRequest action(String task, String step, StepManualActionType type) {
        return ResolveStepRequest.newBuilder()
                .setTaskUuid(task)
                .setStepUuid(step)
                .setActionType(type)
                .setPerformedBy("me")
                .setReason("because")
                .build();
    }

    /** As the earlier system's client sends it. */
    private static Struct packed() {
        return Struct.newBuilder()
                .putFields(
                        "result",
                        com.google.protobuf.Value.newBuilder()
                                .setStructValue(GrpcScene.struct("count", 3))
                                .build())
                .putFields(
                        "metadata",
                        com.google.protobuf.Value.newBuilder()
                                .setStructValue(Struct.newBuilder().putFields("ticket", GrpcScene.text("OPS-7")))
                                .build())
                .build();
    }
}
