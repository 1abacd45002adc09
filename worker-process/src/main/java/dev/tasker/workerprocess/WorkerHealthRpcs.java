package dev.tasker.workerprocess;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.tasker.v1.DistributedCacheInfo;
import com.tasker.v1.WorkerBasicHealthResponse;
import com.tasker.v1.WorkerDetailedChecks;
import com.tasker.v1.WorkerDetailedHealthRequest;
import com.tasker.v1.WorkerDetailedHealthResponse;
import com.tasker.v1.WorkerHealthCheck;
import com.tasker.v1.WorkerHealthRequest;
import com.tasker.v1.WorkerHealthServiceGrpc;
import com.tasker.v1.WorkerLivenessRequest;
import com.tasker.v1.WorkerPoolDetail;
import com.tasker.v1.WorkerPoolUtilizationInfo;
import com.tasker.v1.WorkerReadinessChecks;
import com.tasker.v1.WorkerReadinessRequest;
import com.tasker.v1.WorkerReadinessResponse;
import com.tasker.v1.WorkerSystemInfo;
import dev.tasker.server.grpc.Fields;
import dev.tasker.server.grpc.PromptCalls;
import dev.tasker.workerprocess.WorkerProbes.Facts;
import dev.tasker.workerprocess.WorkerProbes.Report;
import dev.tasker.workerprocess.WorkerProbes.Word;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** {@code WorkerHealthService} (03 §2.3, §2.4). Open to all, served in every state of the worker. */
final class WorkerHealthRpcs extends WorkerHealthServiceGrpc.WorkerHealthServiceImplBase {
    /** A worker has no connections to a database; clients expect both pools. */
    private static final WorkerPoolUtilizationInfo NO_POOLS = WorkerPoolUtilizationInfo.newBuilder()
            .setTaskerPool(WorkerPoolDetail.getDefaultInstance())
            .setPgmqPool(WorkerPoolDetail.getDefaultInstance())
            .build();

    private final WorkerProbes probes;

    WorkerHealthRpcs(WorkerProbes probes) {
        this.probes = probes;
    }

    @Override
    public void checkHealth(WorkerHealthRequest request, StreamObserver<WorkerBasicHealthResponse> observer) {
        PromptCalls.answer(observer, () -> message(probes.basic()));
    }

    @Override
    public void checkLiveness(WorkerLivenessRequest request, StreamObserver<WorkerBasicHealthResponse> observer) {
        PromptCalls.answer(observer, () -> message(probes.live()));
    }

    @Override
    public void checkReadiness(WorkerReadinessRequest request, StreamObserver<WorkerReadinessResponse> observer) {
        PromptCalls.answer(observer, () -> {
            Report report = probes.readiness();
            if (!report.isHealthy()) {
                throw Status.UNAVAILABLE.withDescription("Worker is not ready").asRuntimeException();
            }
            Word word = report.word();
            WorkerReadinessChecks.Builder checks = WorkerReadinessChecks.newBuilder();
            fill(checks, report);
            return WorkerReadinessResponse.newBuilder()
                    .setStatus(word.status())
                    .setTimestamp(Fields.time(word.time()))
                    .setWorkerId(word.workerId())
                    .setChecks(checks)
                    .setSystemInfo(message(report.facts()))
                    .build();
        });
    }

    @Override
    public void checkDetailedHealth(
            WorkerDetailedHealthRequest request, StreamObserver<WorkerDetailedHealthResponse> observer) {
        PromptCalls.answer(observer, () -> {
            Report report = probes.details();
            Word word = report.word();
            WorkerDetailedChecks.Builder checks = WorkerDetailedChecks.newBuilder();
            fill(checks, report);
            return WorkerDetailedHealthResponse.newBuilder()
                    .setStatus(word.status())
                    .setTimestamp(Fields.time(word.time()))
                    .setWorkerId(word.workerId())
                    .setChecks(checks)
                    .setSystemInfo(message(report.facts()).setPoolUtilization(NO_POOLS))
                    .setDistributedCache(DistributedCacheInfo.newBuilder()
                            .setEnabled(false)
                            .setProvider("none")
                            .setHealthy(true))
                    .build();
        });
    }

    private static WorkerBasicHealthResponse message(Word word) {
        return WorkerBasicHealthResponse.newBuilder()
                .setStatus(word.status())
                .setTimestamp(Fields.time(word.time()))
                .setWorkerId(word.workerId())
                .build();
    }

    /** The fields are named as the checks are. */
    private static void fill(Message.Builder message, Report report) {
        Timestamp now = Fields.time(report.word().time());
        for (Check check : report.checks()) {
            WorkerHealthCheck.Builder found = WorkerHealthCheck.newBuilder()
                    .setStatus(check.verdict().text())
                    .setLastChecked(now);
            if (check.message() != null) {
                found.setMessage(check.message());
            }
            message.setField(message.getDescriptorForType().findFieldByName(check.name()), found.build());
        }
    }

    private static WorkerSystemInfo.Builder message(Facts facts) {
        return WorkerSystemInfo.newBuilder()
                .setVersion(facts.version())
                .setEnvironment(facts.environment())
                .setUptimeSeconds(facts.uptimeSeconds())
                .setWorkerType(facts.type())
                .setDatabasePoolSize(0)
                .setCommandProcessorActive(facts.active())
                .addAllSupportedNamespaces(facts.namespaces());
    }
}
