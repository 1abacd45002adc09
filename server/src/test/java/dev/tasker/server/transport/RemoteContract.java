package dev.tasker.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tasker.engine.Cancellation;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.server.config.AuthConfig;
import dev.tasker.server.security.TestAuth;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.Checkpoint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.event.DeclaredEvent.Mode;
import dev.tasker.worker.remote.Reconnection;
import dev.tasker.worker.remote.RemoteWorkSource;
import dev.tasker.worker.remote.TemplateOutcome;
import dev.tasker.worker.remote.WorkerCredential;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for a worker that a network separates from its server, however they speak. */
@ExtendWith(DatabaseExtension.class)
abstract class RemoteContract {
    private static final Reconnection QUICK =
            new Reconnection(Duration.ofMillis(1), Duration.ofMillis(50), Duration.ofSeconds(30));
    private static final LeaseConfig LEASES = Stack.QUICK_LEASES;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestDatabase database;
    private String namespace;

    abstract RemoteWorkSource source(int port, Reconnection reconnection, @Nullable WorkerCredential credential);

    /** The port of the server that such a source connects to. */
    abstract int portOf(Stack server);

    /** A server that listens there for such sources, 0: anywhere. */
    abstract Stack start(TestDatabase on, AuthConfig auth, LeaseConfig leases, int port);

    private static Stack startInProduction(TestDatabase on) {
        return Stack.start(on, AuthConfig.DISABLED, LEASES, false, 0, 0);
    }

    @BeforeEach
    void prepare(TestDatabase testDatabase) {
        database = testDatabase;
        namespace = "ns" + UUID.randomUUID().toString().substring(0, 8);
    }

    @AfterEach
    void closeAll() throws Exception {
        Stack.close(open);
    }

    <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    private Stack server(AuthConfig auth) {
        return closing(start(database, auth, LEASES, 0));
    }

    private Peer worker(int port, String callable) {
        return closing(Peer.of(closing(source(port, QUICK, null)), new HandlerKey(namespace, callable)));
    }

    /** A template as JSON. */
    private String document(String callable) {
        return """
            {"name": "solo", "namespace_name": "%s", "version": "1.0.0",
             "steps": [{"name": "only", "handler": {"callable": "%s"}}]}
            """.formatted(namespace, callable);
    }

    private static List<TemplateOutcome.Status> statuses(List<TemplateOutcome> outcomes) {
        return outcomes.stream().map(TemplateOutcome::status).toList();
    }

    @Test
    void templatesAreRegisteredEachForItself() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        RemoteWorkSource worker = closing(source(portOf(server), QUICK, null));

        List<TemplateOutcome> outcomes =
                worker.registerTemplates(List.of("{\"name\": 7}", document("pay"), document("pay")));

