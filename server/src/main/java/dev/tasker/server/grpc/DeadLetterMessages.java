package dev.tasker.server.grpc;

import com.tasker.v1.DlqEntry;
import com.tasker.v1.DlqInvestigationQueueEntry;
import com.tasker.v1.DlqReason;
import com.tasker.v1.DlqResolutionStatus;
import com.tasker.v1.DlqStats;
import com.tasker.v1.StalenessHealthStatus;
import com.tasker.v1.StalenessMonitoringEntry;
import dev.tasker.engine.DeadLetter;
import dev.tasker.engine.DeadLetterReason;
import dev.tasker.engine.DeadLetterStatistics;
import dev.tasker.engine.Investigation;
import dev.tasker.engine.TaskStaleness;

/** The dead-letter queue as messages (03 §2.3). */
final class DeadLetterMessages {
    private DeadLetterMessages() {}

    static DlqEntry entry(DeadLetter letter) {
        DlqEntry.Builder message = DlqEntry.newBuilder()
                .setDlqEntryUuid(letter.uuid().toString())
                .setTaskUuid(letter.taskUuid().toString())
                .setOriginalState(letter.originalState().text())
                .setDlqReason(reason(letter.reason()))
                .setDlqTimestamp(Fields.time(letter.enteredAt()))
                .setResolutionStatus(DlqResolutionStatus.valueOf(
                        "DLQ_RESOLUTION_STATUS_" + letter.status().name()))
                .setTaskSnapshot(Structs.struct(letter.taskSnapshot()))
                .setCreatedAt(Fields.time(letter.createdAt()))
                .setUpdatedAt(Fields.time(letter.updatedAt()));
        if (letter.resolvedAt() != null) {
            message.setResolutionTimestamp(Fields.time(letter.resolvedAt()));
        }
        if (letter.notes() != null) {
            message.setResolutionNotes(letter.notes());
        }
        if (letter.resolvedBy() != null) {
            message.setResolvedBy(letter.resolvedBy());
        }
        if (letter.metadata() != null) {
            message.setMetadata(Structs.struct(letter.metadata()));
        }
        return message.build();
    }

    static DlqStats statistics(DeadLetterStatistics reason) {
        DlqStats.Builder message = DlqStats.newBuilder()
                .setDlqReason(reason(reason.reason()))
                .setTotalEntries(reason.total())
                .setPending(reason.pending())
                .setManuallyResolved(reason.manuallyResolved())
                .setPermanentFailures(reason.permanentlyFailed())
                .setCancelled(reason.cancelled())
                .setOldestEntry(Fields.time(reason.oldest()))
                .setNewestEntry(Fields.time(reason.newest()));
        if (reason.resolutionMinutesAverage() != null) {
            message.setAvgResolutionTimeMinutes(reason.resolutionMinutesAverage());
        }
        return message.build();
    }

    static DlqInvestigationQueueEntry investigation(Investigation entry) {
        return DlqInvestigationQueueEntry.newBuilder()
                .setDlqEntryUuid(entry.entryUuid().toString())
                .setTaskUuid(entry.taskUuid().toString())
                .setOriginalState(entry.originalState().text())
                .setDlqReason(reason(entry.reason()))
                .setDlqTimestamp(Fields.time(entry.enteredAt()))
                .setMinutesInDlq(entry.minutesInQueue())
                .setNamespaceName(entry.namespace())
                .setTaskName(entry.taskName())
                .setCurrentState(entry.currentState().text())
                .setTimeInStateMinutes(entry.minutesInState())
                .setPriorityScore(entry.score())
                .build();
    }

    static StalenessMonitoringEntry staleness(TaskStaleness task) {
        return StalenessMonitoringEntry.newBuilder()
                .setTaskUuid(task.taskUuid().toString())
                .setNamespaceName(task.namespace())
                .setTaskName(task.taskName())
                .setCurrentState(task.state().text())
                .setTimeInStateMinutes(task.minutesInState())
                .setTaskAgeMinutes(task.ageMinutes())
                .setStalenessThresholdMinutes(task.thresholdMinutes())
                .setHealthStatus(StalenessHealthStatus.valueOf(
                        "STALENESS_HEALTH_STATUS_" + task.health().name()))
                .setPriority(task.priority())
                .build();
    }

    private static DlqReason reason(DeadLetterReason reason) {
        return DlqReason.valueOf("DLQ_REASON_" + reason.name());
    }
}
