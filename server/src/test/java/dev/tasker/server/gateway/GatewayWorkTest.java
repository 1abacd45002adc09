package dev.tasker.server.gateway;

import static dev.tasker.server.gateway.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.DeclaredEvent;
import dev.tasker.protocol.worker.v1.Ping;
import dev.tasker.protocol.worker.v1.Results;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.protocol.worker.v1.WorkerMessage;
import dev.tasker.server.gateway.FakeEngine.FakeSession;
import dev.tasker.server.gateway.FakeEngine.Report;
import dev.tasker.template.DeliveryMode;
import dev.tasker.template.EventCondition;
import dev.tasker.template.PublishedEvent;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.BooleanNode;

/** Credit, assignments and results on one stream. */
class GatewayWorkTest extends GatewayScene {
    @Test
    void creditBecomesSlots() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        worker.grant(3);
        worker.grant(7);
        assertThat(FakeEngine.take(session.grants)).isEqualTo(3);
        assertThat(FakeEngine.take(session.grants)).isEqualTo(7);
    }

    @Test
    void creditBeyondWhatWasRegisteredEndsTheStream() throws Exception {
        var worker = worker(port());
        worker.grant(10);
        worker.grant(1);
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void completedStepReturnsItsSlotAndNothingElseDoes() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        worker.grant(10);
        FakeEngine.take(session.grants);
        for (int i = 0; i < 100; i++) {
            Assignment step = step();
            session.assign(step);
            worker.next();
            worker.complete(step, SUCCESS);
            session.report().answer().complete(Completion.ACCEPTED);
            worker.outcome();
        }
        worker.grant(1);
        assertThat(worker.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void assignmentCarriesAllTheEngineGives() throws Exception {
        var worker = worker(port());
        var full = new Assignment(
                UUID.randomUUID(),
                UUID.randomUUID(),
                5,
                2,
                4,
                Duration.ofMillis(1500),
                new Assignment.TaskPart(
                        "shop",
                        "order",
                        "1.2.3",
                        "{\"c\":\"ü\\u0000\"}",
                        -7,
                        UUID.randomUUID(),
                        UUID.randomUUID(),
                        "me",
                        "web",
                        "why",
                        "[\"t\"]",
                        null),
                new Assignment.StepPart(
                        "pay_1",
                        "pay",
                        "pay.handler",
                        "refund",
                        "ruby",
                        "{\"i\":1}",
                        "{\"n\":1}",
                        "{\"p\":1}",
                        "{\"k\":1}",
                        List.of(new PublishedEvent(
                                "order.paid",
                                "d",
                                EventCondition.ALWAYS,
                                BooleanNode.TRUE,
                                DeliveryMode.FAST,
                                "Mine",
                                Map.of()))),
                Map.of("first", "{\"success\":true}", "second", "{}"));
        engine.session().assign(full, step());
        ServerMessage message = worker.next();
        assertThat(message.getAssignments().getAssignmentsCount()).isEqualTo(2);
        Assign assign = message.getAssignments().getAssignments(0);
        assertThat(LeaseKey.uuid(assign.getTaskUuid())).isEqualTo(full.taskUuid());
        assertThat(LeaseKey.uuid(assign.getStepUuid())).isEqualTo(full.stepUuid());
        assertThat(assign.getLeaseToken()).isEqualTo(5);
        assertThat(assign.getAttempt()).isEqualTo(2);
        assertThat(assign.getMaxAttempts()).isEqualTo(4);
        assertThat(assign.getTimeoutMs()).isEqualTo(1500);
        assertThat(assign.getLeaseExpiresInMs()).isEqualTo(30_000);
        assertThat(assign.getTask().getContextJson()).isEqualTo(full.task().context());
        assertThat(assign.getTask().getPriority()).isEqualTo(-7);
        assertThat(LeaseKey.uuid(assign.getTask().getParentCorrelationId()))
                .isEqualTo(full.task().parentCorrelationId());
        assertThat(assign.getTask().getTagsJson()).isEqualTo("[\"t\"]");
        assertThat(assign.getStep().getName()).isEqualTo("pay_1");
        assertThat(assign.getStep().getTemplateStepName()).isEqualTo("pay");
        assertThat(assign.getStep().getMethod()).isEqualTo("refund");
        assertThat(assign.getStep().getResolver()).isEqualTo("ruby");
        assertThat(assign.getStep().getInitializationJson()).isEqualTo("{\"i\":1}");
        assertThat(assign.getStep().getInputsJson()).isEqualTo("{\"n\":1}");
        assertThat(assign.getStep().getPreviousResultJson()).isEqualTo("{\"p\":1}");
        assertThat(assign.getStep().getCheckpointJson()).isEqualTo("{\"k\":1}");
        assertThat(assign.getStep().getPublishedEventsList())
                .containsExactly(DeclaredEvent.newBuilder()
                        .setName("order.paid")
                        .setCondition("always")
                        .setDeliveryMode("fast")
                        .setPublisher("Mine")
                        .build());
        assertThat(assign.getDependencyResultsMap()).isEqualTo(full.dependencyResults());
        Assign bare = message.getAssignments().getAssignments(1);
        assertThat(bare.getTimeoutMs()).isEqualTo(-1);
        assertThat(bare.getStep().hasMethod()).isFalse();
        assertThat(bare.getStep().hasInputsJson()).isFalse();
        assertThat(bare.getTask().hasTagsJson()).isFalse();
        assertThat(bare.getTask().getParentCorrelationId().isEmpty()).isTrue();
    }

    @Test
    void resultsOfOneMessageAreHandedOnInOrderAndAllAnswered() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        List<Assignment> steps = Stream.generate(Steps::step).limit(100).toList();
        session.listener.assigned(steps);
        worker.next();
        Results.Builder results = Results.newBuilder();
        steps.forEach(step -> results.addResults(WireWorker.result(step, SUCCESS)));
        worker.send(WorkerMessage.newBuilder().setResults(results));
        for (Assignment step : steps) {
            Report report = session.report();
            assertThat(report.assignment()).isSameAs(step);
            assertThat(report.result().document()).isEqualTo(SUCCESS);
            report.answer().complete(Completion.ACCEPTED);
        }
        List<UUID> answered = new ArrayList<>();
        while (answered.size() < steps.size()) {
            for (Completed.Outcome outcome : worker.next().getCompleted().getOutcomesList()) {
                assertThat(outcome.getStatus()).isEqualTo(Completed.Status.ACCEPTED);
                answered.add(LeaseKey.uuid(outcome.getStepUuid()));
            }
        }
        assertThat(answered)
                .containsExactlyElementsOf(
                        steps.stream().map(Assignment::stepUuid).toList());
    }

    @Test
    void everyCompletionHasItsStatus() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        for (Completion completion : Completion.values()) {
            Assignment step = step();
            session.assign(step);
            worker.next();
            worker.complete(step, SUCCESS);
            session.report().answer().complete(completion);
            assertThat(worker.outcome().getStatus().name()).isEqualTo(completion.name());
        }
    }

    @Test
    void malformedResultIsInvalidAndTheSessionStaysHealthy() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.complete(step, "{\"success\":tru");
        Completed.Outcome refused = worker.outcome();
        assertThat(refused.getStatus()).isEqualTo(Completed.Status.INVALID);
        assertThat(refused.getReason()).startsWith("document: not JSON");
        worker.complete(step, SUCCESS);
        Report report = session.report();
        assertThat(report.assignment()).isSameAs(step);
        report.answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
    }

    @Test
    void oversizedResultIsInvalid() throws Exception {
        var worker = worker(port());
        worker.complete(step(), "\"" + "x".repeat(4 << 20) + "\"");
        assertThat(worker.outcome().getReason()).isEqualTo("document: 4194306 bytes (expected: <= 4194304)");
    }

    @Test
    void malformedLeaseIsInvalid() throws Exception {
        var worker = worker(port());
        Complete good = WireWorker.result(step(), SUCCESS);
        worker.send(WorkerMessage.newBuilder()
                .setResults(Results.newBuilder()
                        .addResults(good.toBuilder().setStepUuid(ByteString.copyFromUtf8("short")))
                        .addResults(good.toBuilder().setLeaseToken(1L << 40))));
        List<String> reasons = new ArrayList<>();
        while (reasons.size() < 2) {
            worker.next().getCompleted().getOutcomesList().forEach(outcome -> reasons.add(outcome.getReason()));
        }
        assertThat(reasons)
                .containsExactly(
                        "step_uuid: 5 bytes (expected: 16)", "lease_token: 1099511627776 (expected: 0 to 2147483647)");
    }

    @Test
    void resultTheEngineCannotTakeNowIsHandedOnAgain() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment step = step();
        session.assign(step);
        worker.next();
        worker.complete(step, SUCCESS);
        session.report().answer().completeExceptionally(new EngineException(ErrorCode.OVERLOADED, "full"));
        session.report().answer().completeExceptionally(new EngineException(ErrorCode.DATABASE_UNAVAILABLE, "gone"));
        worker.complete(step, SUCCESS); // the worker's own repetition does not become a second call
        session.report().answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED);
        assertThat(session.reports).isEmpty();
    }

    @Test
    void resultTheEngineKeepsFailingAtIsRefused() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        worker.complete(step(), SUCCESS);
        for (int i = 0; i <= Redelivery.FAILURES_MAX; i++) {
            session.report().answer().completeExceptionally(new IllegalStateException("bug"));
        }
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.INVALID);
    }

    @Test
    void resultTheEngineRefusesIsInvalidAtOnce() throws Exception {
        var worker = worker(port());
        worker.complete(step(), SUCCESS);
        engine.session().report().answer().completeExceptionally(new EngineException(ErrorCode.INVALID_REQUEST, "no"));
        Completed.Outcome outcome = worker.outcome();
        assertThat(outcome.getStatus()).isEqualTo(Completed.Status.INVALID);
        assertThat(outcome.getReason()).isEqualTo("no");
    }

    @Test
    void stepNoMessageCanCarryFailsForGood() throws Exception {
        var worker = worker(port());
        FakeSession session = engine.session();
        Assignment huge = step(UUID.randomUUID(), "\"" + "x".repeat(8 << 20) + "\"");
        session.assign(huge);
        Report report = session.report();
        assertThat(report.assignment()).isSameAs(huge);
        assertThat(report.result().success()).isFalse();
        assertThat(report.result().retryable()).isFalse();
        assertThat(report.result().document()).contains("assignment_too_large");
        report.answer().complete(Completion.ACCEPTED);
        assertThat(worker.outcome().getStatus()).isEqualTo(Completed.Status.ACCEPTED); // a lease the worker never had
    }

    @Test
    void pingIsAnswered() throws Exception {
        var worker = worker(port());
        worker.send(WorkerMessage.newBuilder().setPing(Ping.newBuilder().setNonce(42)));
        assertThat(worker.next().getPong().getNonce()).isEqualTo(42);
    }

    @Test
    void unknownMessageIsIgnored() throws Exception {
        var worker = worker(port());
        worker.send(WorkerMessage.newBuilder());
        worker.send(WorkerMessage.newBuilder().setPing(Ping.newBuilder().setNonce(1)));
        assertThat(worker.next().hasPong()).isTrue();
    }
}
