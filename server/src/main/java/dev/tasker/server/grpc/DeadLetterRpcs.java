package dev.tasker.server.grpc;

import com.tasker.v1.DlqResolutionStatus;
import com.tasker.v1.DlqServiceGrpc;
import com.tasker.v1.GetDlqEntryByTaskRequest;
import com.tasker.v1.GetDlqEntryByTaskResponse;
import com.tasker.v1.GetDlqInvestigationQueueRequest;
import com.tasker.v1.GetDlqInvestigationQueueResponse;
import com.tasker.v1.GetDlqStatsRequest;
import com.tasker.v1.GetDlqStatsResponse;
import com.tasker.v1.GetStalenessMonitoringRequest;
import com.tasker.v1.GetStalenessMonitoringResponse;
import com.tasker.v1.ListDlqEntriesRequest;
import com.tasker.v1.ListDlqEntriesResponse;
import com.tasker.v1.UpdateDlqInvestigationRequest;
import com.tasker.v1.UpdateDlqInvestigationResponse;
import dev.tasker.engine.DeadLetterUpdate;
import dev.tasker.engine.ResolutionStatus;
import dev.tasker.server.api.DeadLetterOperations;
import dev.tasker.server.security.Access;
import dev.tasker.server.security.Permission;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code DlqService} (03 §2.4). */
final class DeadLetterRpcs extends DlqServiceGrpc.DlqServiceImplBase {
    private final DeadLetterOperations letters;
    private final Calls calls;

    DeadLetterRpcs(DeadLetterOperations letters, Calls calls) {
        this.letters = letters;
        this.calls = calls;
    }

    static Map<String, Access> access() {
        return Map.of(
                "ListEntries", Access.needs(Permission.DLQ_READ),
                "GetEntryByTask", Access.needs(Permission.DLQ_READ),
                "GetInvestigationQueue", Access.needs(Permission.DLQ_READ),
                "GetStalenessMonitoring", Access.needs(Permission.DLQ_READ),
                "UpdateInvestigation", Access.needs(Permission.DLQ_UPDATE),
                "GetStats", Access.needs(Permission.DLQ_STATS));
    }

    @Override
    public void listEntries(ListDlqEntriesRequest request, StreamObserver<ListDlqEntriesResponse> observer) {
        calls.answer(observer, Refusals.failing("Failed to list DLQ entries"), () -> {
            ListDlqEntriesResponse.Builder answer = ListDlqEntriesResponse.newBuilder();
            letters.list(
                            status(request.getResolutionStatus()),
                            request.hasLimit() ? request.getLimit() : DeadLetterOperations.LIST_LIMIT,
                            request.getOffset())
                    .forEach(letter -> answer.addEntries(DeadLetterMessages.entry(letter)));
            return answer.build();
        });
    }

    @Override
    public void getEntryByTask(GetDlqEntryByTaskRequest request, StreamObserver<GetDlqEntryByTaskResponse> observer) {
        calls.answer(
                observer,
                Refusals.failing("Failed to get DLQ entry"),
                () -> GetDlqEntryByTaskResponse.newBuilder()
                        .setEntry(DeadLetterMessages.entry(letters.newest(Fields.uuid(request.getTaskUuid()))))
                        .build());
    }

    @Override
    public void updateInvestigation(
            UpdateDlqInvestigationRequest request, StreamObserver<UpdateDlqInvestigationResponse> observer) {
        calls.answer(observer, Refusals.failing("Failed to update DLQ investigation"), () -> {
            UUID entry = Fields.uuid(request.getDlqEntryUuid());
            letters.update(
                    entry,
                    new DeadLetterUpdate(
                            status(request.getResolutionStatus()),
                            request.hasResolutionNotes() ? request.getResolutionNotes() : null,
                            request.hasResolvedBy() ? request.getResolvedBy() : null,
                            request.hasMetadata() ? Structs.json("metadata", request.getMetadata()) : null));
            return UpdateDlqInvestigationResponse.newBuilder()
                    .setSuccess(true)
                    .setMessage("Investigation status updated successfully")
                    .setDlqEntryUuid(entry.toString())
                    .build();
        });
    }

    @Override
    public void getStats(GetDlqStatsRequest request, StreamObserver<GetDlqStatsResponse> observer) {
        calls.answer(observer, Refusals.failing("Failed to get DLQ stats"), () -> {
            GetDlqStatsResponse.Builder answer = GetDlqStatsResponse.newBuilder();
            letters.statistics().forEach(reason -> answer.addStats(DeadLetterMessages.statistics(reason)));
            return answer.build();
        });
    }

    @Override
    public void getInvestigationQueue(
            GetDlqInvestigationQueueRequest request, StreamObserver<GetDlqInvestigationQueueResponse> observer) {
        calls.answer(observer, Refusals.failing("Failed to get investigation queue"), () -> {
            GetDlqInvestigationQueueResponse.Builder answer = GetDlqInvestigationQueueResponse.newBuilder();
            letters.queue(request.hasLimit() ? request.getLimit() : DeadLetterOperations.QUEUE_LIMIT)
                    .forEach(entry -> answer.addEntries(DeadLetterMessages.investigation(entry)));
            return answer.build();
        });
    }

    @Override
    public void getStalenessMonitoring(
            GetStalenessMonitoringRequest request, StreamObserver<GetStalenessMonitoringResponse> observer) {
        calls.answer(observer, Refusals.failing("Failed to get staleness monitoring"), () -> {
            GetStalenessMonitoringResponse.Builder answer = GetStalenessMonitoringResponse.newBuilder();
            letters.staleness(request.hasLimit() ? request.getLimit() : DeadLetterOperations.QUEUE_LIMIT)
                    .forEach(task -> answer.addEntries(DeadLetterMessages.staleness(task)));
            return answer.build();
        });
    }

    /** Null for the one that says nothing: no filter, no change. */
    private static @Nullable ResolutionStatus status(DlqResolutionStatus status) {
        return switch (status) {
            case DLQ_RESOLUTION_STATUS_UNSPECIFIED -> null;
            case DLQ_RESOLUTION_STATUS_PENDING -> ResolutionStatus.PENDING;
            case DLQ_RESOLUTION_STATUS_MANUALLY_RESOLVED -> ResolutionStatus.MANUALLY_RESOLVED;
            case DLQ_RESOLUTION_STATUS_PERMANENTLY_FAILED -> ResolutionStatus.PERMANENTLY_FAILED;
            case DLQ_RESOLUTION_STATUS_CANCELLED -> ResolutionStatus.CANCELLED;
            case UNRECOGNIZED -> throw Fields.invalid("resolution_status: unknown (expected: 1 to 4)");
        };
    }
}
