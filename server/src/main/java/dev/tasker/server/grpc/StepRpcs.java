package dev.tasker.server.grpc;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.tasker.v1.GetStepAuditRequest;
import com.tasker.v1.GetStepAuditResponse;
import com.tasker.v1.GetStepRequest;
import com.tasker.v1.GetStepResponse;
import com.tasker.v1.ListStepsRequest;
import com.tasker.v1.ListStepsResponse;
import com.tasker.v1.PaginationResponse;
import com.tasker.v1.ResolveStepRequest;
import com.tasker.v1.ResolveStepResponse;
import com.tasker.v1.StepServiceGrpc;
import dev.tasker.engine.StepView;
import dev.tasker.server.api.StepOperations;
import dev.tasker.server.api.StepOperations.ManualAction;
import dev.tasker.server.gateway.CallGuard;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import dev.tasker.server.security.Principal;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** {@code StepService} (03 §2.4). */
final class StepRpcs extends StepServiceGrpc.StepServiceImplBase {
    private final StepOperations steps;
    private final Calls calls;

    StepRpcs(StepOperations steps, Calls calls) {
        this.steps = steps;
        this.calls = calls;
    }

    static Map<String, Access> access() {
        return Map.of(
                "GetStep", Access.needs(Permission.STEPS_READ),
                "ListSteps", Access.needs(Permission.STEPS_READ),
                "GetStepAudit", Access.needs(Permission.STEPS_READ),
                "ResolveStep", Access.needs(Permission.STEPS_RESOLVE));
    }

    @Override
    public void getStep(GetStepRequest request, StreamObserver<GetStepResponse> observer) {
        calls.answer(observer, Refusals.of(request.getTaskUuid(), request.getStepUuid()), () -> {
            UUID task = Fields.uuid(request.getTaskUuid());
            StepView step = steps.step(task, Fields.uuid(request.getStepUuid()));
            return GetStepResponse.newBuilder().setStep(TaskMessages.step(step)).build();
        });
    }

    @Override
    public void listSteps(ListStepsRequest request, StreamObserver<ListStepsResponse> observer) {
        calls.answer(observer, Refusals.of(request.getTaskUuid()), () -> {
            List<StepView> found = steps.list(Fields.uuid(request.getTaskUuid()));
            ListStepsResponse.Builder answer = ListStepsResponse.newBuilder()
                    .setPagination(PaginationResponse.newBuilder()
                            .setTotal(found.size())
                            .setCount(found.size()));
            found.forEach(step -> answer.addSteps(TaskMessages.step(step)));
            return answer.build();
        });
    }

    @Override
    public void getStepAudit(GetStepAuditRequest request, StreamObserver<GetStepAuditResponse> observer) {
        calls.answer(observer, Refusals.of(request.getTaskUuid(), request.getStepUuid()), () -> {
            UUID task = Fields.uuid(request.getTaskUuid());
            GetStepAuditResponse.Builder answer = GetStepAuditResponse.newBuilder();
            steps.audit(task, Fields.uuid(request.getStepUuid()))
                    .forEach(row -> answer.addAuditRecords(TaskMessages.audit(row)));
            return answer.build();
        });
    }

    @Override
    public void resolveStep(ResolveStepRequest request, StreamObserver<ResolveStepResponse> observer) {
        Principal caller = CallGuard.principal();
        calls.answer(observer, Refusals.of(request.getTaskUuid(), request.getStepUuid()), () -> {
            UUID task = Fields.uuid(request.getTaskUuid());
            UUID step = Fields.uuid(request.getStepUuid());
            StepView after = steps.act(task, step, action(request), caller);
            return ResolveStepResponse.newBuilder()
                    .setStep(TaskMessages.step(after))
                    .build();
        });
    }

    private static ManualAction action(ResolveStepRequest request) {
        String reason = request.getReason();
        String operator = request.getPerformedBy();
        return switch (request.getActionType()) {
            case STEP_MANUAL_ACTION_TYPE_RESET_FOR_RETRY -> new ManualAction.ResetForRetry(reason, operator);
            case STEP_MANUAL_ACTION_TYPE_RESOLVE_MANUALLY -> new ManualAction.ResolveManually(reason, operator);
            case STEP_MANUAL_ACTION_TYPE_COMPLETE_MANUALLY -> completion(request, reason, operator);
            case STEP_MANUAL_ACTION_TYPE_UNSPECIFIED -> throw invalid("Action type must be specified");
            case UNRECOGNIZED -> throw invalid("Invalid action type");
        };
    }

    /** The earlier system's client packs result and metadata into {@code result} and leaves {@code metadata} unset. */
    private static ManualAction completion(ResolveStepRequest request, String reason, String operator) {
        if (!request.hasResult()) {
            throw invalid("result is required for CompleteManually");
        }
        Struct result = request.getResult();
        Set<String> names = result.getFieldsMap().keySet();
        if (!request.hasMetadata() && (names.equals(Set.of("result")) || names.equals(Set.of("result", "metadata")))) {
            Value packed = result.getFieldsMap().get("metadata");
            return new ManualAction.CompleteManually(
                    Structs.json("result", result.getFieldsOrThrow("result")),
                    packed == null || packed.hasNullValue() ? null : Structs.json("metadata", packed),
                    reason,
                    operator);
        }
        return new ManualAction.CompleteManually(
                Structs.json("result", result),
                request.hasMetadata() ? Structs.json("metadata", request.getMetadata()) : null,
                reason,
                operator);
    }

    private static StatusRuntimeException invalid(String description) {
        return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
    }
}
