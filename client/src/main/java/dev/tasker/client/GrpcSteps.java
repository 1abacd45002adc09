package dev.tasker.client;

import com.google.protobuf.Struct;
import com.tasker.v1.GetStepAuditRequest;
import com.tasker.v1.GetStepRequest;
import com.tasker.v1.ListStepsRequest;
import com.tasker.v1.ResolveStepRequest;
import com.tasker.v1.StepManualActionType;
import com.tasker.v1.StepServiceGrpc;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** Over gRPC. */
final class GrpcSteps implements Steps {
    private static final Map<String, String> STEP_NAMES = Map.of("state", "current_state");
    private static final Map<String, String> AUDIT_NAMES = Map.of("step_uuid", "workflow_step_uuid");

    private final GrpcCalls calls;

    GrpcSteps(GrpcCalls calls) {
        this.calls = calls;
    }

    @Override
    public List<Step> list(UUID task) throws InterruptedException {
        ListStepsRequest request =
                ListStepsRequest.newBuilder().setTaskUuid(task.toString()).build();
        return GrpcJson.read(
                calls.call(StepServiceGrpc.getListStepsMethod(), request, Manner.READ)
                        .getStepsList(),
                STEP_NAMES,
                Step.class);
    }

    @Override
    public Step get(UUID task, UUID step) throws InterruptedException {
        GetStepRequest request = GetStepRequest.newBuilder()
                .setTaskUuid(task.toString())
                .setStepUuid(step.toString())
                .build();
        return GrpcJson.read(
                calls.call(StepServiceGrpc.getGetStepMethod(), request, Manner.READ)
                        .getStep(),
                STEP_NAMES,
                Step.class);
    }

    @Override
    public List<StepAudit> audit(UUID task, UUID step) throws InterruptedException {
        GetStepAuditRequest request = GetStepAuditRequest.newBuilder()
                .setTaskUuid(task.toString())
                .setStepUuid(step.toString())
                .build();
        return GrpcJson.read(
                calls.call(StepServiceGrpc.getGetStepAuditMethod(), request, Manner.READ)
                        .getAuditRecordsList(),
                AUDIT_NAMES,
                StepAudit.class);
    }

    @Override
    public Step act(UUID task, UUID step, StepAction action) throws InterruptedException {
        ResolveStepRequest.Builder request = ResolveStepRequest.newBuilder()
                .setTaskUuid(task.toString())
                .setStepUuid(step.toString())
                .setReason(action.reason());
        switch (action) {
            case StepAction.ResetForRetry reset ->
                request.setActionType(StepManualActionType.STEP_MANUAL_ACTION_TYPE_RESET_FOR_RETRY)
                        .setPerformedBy(reset.resetBy());
            case StepAction.ResolveManually resolved ->
                request.setActionType(StepManualActionType.STEP_MANUAL_ACTION_TYPE_RESOLVE_MANUALLY)
                        .setPerformedBy(resolved.resolvedBy());
            case StepAction.CompleteManually completed ->
                request.setActionType(StepManualActionType.STEP_MANUAL_ACTION_TYPE_COMPLETE_MANUALLY)
                        .setPerformedBy(completed.completedBy())
                        .setResult(packed(completed));
        }
        return GrpcJson.read(
                calls.call(StepServiceGrpc.getResolveStepMethod(), request.build(), Manner.CHANGE)
                        .getStep(),
                STEP_NAMES,
                Step.class);
    }

    /** Both in the field {@code result}, which servers take apart (03 §2.4): so the result may be any JSON, not only an object. */
    private static Struct packed(StepAction.CompleteManually completed) {
        ObjectNode packed = Json.MAPPER.createObjectNode();
        packed.set("result", completed.result());
        if (completed.metadata() != null) {
            packed.set("metadata", completed.metadata());
        }
        return GrpcStructs.struct("completion_data", packed);
    }
}