        assertThat(statuses(outcomes))
                .containsExactly(
                        TemplateOutcome.Status.INVALID,
                        TemplateOutcome.Status.REGISTERED,
                        TemplateOutcome.Status.REGISTERED);
        assertThat(outcomes.getFirst().message()).contains("name");
        assertThat(server.create(namespace, "solo")).isNotNull();
    }

    @Test
    void otherContentUnderARegisteredVersionIsAConflict() throws Exception {
        Stack server = closing(startInProduction(database));
        RemoteWorkSource worker = closing(source(portOf(server), QUICK, null));

        List<TemplateOutcome> outcomes = worker.registerTemplates(List.of(document("pay"), document("refund")));

        assertThat(statuses(outcomes))
                .containsExactly(TemplateOutcome.Status.REGISTERED, TemplateOutcome.Status.CONFLICT);
        assertThat(outcomes.getLast().message()).contains("1.0.0");
    }

    @Test
    void workerThatMayNotWriteTemplatesIsToldSo() throws Exception {
        Stack server = server(TestAuth.config(TestAuth.key("worker-key", "worker:connect")));
        RemoteWorkSource worker =
                closing(source(portOf(server), QUICK, WorkerCredential.apiKey("X-API-Key", () -> "worker-key")));

        List<TemplateOutcome> outcomes = worker.registerTemplates(List.of(document("pay")));

        assertThat(statuses(outcomes)).containsExactly(TemplateOutcome.Status.DENIED);
        assertThat(outcomes.getFirst().message()).isNotBlank();
    }

    @Test
    void templatesForAServerThatIsAwayAreRegisteredLater() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        var relay = closing(new Relay(portOf(server)));
        RemoteWorkSource worker = closing(source(relay.port(), QUICK, null));
        relay.leadTo(0);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> worker.registerTemplates(List.of(document("pay"))));

        relay.leadTo(portOf(server));

        assertThat(statuses(worker.registerTemplates(List.of(document("pay")))))
                .containsExactly(TemplateOutcome.Status.REGISTERED);
    }

    @Test
    void leasesOutliveACutAndSlotsComeBack() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        UUID task = server.create(namespace, "solo");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(2);
        Assignment given = worker.next();

        relay.cut();
        UUID other = server.create(namespace, "solo");
        Assignment next = worker.next();

        assertThat(next.taskUuid()).isEqualTo(other);
        assertThat(worker.lostNothing()).isTrue();
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.succeed(next)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(server.step(task, "only").attempts()).isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            server.create(namespace, "solo");
        }
        Assignment third = worker.next();
        Assignment fourth = worker.next();
        worker.succeed(third);
        worker.succeed(fourth);
    }

    @Test
    void yieldMadeWhileTheConnectionIsBrokenGoesOnInTheSameAttempt() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        UUID task = server.create(namespace, "solo");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.leadTo(0);
        relay.cut();

        CompletableFuture<CompletionStatus> answer = worker.session().yieldAt(given, new Checkpoint("7", 7, "[1]"));
        relay.leadTo(portOf(server));

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.ACCEPTED);
        Assignment next = worker.next();
        assertThat(next.attempt()).isEqualTo(1);
        assertThat(next.step().checkpointJson()).contains("\"cursor\":7", "[1]");
        assertThat(worker.succeed(next)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(server.step(task, "only").attempts()).isEqualTo(1);
    }

    @Test
    void yieldWhoseAnswerWasLostOnTheWayGoesOnInTheSameAttempt() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        UUID task = server.create(namespace, "solo");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.mute();
        CompletableFuture<CompletionStatus> answer = worker.session().yieldAt(given, new Checkpoint("7", 7, null));
        awaitSaved(task);

        relay.cut();

        assertThat(answer.get(20, TimeUnit.SECONDS)) // the lease it was made under has ended with it
                .isIn(CompletionStatus.ACCEPTED, CompletionStatus.STALE_LEASE);
        Assignment next = worker.next();
        assertThat(next.attempt()).isEqualTo(1);
        assertThat(next.leaseToken()).isGreaterThan(given.leaseToken());
        assertThat(next.step().checkpointJson()).contains("\"cursor\":7");
        assertThat(worker.succeed(next)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(server.step(task, "only").attempts()).isEqualTo(1);
        assertThat(worker.lostNothing()).isTrue();
    }

    @Test
    void checkpointWhoseAnswerWasLostOnTheWayIsSavedOnce() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        UUID task = server.create(namespace, "solo");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.mute();
        CompletableFuture<CompletionStatus> answer = worker.session().checkpoint(given, new Checkpoint("7", 7, null));
        awaitSaved(task);

        relay.cut();

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(database.query(
                        "SELECT cardinality(checkpoint_history) FROM tasker.workflow_steps WHERE task_uuid = ?", task))
                .containsExactly("1");
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(server.step(task, "only").attempts()).isEqualTo(1);
    }

    private void awaitSaved(UUID task) {
        Eventually.equals(
                "checkpoint",
                List.of("t"),
                () -> database.query(
                        "SELECT checkpoint IS NOT NULL FROM tasker.workflow_steps WHERE task_uuid = ?", task));
    }

    @Test
    void workerWhoseIdentityAskedTooMuchWaitsAndLosesNothing() throws Exception {
        LeaseConfig patient = new LeaseConfig(Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofMillis(100));
        AuthConfig auth = TestAuth.config(TestAuth.key("worker-key", "worker:connect"))
                .withWorkerCallsPerSecond(50); // a session is a hundred calls, and five hundred may come at once
        Stack server = closing(start(database, auth, patient, 0));
        String callable = namespace + ".pay"; // of this test alone: the namespace is that of the credential
        server.registerSolo("shop", callable);
        UUID task = server.create("shop", "solo");
        WorkerCredential credential = WorkerCredential.apiKey("X-API-Key", () -> "worker-key");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = closing(Peer.of(closing(source(relay.port(), QUICK, credential)), callable));
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.leadTo(0);
        relay.cut();
        Eventually.equals("connected", false, worker.session()::isConnected);
        for (int i = 0; i < 4; i++) {
            Peer greedy = Peer.of(closing(source(portOf(server), QUICK, credential)), "other" + i);
            greedy.session().grant(1);
            Eventually.equals("connected", true, greedy.session()::isConnected);
            greedy.close();
        }
        CompletableFuture<CompletionStatus> answer = worker.session().complete(given, Peer.report(true, Peer.SUCCESS));

        relay.leadTo(portOf(server));

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.lostNothing()).isTrue();
        assertThat(server.step(task, "only").attempts()).isEqualTo(1);
        assertThat(refusedOpens(server)).as("and it had to wait").isPositive();
    }

    private static long refusedOpens(Stack server) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String metrics = http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.restPort() + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return metrics.lines()
                    .filter(line -> line.startsWith("tasker_worker_calls_refused_total{call=\"open\""))
                    .count();
        }
    }

    @Test
    void resultReportedWhileTheServerIsAwayIsAcceptedByItsSuccessor() throws Exception {
        LeaseConfig patient = new LeaseConfig(Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofMillis(100));
        Stack first = start(database, AuthConfig.DISABLED, patient, 0);
        open.add(first);
        first.registerSolo(namespace, "pay");
        UUID task = first.create(namespace, "solo");
        var relay = closing(new Relay(portOf(first)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.leadTo(0);
        relay.cut();
        CompletableFuture<CompletionStatus> answer = worker.session().complete(given, Peer.report(true, Peer.SUCCESS));
        first.close();

        Stack second = server(AuthConfig.DISABLED);
        relay.leadTo(portOf(second));

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.ACCEPTED);
        second.awaitStep(task, "only", "complete");
        assertThat(second.step(task, "only").attempts()).isEqualTo(1);
    }

    @Test
    void workOutsideTheCredentialsNamespacesIsNeitherGivenNorTaken() throws Exception {
        Stack server = server(TestAuth.config(TestAuth.key("worker-key", "worker:connect")));
        server.registerSolo("shop", "pay");
        server.registerSolo("bank", "pay");
        UUID foreign = server.create("bank", "solo");
        UUID own = server.create("shop", "solo");
        Peer worker = closing(Peer.of(
                closing(source(portOf(server), QUICK, WorkerCredential.apiKey("X-API-Key", () -> "worker-key"))),
                "pay"));
        worker.session().grant(5);
        Assignment given = worker.next();
        assertThat(given.taskUuid()).isEqualTo(own);
        Peer banker = closing(Peer.of(closing(server.inProcess()), new HandlerKey("bank", "pay")));
        banker.session().grant(1);
        Assignment elsewhere = banker.next();
        assertThat(elsewhere.taskUuid()).isEqualTo(foreign);

        assertThat(worker.succeed(elsewhere)).isEqualTo(CompletionStatus.STALE_LEASE);

        assertThat(server.step(foreign, "only").state().text()).isEqualTo("in_progress");
        assertThat(banker.succeed(elsewhere)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void eventsOutsideTheCredentialsNamespacesAreNeitherToldNorPublished() throws Exception {
        Stack server = server(TestAuth.config(TestAuth.key("worker-key", "worker:connect")));
        server.registerSolo("shop", "pay");
        server.registerSolo("bank", "pay");
        UUID foreign = server.create("bank", "solo");
        Peer listener = closing(Peer.hearing(
                closing(source(portOf(server), QUICK, WorkerCredential.apiKey("X-API-Key", () -> "worker-key"))),
                "pay",
                "*"));
        Peer banker = closing(Peer.of(closing(server.inProcess()), new HandlerKey("bank", "pay")));
        banker.session().grant(1);
        Assignment elsewhere = banker.next();
        server.create("shop", "solo");
        listener.session().grant(1);
        Assignment own = listener.next();

        assertThat(banker.publish(elsewhere, "bank.secret", Mode.FAST)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(listener.publish(elsewhere, "bank.forged", Mode.DURABLE)).isEqualTo(CompletionStatus.STALE_LEASE);
        assertThat(listener.publish(own, "shop.open", Mode.FAST)).isEqualTo(CompletionStatus.ACCEPTED);

        assertThat(listener.nextTold()).as("the first").isEqualTo("0 shop.open");
        assertThat(server.engine().domainEvents().after("bank", null, 10))
                .filteredOn(entry -> entry.event().taskUuid().equals(foreign))
                .isEmpty();
    }

    @Test
    void eventsAreHeardAgainAfterACutAndOneThatWasNotAnsweredIsPublishedOnce() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        server.create(namespace, "solo");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = closing(Peer.hearing(closing(source(relay.port(), QUICK, null)), "pay", "item.*"));
        worker.session().grant(1);
        Assignment given = worker.next();
        assertThat(worker.publish(given, "item.before", Mode.BROADCAST)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.nextTold()).isEqualTo("0 item.before");

        relay.cut();
        assertThat(worker.publish(given, "item.after", Mode.DURABLE)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(worker.publish(given, "item.told", Mode.FAST)).isEqualTo(CompletionStatus.ACCEPTED);

        assertThat(worker.nextTold()).isEqualTo("0 item.told");
        assertThat(server.engine().domainEvents().after(namespace, null, 10))
                .extracting(entry -> entry.event().eventName())
                .containsExactly("item.before", "item.after");
    }

    @Test
    void patternThatIsNoneEndsTheSessionForGood() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        Peer worker = closing(Peer.hearing(closing(source(portOf(server), QUICK, null)), "pay", "a.*b"));
        assertThat(worker.end()).hasMessageContaining("pattern: 'a.*b'");
    }

    @Test
    void workerWithoutAGoodCredentialIsToldForGood() throws Exception {
        Stack server = server(TestAuth.config(TestAuth.key("reader-key", "tasks:*")));
        for (String key : List.of("no-key", "reader-key")) {
            Peer worker = closing(Peer.of(
                    closing(source(portOf(server), QUICK, WorkerCredential.apiKey("X-API-Key", () -> key))), "pay"));

            assertThat(worker.end()).isNotNull();
        }
    }

    @Test
    void resultThatIsNoJsonIsInvalidAndTheLeaseLives() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        UUID task = server.create(namespace, "solo");
        Peer worker = worker(portOf(server), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();

        assertThat(worker.report(given, "{\"success\":")).isEqualTo(CompletionStatus.INVALID);
        assertThat(worker.report(given, "{\"success\":\"yes\"}")).isEqualTo(CompletionStatus.INVALID);
        worker.session().grant(1);
        assertThat(server.step(task, "only").state().text()).isEqualTo("in_progress");
    }

    @Test
    void leaseThatIsNotRenewedIsLostToAnother() throws Exception {
        Stack server = server(AuthConfig.DISABLED);
        server.registerSolo(namespace, "pay");
        UUID task = server.create(namespace, "solo");
        var relay = closing(new Relay(portOf(server)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.leadTo(0);
        relay.cut();
        Peer other = worker(portOf(server), "pay");
        other.session().grant(1);

        Assignment taken = other.next();

        assertThat(taken.attempt()).isEqualTo(2);
        relay.leadTo(portOf(server));
        assertThat(worker.succeed(given)).as("late").isEqualTo(CompletionStatus.STALE_LEASE);
        assertThat(other.succeed(taken)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(server.step(task, "only").attempts()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlerThatOutlastsItsLeaseKeepsItAtAnotherServer(boolean firstIsGone) throws Exception {
        Stack first = start(database, AuthConfig.DISABLED, LEASES, 0);
        open.add(first);
        first.registerSolo(namespace, "pay");
        Stack second = server(AuthConfig.DISABLED);
        UUID task = first.create(namespace, "solo");
        var relay = closing(new Relay(portOf(first)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        String sessionBefore = sessionOf(task);

        relay.leadTo(portOf(second));
        relay.cut();
        if (firstIsGone) {
            first.close();
        }
        Eventually.get("session that holds the step", () -> sessionOf(task), id -> !id.equals(sessionBefore));
        String end =
                database.query("SELECT tasker.engine_now() + interval '5 s'").getFirst();
        Eventually.equals(
                "two leases have passed",
                List.of("t"),
                () -> database.query("SELECT tasker.engine_now() > ?::timestamptz", end));

        assertThat(worker.lostNothing()).isTrue();
        assertThat(second.step(task, "only").state().text()).isEqualTo("in_progress");
        assertThat(worker.succeed(given)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(second.step(task, "only").attempts()).isEqualTo(1);
        second.create(namespace, "solo");
        worker.succeed(worker.next());
    }

    private String sessionOf(UUID task) {
        return database.query("SELECT session_id FROM tasker.workflow_steps WHERE task_uuid = ?", task)
                .getFirst();
    }

    @Test
    void leaseThatMovedMayBeRejectedCancelledAndLostLikeAnyOther() throws Exception {
        Stack first = server(AuthConfig.DISABLED);
        first.registerSolo(namespace, "pay");
        Stack second = server(AuthConfig.DISABLED);
        UUID cancelled = first.create(namespace, "solo");
        UUID rejected = first.create(namespace, "solo");
        var relay = closing(new Relay(portOf(first)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(2);
        Map<UUID, Assignment> given = new HashMap<>();
        for (int i = 0; i < 2; i++) {
            Assignment next = worker.next();
            given.put(next.taskUuid(), next);
        }
        String before = sessionOf(cancelled);
        relay.leadTo(portOf(second));
        relay.cut();
        Eventually.get("session that holds the step", () -> sessionOf(cancelled), id -> !id.equals(before));

        second.engine().cancel(cancelled, Cancellation.UNEXPLAINED).get(20, TimeUnit.SECONDS);
        assertThat(worker.nextLost()).isEqualTo(given.get(cancelled));
        worker.session().reject(Objects.requireNonNull(given.get(rejected)), RejectReason.SHUTTING_DOWN);
        worker.session().grant(1);
        Assignment again = worker.next();

        assertThat(again.taskUuid()).isEqualTo(rejected);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(worker.succeed(again)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void cancellationAtAnotherServerComesWithTheHeartbeat() throws Exception {
        Stack first = server(AuthConfig.DISABLED);
        first.registerSolo(namespace, "pay");
        Stack second = server(AuthConfig.DISABLED);
        UUID task = first.create(namespace, "solo");
        Peer worker = worker(portOf(first), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();

        second.engine().cancel(task, Cancellation.UNEXPLAINED).get(20, TimeUnit.SECONDS);

        assertThat(worker.nextLost()).isEqualTo(given);
    }

    @Test
    void workerOfAStoppingServerMovesOnWhenItHoldsNothing() throws Exception {
        Stack first = start(database, AuthConfig.DISABLED, LEASES, 0);
        open.add(first);
        first.registerSolo(namespace, "pay");
        Stack second = server(AuthConfig.DISABLED);
        UUID held = first.create(namespace, "solo");
        var relay = closing(new Relay(portOf(first)));
        Peer worker = worker(relay.port(), "pay");
        worker.session().grant(1);
        Assignment given = worker.next();
        relay.leadTo(portOf(second));
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(first::close);
        UUID next = second.create(namespace, "solo");

        assertThat(worker.succeed(given)) // a worker that polls may hear of it from the other one only
                .isIn(CompletionStatus.ACCEPTED, CompletionStatus.DUPLICATE);
        Assignment moved = worker.next();

        assertThat(moved.taskUuid()).isEqualTo(next);
        assertThat(worker.succeed(moved)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(second.step(held, "only").attempts()).isEqualTo(1);
        stopped.get(20, TimeUnit.SECONDS);
    }
}
