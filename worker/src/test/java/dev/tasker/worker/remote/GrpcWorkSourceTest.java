package dev.tasker.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.protocol.worker.v1.Assign;
import dev.tasker.protocol.worker.v1.Assignments;
import dev.tasker.protocol.worker.v1.Cancel;
import dev.tasker.protocol.worker.v1.Complete;
import dev.tasker.protocol.worker.v1.Completed;
import dev.tasker.protocol.worker.v1.Drain;
import dev.tasker.protocol.worker.v1.Pong;
import dev.tasker.protocol.worker.v1.Register;
import dev.tasker.protocol.worker.v1.Reject;
import dev.tasker.protocol.worker.v1.ServerMessage;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.BackoffHint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.HandlerMethods;
import dev.tasker.worker.HandlerRegistry;
import dev.tasker.worker.Registration;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepContext;
import dev.tasker.worker.StepHandler;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.StepResult;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import dev.tasker.worker.remote.WireServer.Stream;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcWorkSourceTest {
    private static final long NEVER_MS = 3_600_000;
    private static final UUID INSTANCE = new UUID(7, 7);
    private static final Registration REGISTRATION = new Registration(
            "test", INSTANCE, List.of(new HandlerKey("shop", "pay.handler")), 10, Duration.ofSeconds(30));

    /** Handlers of which one has a version and a method of its own. */
    static final HandlerRegistry VERSIONED = HandlerRegistry.builder()
            .handler(
                    "pay",
                    HandlerMethods.of(new StepHandler() {
                                @Override
                                public StepResult handle(StepContext context) {
                                    return StepResult.success();
                                }

                                @Override
                                public String version() {
                                    return "2.7.1";
                                }
                            })
                            .with("refund", _ -> StepResult.success()))
            .handler("plain", _ -> StepResult.success())
            .build();

    private final Inbox inbox = new Inbox();
    private WireServer server;
    private GrpcWorkSource source;

    @BeforeEach
    void start() throws Exception {
        server = new WireServer(0);
        source = new GrpcWorkSource(server.target(), quick(Duration.ofSeconds(30)));
    }

    @AfterEach
    void stop() throws Exception {
        source.close();
        server.close();
    }

    private static GrpcWorkSourceConfig quick(Duration resendAfter) {
        return new GrpcWorkSourceConfig(
                Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofMillis(20), resendAfter);
    }

    private WorkSession open() {
        return source.open(REGISTRATION, inbox);
    }

    private List<Assignment> take(Stream stream, UUID... steps) throws InterruptedException {
        stream.assign(steps);
        List<Assignment> taken = new ArrayList<>();
        for (int i = 0; i < steps.length; i++) {
            taken.add(WireServer.take(inbox.assigned));
        }
        return taken;
    }

    private static StepReport success() {
        return new StepReport(true, false, Duration.ofMillis(1), null, null, null, "{\"success\":true}");
    }

    private static UUID[] steps(int count) {
        UUID[] steps = new UUID[count];
        Arrays.setAll(steps, i -> UUID.randomUUID());
        return steps;
    }

    private static CompletionStatus within(CompletableFuture<CompletionStatus> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void registersWhatTheWorkerIs() throws Exception {
        WorkSession session = open();
        assertThat(session.sessionId()).isEqualTo(INSTANCE);
        Stream stream = server.registered(NEVER_MS);
        Register register = stream.registration;
        assertThat(register.getWorkerName()).isEqualTo("test");
        assertThat(LeaseKey.uuid(register.getInstanceId())).isEqualTo(INSTANCE);
        assertThat(register.getSdkLanguage()).isEqualTo("java");
        assertThat(register.getProtocolVersion()).isEqualTo(1);
        assertThat(register.getMaxInflight()).isEqualTo(10);
        assertThat(register.getHandlerTimeoutMs()).isEqualTo(30_000);
        assertThat(register.getHandlers(0).getNamespace()).isEqualTo("shop");
        assertThat(register.getHandlers(0).getCallable()).isEqualTo("pay.handler");
        assertThat(register.hasResume()).isFalse();
        take(stream, UUID.randomUUID());
        assertThat(session.sessionId()).isEqualTo(stream.sessionId);
    }

    @Test
    void registersMethodsVersionsAndPatternsOfARuntime() throws Exception {
        var subscribers = new SubscriberRegistry();
        subscribers.register("item.*", _ -> {});
        subscribers.register("*", _ -> {});
        try (var _ =
                WorkerRuntime.start(source, VERSIONED, new PublisherRegistry(), subscribers, WorkerConfig.defaults())) {
            Register register = server.registered(NEVER_MS).registration;

            assertThat(register.getHandlersList())
                    .extracting(handler ->
                            handler.getCallable() + " " + handler.getVersion() + " " + handler.getMethodsList())
                    .containsExactlyInAnyOrder("pay 2.7.1 [refund]", "plain 1.0.0 []");
            assertThat(register.getSubscriptionsList())
                    .extracting(subscription -> subscription.getId() + " " + subscription.getPattern())
                    .containsExactly("0 item.*", "1 *");
        }
    }

    @Test
    void creditGrantedBeforeTheServerAnswersIsNotLost() throws Exception {
        WorkSession session = open();
        session.grant(4);
        session.grant(3);
        assertThat(server.registered(NEVER_MS).next().getCredit().getSlots()).isEqualTo(7);
    }

    @Test
    void assignmentArrivesWhole() throws Exception {
        open();
        Stream stream = server.registered(NEVER_MS);
        Assign bare = WireServer.assign(UUID.randomUUID());
        Assign full = bare.toBuilder()
                .setTimeoutMs(1500)
                .setAttempt(2)
                .setTask(bare.getTask().toBuilder()
                        .setParentCorrelationId(LeaseKey.bytes(new UUID(1, 3)))
                        .setPriority(-3)
                        .setInitiator("me")
                        .setSourceSystem("web")
                        .setReason("why"))
                .setStep(bare.getStep().toBuilder()
                        .setMethod("refund")
                        .setResolver("ruby")
                        .setInputsJson("{\"n\":1}")
                        .setPreviousResultJson("{\"p\":1}")
                        .setCheckpointJson("{\"k\":1}"))
                .putDependencyResults("first", "{}")
                .build();
        stream.send(ServerMessage.newBuilder()
                .setAssignments(Assignments.newBuilder()
                        .addAssignments(bare)
                        .addAssignments(full)
                        .addAssignments(bare.toBuilder().setTimeoutMs(0))));
        Assignment first = WireServer.take(inbox.assigned);
        assertThat(first.timeout()).isZero();
        assertThat(first.step().method()).isEqualTo("call");
        assertThat(first.step().inputsJson()).isNull();
        assertThat(first.task().parentCorrelationId()).isNull();
        Assignment second = WireServer.take(inbox.assigned);
        assertThat(second.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.maxAttempts()).isEqualTo(3);
        assertThat(second.task().parentCorrelationId()).isEqualTo(new UUID(1, 3));
        assertThat(second.task().priority()).isEqualTo(-3);
        assertThat(second.task().reason()).isEqualTo("why");
        assertThat(second.step().method()).isEqualTo("refund");
        assertThat(second.step().resolver()).isEqualTo("ruby");
        assertThat(second.step().inputsJson()).isEqualTo("{\"n\":1}");
        assertThat(second.step().previousResultJson()).isEqualTo("{\"p\":1}");
        assertThat(second.step().checkpointJson()).isEqualTo("{\"k\":1}");
        assertThat(second.dependencyResults()).containsOnlyKeys("first");
        assertThat(WireServer.take(inbox.assigned).timeout()).isGreaterThan(Duration.ofDays(365));
    }

    @ParameterizedTest
    @EnumSource(CompletionStatus.class)
    void resultIsAnswered(CompletionStatus status) throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        UUID step = UUID.randomUUID();
        var hint = new BackoffHint(BackoffHint.Kind.CUSTOM, Duration.ofMillis(250));
        var report = new StepReport(false, true, Duration.ZERO, hint, "x", null, "{\"success\":false}");
        CompletableFuture<CompletionStatus> answer =
                session.complete(take(stream, step).getFirst(), report);
        Complete result = stream.next().getResults().getResults(0);
        assertThat(LeaseKey.uuid(result.getStepUuid())).isEqualTo(step);
        assertThat(result.getLeaseToken()).isEqualTo(1);
        assertThat(result.getDocument().toStringUtf8()).isEqualTo("{\"success\":false}");
        assertThat(result.getRetryAfterMs()).isEqualTo(250);
        assertThat(answer).isNotDone();
        stream.answer(Completed.Status.valueOf(status.name()), step);
        assertThat(within(answer)).isEqualTo(status);
    }

    @Test
    void resultsReadyTogetherTravelTogether() throws Exception {
        WorkSession session = open();
        session.grant(10);
        UUID[] steps = steps(10);
        List<Assignment> held = take(server.registered(NEVER_MS), steps);
        List<CompletableFuture<CompletionStatus>> answers = new ArrayList<>();
        int port = server.port();
        server.close(); // what is completed while there is no stream goes out as soon as there is one
        try (var second = new WireServer(port)) {
            held.forEach(assignment -> answers.add(session.complete(assignment, success())));
            Stream stream = second.registered(NEVER_MS);
            assertThat(stream.registration.getResume().getActiveLeasesCount()).isEqualTo(10);
            assertThat(stream.next().getCredit().getSlots()).isEqualTo(10);
            assertThat(stream.next().getResults().getResultsList())
                    .extracting(result -> LeaseKey.uuid(result.getStepUuid()))
                    .containsExactly(steps);
            stream.answer(Completed.Status.ACCEPTED, steps);
            for (CompletableFuture<CompletionStatus> answer : answers) {
                assertThat(within(answer)).isEqualTo(CompletionStatus.ACCEPTED);
            }
            source.close();
        }
    }

    @Test
    void resultsTravelInOrderAlsoWhenSomeAreReadyWhileTheStreamIsOpened() throws Exception {
        WorkSession session = open();
        session.grant(4);
        UUID[] steps = steps(4);
        List<Assignment> held = take(server.registered(NEVER_MS), steps);
        int port = server.port();
        server.close();
        try (var second = new WireServer(port)) {
            for (Assignment early : held.subList(0, 2)) {
                var _ = session.complete(early, success());
            }
            Stream stream = second.stream();
            stream.registration = stream.next().getRegister();
            for (Assignment late : held.subList(2, 4)) {
                var _ = session.complete(late, success());
            }
            stream.register(NEVER_MS);
            stream.next();
            assertThat(stream.next().getResults().getResultsList())
                    .extracting(result -> LeaseKey.uuid(result.getStepUuid()))
                    .containsExactly(steps);
            stream.answer(Completed.Status.ACCEPTED, steps);
            source.close();
        }
    }

    @Test
    void streamIsOpenedNoSoonerThanTheServerWantsAndNothingIsLost() throws Exception {
        WorkSession session = open();
        Stream first = server.registered(NEVER_MS);
        Assignment held = take(first, UUID.randomUUID()).getFirst();
        CompletableFuture<CompletionStatus> answer = session.complete(held, success());
        first.endFor(1); // whether it has arrived or not
        long ended = System.nanoTime();

        Stream next = server.registered(NEVER_MS);

        assertThat(Duration.ofNanos(System.nanoTime() - ended)).isGreaterThan(Duration.ofMillis(900));
        assertThat(next.registration.getResume().getActiveLeasesCount()).isEqualTo(1);
        while (!next.next().hasResults()) {
            // credit
        }
        next.answer(Completed.Status.ACCEPTED, held.stepUuid());
        assertThat(within(answer)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void resultTooLargeIsInvalidAndNotSent() throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        Assignment held = take(stream, UUID.randomUUID()).getFirst();
        var large = new StepReport(
                true, false, Duration.ZERO, null, null, null, "{\"result\":\"" + "x".repeat(1_000) + "\"}");
        assertThat(within(session.complete(held, large))).isEqualTo(CompletionStatus.INVALID);
        var _ = session.complete(held, success());
        assertThat(stream.next().getResults().getResults(0).getDocument().toStringUtf8())
                .isEqualTo("{\"success\":true}");
    }

    @Test
    void completingReturnsTheSlotWithoutAMessage() throws Exception {
        WorkSession session = open();
        session.grant(1);
        Stream stream = server.registered(NEVER_MS);
        assertThat(stream.next().getCredit().getSlots()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            UUID step = UUID.randomUUID();
            CompletableFuture<CompletionStatus> answer =
                    session.complete(take(stream, step).getFirst(), success());
            assertThat(stream.next().hasResults()).isTrue();
            stream.answer(Completed.Status.ACCEPTED, step);
            within(answer);
        }
        session.grant(1);
        assertThat(stream.next().getCredit().getSlots()).isEqualTo(1);
    }

    @Test
    void slotsThatCameBackByThemselvesAreNotGrantedAgain() throws Exception {
        WorkSession session = open();
        session.grant(2);
        Stream stream = server.registered(NEVER_MS);
        stream.next();
        List<Assignment> held = take(stream, steps(2));
        stream.lost(held.get(0).stepUuid());
        assertThat(WireServer.take(inbox.lost)).isEqualTo(held.get(0));
        session.reject(held.get(1), RejectReason.HANDLER_NOT_FOUND);
        assertThat(stream.next().getReject().getReason()).isEqualTo(Reject.Reason.HANDLER_NOT_FOUND);
        session.grant(1);
        session.grant(1);
        session.grant(5);
        assertThat(stream.next().getCredit().getSlots()).isEqualTo(5);
    }

    @Test
    void refusedResultKeepsItsLeaseAndSlotUntilAnother() throws Exception {
        WorkSession session = open();
        session.grant(1);
        Stream stream = server.registered(NEVER_MS);
        stream.next();
        UUID step = UUID.randomUUID();
        Assignment held = take(stream, step).getFirst();
        CompletableFuture<CompletionStatus> refused = session.complete(held, success());
        stream.next();
        stream.answer(Completed.Status.INVALID, step);
        assertThat(within(refused)).isEqualTo(CompletionStatus.INVALID);
        CompletableFuture<CompletionStatus> taken = session.complete(held, success());
        assertThat(stream.next().getResults().getResultsCount()).isEqualTo(1);
        stream.answer(Completed.Status.ACCEPTED, step);
        assertThat(within(taken)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void heartbeatsNameAllLeasesAndStopWithTheLast() throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(1);
        UUID step = UUID.randomUUID();
        Assignment held = take(stream, step).getFirst();
        assertThat(stream.next().getHeartbeat().getLeasesList()).containsExactly(Stream.lease(step));
        CompletableFuture<CompletionStatus> answer = session.complete(held, success());
        while (!stream.next().hasResults()) {}
        stream.answer(Completed.Status.ACCEPTED, step);
        within(answer);
        session.drain();
        while (!stream.next().hasDraining()) {}
        session.grant(1);
        assertThat(stream.next().hasCredit()).as("no heartbeat without a lease").isTrue();
    }

    @Test
    void resultWithoutAnswerIsSentAgainOnTheSameStream() throws Exception {
        source.close();
        source = new GrpcWorkSource(server.target(), quick(Duration.ofMillis(1)));
        WorkSession session = open();
        Stream stream = server.registered(1);
        CompletableFuture<CompletionStatus> answer =
                session.complete(take(stream, UUID.randomUUID()).getFirst(), success());
        for (int sent = 0; sent < 3; ) {
            if (stream.next().hasResults()) {
                sent++;
            }
        }
        assertThat(answer).isNotDone();
    }

    @Test
    void lostLeaseOfAFinishedHandlerWaitsForItsAnswer() throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        UUID step = UUID.randomUUID();
        CompletableFuture<CompletionStatus> answer =
                session.complete(take(stream, step).getFirst(), success());
        stream.lost(step);
        stream.answer(Completed.Status.STALE_LEASE, step);
        assertThat(within(answer)).isEqualTo(CompletionStatus.STALE_LEASE);
        assertThat(inbox.lost).isEmpty();
    }

    @Test
    void resultOfALeaseTheSessionDoesNotKnowIsSentAllTheSame() throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        Assignment held = take(stream, UUID.randomUUID()).getFirst();
        stream.lost(held.stepUuid());
        WireServer.take(inbox.lost);
        CompletableFuture<CompletionStatus> answer = session.complete(held, success());
        assertThat(stream.next().hasResults()).isTrue();
        stream.answer(Completed.Status.STALE_LEASE, held.stepUuid());
        assertThat(within(answer)).isEqualTo(CompletionStatus.STALE_LEASE);
    }

    @Test
    void cancelledStepIsStoppedAndReported() throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        Assignment held = take(stream, UUID.randomUUID()).getFirst();
        stream.send(ServerMessage.newBuilder().setCancel(Cancel.newBuilder().addLeases(Stream.lease(held.stepUuid()))));
        assertThat(WireServer.take(inbox.lost)).isEqualTo(held);
        assertThat(stream.next().getResults().getResults(0).getDocument().toStringUtf8())
                .startsWith("{\"success\":false")
                .contains("\"error_type\":\"cancelled\"");
        CompletableFuture<CompletionStatus> late = session.complete(held, success());
        stream.answer(Completed.Status.ACCEPTED, held.stepUuid());
        assertThat(within(late)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void messagesWithoutConsequenceAreIgnored() throws Exception {
        open();
        Stream stream = server.registered(NEVER_MS);
        stream.send(ServerMessage.newBuilder());
        stream.send(ServerMessage.newBuilder().setPong(Pong.getDefaultInstance()));
        stream.answer(Completed.Status.ACCEPTED, UUID.randomUUID());
        stream.lost(UUID.randomUUID());
        assertThat(take(stream, UUID.randomUUID())).hasSize(1);
    }

    @Test
    void serverThatStopsIsLeftForAnotherOnceItHoldsNothing() throws Exception {
        WorkSession session = open();
        Stream first = server.registered(NEVER_MS);
        Assignment held = take(first, UUID.randomUUID()).getFirst();
        first.send(ServerMessage.newBuilder().setDrain(Drain.getDefaultInstance()));
        CompletableFuture<CompletionStatus> answer = session.complete(held, success());
        first.next();
        assertThat(server.hasNoStream()).as("a result is on its way").isTrue();
        first.answer(Completed.Status.ACCEPTED, held.stepUuid());

        assertThat(within(answer)).isEqualTo(CompletionStatus.ACCEPTED);
        server.registered(NEVER_MS);
    }

    @Test
    void brokenStreamIsResumedWithItsLeasesCreditAndResults() throws Exception {
        WorkSession session = open();
        session.grant(5);
        Stream first = server.registered(NEVER_MS);
        first.next();
        List<Assignment> held = take(first, steps(3));
        CompletableFuture<CompletionStatus> answer = session.complete(held.get(0), success());
        first.next();
        first.end(Status.UNAVAILABLE);

        Stream second = server.stream();
        Register register = second.next().getRegister();
        assertThat(LeaseKey.uuid(register.getResume().getSessionId())).isEqualTo(first.sessionId);
        assertThat(register.getResume().getActiveLeasesList())
                .containsExactlyInAnyOrderElementsOf(
                        held.stream().map(each -> LeaseKey.of(each).toWire()).toList());
        // one handler has lost its lease, and so has the result, whose answer was lost with the stream
        second.register(
                NEVER_MS,
                Stream.lease(held.get(1).stepUuid()),
                Stream.lease(held.get(0).stepUuid()));
        assertThat(second.next().getCredit().getSlots()).isEqualTo(3);
        assertThat(LeaseKey.uuid(second.next().getResults().getResults(0).getStepUuid()))
                .isEqualTo(held.get(0).stepUuid());
        assertThat(WireServer.take(inbox.lost)).isEqualTo(held.get(1));
        second.answer(Completed.Status.DUPLICATE, held.get(0).stepUuid());
        assertThat(within(answer)).isEqualTo(CompletionStatus.DUPLICATE);

        session.grant(1); // the lost one's slot, which the new stream never had
        assertThat(second.next().getCredit().getSlots()).isEqualTo(1);
        var _ = session.complete(held.get(2), success()); // took no slot of this stream, so its slot is granted
        assertThat(second.next().getCredit().getSlots()).isEqualTo(1);
        assertThat(second.next().getResults().getResultsCount()).isEqualTo(1);
        assertThat(inbox.sessionLost).isEmpty();
    }

    @Test
    void sessionOpensAsSoonAsThereIsAServer() throws Exception {
        int port = server.port();
        server.close();
        open().grant(1);
        try (var late = new WireServer(port)) {
            assertThat(late.registered(NEVER_MS).next().hasCredit()).isTrue();
            source.close();
        }
    }

    @Test
    void credentialThatWasGoodOnceIsShownAnew() throws Exception {
        open();
        server.registered(NEVER_MS).end(Status.UNAUTHENTICATED.withDescription("expired"));

        assertThat(server.registered(NEVER_MS)).isNotNull();
        assertThat(inbox.sessionLost).isEmpty();
    }

    @Test
    void credentialThatNeverWasGoodEndsTheSession() throws Exception {
        open();
        server.stream().end(Status.UNAUTHENTICATED.withDescription("no"));

        assertThat(WireServer.take(inbox.sessionLost)).hasMessage("UNAUTHENTICATED: no");
        assertThat(server.hasNoStream()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "PERMISSION_DENIED"})
    void refusalThatWillNotChangeEndsTheSession(Status.Code code) throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        CompletableFuture<CompletionStatus> answer =
                session.complete(take(stream, UUID.randomUUID()).getFirst(), success());
        stream.end(code.toStatus().withDescription("no"));
        assertThat(WireServer.take(inbox.sessionLost)).hasMessage(code + ": no");
        assertThatThrownBy(() -> within(answer)).hasRootCauseMessage(code + ": no");
        assertThatThrownBy(() -> within(
                        session.complete(AssignmentDecoder.decode(WireServer.assign(UUID.randomUUID())), success())))
                .hasRootCauseMessage("the session is closed");
        assertThat(server.hasNoStream()).isTrue();
    }

    @Test
    void closingSendsWhatIsReadyAndHalfCloses() throws Exception {
        WorkSession session = open();
        Stream stream = server.registered(NEVER_MS);
        UUID step = UUID.randomUUID();
        CompletableFuture<CompletionStatus> answer =
                session.complete(take(stream, step).getFirst(), success());
        stream.endsWithWorker = false;
        session.close();
        assertThat(stream.next().hasResults()).isTrue();
        assertThat(stream.halfClosed.get(20, TimeUnit.SECONDS)).isTrue();
        stream.answer(Completed.Status.ACCEPTED, step);
        assertThat(within(answer)).isEqualTo(CompletionStatus.ACCEPTED);
        stream.end();
        source.close();
        assertThat(inbox.sessionLost).isEmpty();
    }

    @Test
    void badConfigurationIsRefused() {
        Duration second = Duration.ofSeconds(1);
        Duration keepAlive = Duration.ofSeconds(30);
        assertThatThrownBy(() -> new GrpcWorkSourceConfig(second, second, second, second))
                .hasMessage("keep_alive: PT1S (expected: >= PT10S)");
        assertThatThrownBy(() -> new GrpcWorkSourceConfig(keepAlive, second, Duration.ZERO, second))
                .hasMessageStartingWith("backoff: PT1S to PT0S");
        assertThatThrownBy(() -> new GrpcWorkSourceConfig(keepAlive, Duration.ZERO, second, second))
                .hasMessageStartingWith("backoff: PT0S");
        assertThatThrownBy(() -> new GrpcWorkSourceConfig(keepAlive, second, second, Duration.ZERO))
                .hasMessageStartingWith("resend_after: PT0S");
        assertThat(GrpcWorkSourceConfig.DEFAULT.backoffMax()).isEqualTo(Duration.ofSeconds(10));
    }
}
