package dev.tasker.client;

import com.tasker.v1.DlqResolutionStatus;
import com.tasker.v1.DlqServiceGrpc;
import com.tasker.v1.GetDlqEntryByTaskRequest;
import com.tasker.v1.GetDlqInvestigationQueueRequest;
import com.tasker.v1.GetDlqStatsRequest;
import com.tasker.v1.GetStalenessMonitoringRequest;
import com.tasker.v1.ListDlqEntriesRequest;
import com.tasker.v1.UpdateDlqInvestigationRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Over gRPC. */
final class GrpcDeadLetters implements DeadLetters {
    private final GrpcCalls calls;

    GrpcDeadLetters(GrpcCalls calls) {
        this.calls = calls;
    }

    @Override
    public List<DeadLetter> list(DeadLetter.@Nullable Status status, int limit, int offset)
            throws InterruptedException {
        ListDlqEntriesRequest.Builder request =
                ListDlqEntriesRequest.newBuilder().setLimit(limit).setOffset(offset);
        if (status != null) {
            request.setResolutionStatus(word(status));
        }
        return GrpcJson.read(
                calls.call(DlqServiceGrpc.getListEntriesMethod(), request.build(), Manner.READ)
                        .getEntriesList(),
                Map.of(),
                DeadLetter.class);
    }

    @Override
    public DeadLetter ofTask(UUID task) throws InterruptedException {
        GetDlqEntryByTaskRequest request = GetDlqEntryByTaskRequest.newBuilder()
                .setTaskUuid(task.toString())
                .build();
        return GrpcJson.read(
                calls.call(DlqServiceGrpc.getGetEntryByTaskMethod(), request, Manner.READ)
                        .getEntry(),
                Map.of(),
                DeadLetter.class);
    }

    @Override
    public DeadLetter enter(UUID task, @Nullable JsonNode metadata) {
        throw Refusal.unsupported(Transport.GRPC, "investigations are not opened");
    }

    @Override
    public void update(UUID entry, DeadLetterUpdate update) throws InterruptedException {
        UpdateDlqInvestigationRequest.Builder request =
                UpdateDlqInvestigationRequest.newBuilder().setDlqEntryUuid(entry.toString());
        if (update.status() != null) {
            request.setResolutionStatus(word(update.status()));
        }
        if (update.notes() != null) {
            request.setResolutionNotes(update.notes());
        }
        if (update.resolvedBy() != null) {
            request.setResolvedBy(update.resolvedBy());
        }
        if (update.metadata() != null) {
            request.setMetadata(GrpcStructs.struct("metadata", update.metadata()));
        }
        calls.call(DlqServiceGrpc.getUpdateInvestigationMethod(), request.build(), Manner.READ);
    }

    @Override
    public List<DeadLetterStats> stats() throws InterruptedException {
        return GrpcJson.read(
                calls.call(DlqServiceGrpc.getGetStatsMethod(), GetDlqStatsRequest.getDefaultInstance(), Manner.READ)
                        .getStatsList(),
                Map.of(),
                DeadLetterStats.class);
    }

    @Override
    public List<QueuedDeadLetter> queue(int limit) throws InterruptedException {
        GetDlqInvestigationQueueRequest request =
                GetDlqInvestigationQueueRequest.newBuilder().setLimit(limit).build();
        return GrpcJson.read(
                calls.call(DlqServiceGrpc.getGetInvestigationQueueMethod(), request, Manner.READ)
                        .getEntriesList(),
                Map.of(),
                QueuedDeadLetter.class);
    }

    @Override
    public List<StaleTask> staleness(int limit) throws InterruptedException {
        GetStalenessMonitoringRequest request =
                GetStalenessMonitoringRequest.newBuilder().setLimit(limit).build();
        return GrpcJson.read(
                calls.call(DlqServiceGrpc.getGetStalenessMonitoringMethod(), request, Manner.READ)
                        .getEntriesList(),
                Map.of(),
                StaleTask.class);
    }

    private static DlqResolutionStatus word(DeadLetter.Status status) {
        return switch (status) {
            case PENDING -> DlqResolutionStatus.DLQ_RESOLUTION_STATUS_PENDING;
            case MANUALLY_RESOLVED -> DlqResolutionStatus.DLQ_RESOLUTION_STATUS_MANUALLY_RESOLVED;
            case PERMANENTLY_FAILED -> DlqResolutionStatus.DLQ_RESOLUTION_STATUS_PERMANENTLY_FAILED;
            case CANCELLED -> DlqResolutionStatus.DLQ_RESOLUTION_STATUS_CANCELLED;
            case UNKNOWN -> throw new IllegalArgumentException("status: UNKNOWN (expected: one that is known)");
        };
    }
}
