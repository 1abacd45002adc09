package dev.tasker.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tasker.worker.Assignment;
import dev.tasker.worker.AssignmentListener;
import dev.tasker.worker.Checkpoint;
import dev.tasker.worker.CompletionStatus;
import dev.tasker.worker.HandlerKey;
import dev.tasker.worker.Registration;
import dev.tasker.worker.RejectReason;
import dev.tasker.worker.StepReport;
import dev.tasker.worker.WorkSession;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.event.DeclaredEvent;
import dev.tasker.worker.event.DomainEvent;
import dev.tasker.worker.event.HandlerEvent;
import dev.tasker.worker.event.PublisherRegistry;
import dev.tasker.worker.event.SubscriberRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the worker makes of the answers of a REST port, against one that answers as told. */
class HttpWorkSourceTest {
    private static final UUID STEP = new UUID(3, 4);
    private static final Reconnection QUICK =
            new Reconnection(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));
    private static final String ASSIGNMENTS = """
        {"assignments":[{"assignment_id":"%s","lease_token":7,"attempt":2,"max_attempts":3,"timeout_ms":null,
          "event":{"task_uuid":"%s","task_sequence_step":{
            "task":{"task":{"context":{"a" : 1.50},"priority":4,"correlation_id":"%s"},
              "task_name":"t","task_version":"1","namespace_name":"shop"},
            "workflow_step":{"name":"s","template_step_name":"s"},"dependency_results":{"p":{"success":true}},
            "step_definition":{"handler":{"callable":"pay"}}}}}],"lost":[],"cancel":[],"drain_ms":null}
        """.formatted(STEP, new UUID(1, 2), new UUID(5, 6));
    private static final String EVENT_JSON = """
        {"event_id":"%s","event_name":"item.told","payload":{"payload":1},\
        "metadata":{"namespace":"shop","task_uuid":"%s","step_uuid":"%s"}}\
        """.formatted(new UUID(1, 1), new UUID(2, 2), new UUID(2, 3));
    private static final String NOTHING = "{\"assignments\":[]}";

    private final Inbox inbox = new Inbox();
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final ConcurrentHashMap<String, Queue<Reply>> replies = new ConcurrentHashMap<>();
    private final AtomicInteger sessions = new AtomicInteger();
    private HttpServer server;
    private HttpWorkSource source;

    private record Call(String method, String verb, String body, String credential) {}

    private record Reply(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        source = source("", HttpWorkSourceConfig.DEFAULT);
    }

    @AfterEach
    void stop() {
        source.close();
        server.stop(0);
    }

    private HttpWorkSource source(String path, HttpWorkSourceConfig config) {
        return new HttpWorkSource(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path), config.withReconnection(QUICK));
    }

    /** Says what was queued for the verb, else what a server without work would. */
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        String verb = method.equals("DELETE") ? "close" : path.substring(path.lastIndexOf('/') + 1);
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(new Call(
                method, verb, body, String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))));
        Reply reply = replies.computeIfAbsent(verb, _ -> new ArrayDeque<>()).poll();
        if (reply == null) {
            reply = standard(verb);
        }
        if (reply.status() == 503 || reply.status() == 429) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Reply standard(String verb) {
        return switch (verb) {
            case "sessions" -> new Reply(201, """
                {"session_id":"%s","lease_duration_ms":30000,"heartbeat_interval_ms":20,"max_inflight":5,
                 "poll_wait_ms_max":10,"limits":{"result_bytes_max":1000,"assignment_bytes_max":1000},
                 "accepted_namespaces":["shop"],"rejected_namespaces":["bank"],"lost":[]}
                """.formatted(new UUID(9, sessions.incrementAndGet())));
            case "poll" -> new Reply(200, NOTHING);
            case "heartbeat" -> new Reply(200, "{\"renewed\":[],\"lost\":[],\"cancel\":[]}");
            case "complete", "checkpoint" -> new Reply(200, "{\"status\":\"ACCEPTED\"}");
            default -> new Reply(204, "");
        };
    }

    private void reply(String verb, int status, String body) {
        replies.computeIfAbsent(verb, _ -> new ArrayDeque<>()).add(new Reply(status, body));
    }

    private static String error(String message) {
        return "{\"error\":{\"code\":\"X\",\"message\":\"" + message + "\"}}";
    }

    private WorkSession open() {
        return source.open(
                new Registration(
                        "test", new UUID(7, 7), List.of(new HandlerKey("shop", "pay")), 5, Duration.ofSeconds(30)),
                inbox);
    }

    private Call call(String verb) throws InterruptedException {
        while (true) {
            Call next = calls.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no " + verb + " within 20 s");
            }
            if (next.verb().equals(verb)) {
                return next;
            }
        }
    }

    private Assignment assigned(WorkSession session) throws InterruptedException {
        reply("poll", 200, ASSIGNMENTS);
        session.grant(1);
        Assignment next = inbox.assigned.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no assignment within 20 s");
        }
        return next;
    }

    private static CompletionStatus complete(WorkSession session, Assignment assignment) throws Exception {
        var report = new StepReport(true, false, Duration.ZERO, null, null, null, "{\"success\":true}");
        return session.complete(assignment, report).get(20, TimeUnit.SECONDS);
    }

    @Test
    void registersMethodsVersionsAndPatternsOfARuntime() throws Exception {
        var subscribers = new SubscriberRegistry();
        subscribers.register("item.*", _ -> {});
        try (var _ = WorkerRuntime.start(
                source, GrpcWorkSourceTest.VERSIONED, new PublisherRegistry(), subscribers, WorkerConfig.defaults())) {
            assertThat(call("sessions").body())
                    .contains(
                            "{\"namespace\":\"*\",\"callable\":\"pay\",\"methods\":[\"refund\"],\"version\":\"2.7.1\"}")
                    .contains("\"subscriptions\":[{\"id\":0,\"pattern\":\"item.*\"}]");
        }
    }

    @Test
    void answeredHeartbeatsKeepTheSessionConnected() throws Exception {
        WorkSession session = open();
        assigned(session);
        for (int i = 0; i < 5; i++) {
            call("heartbeat");
        }
        boolean isConnected = session.isConnected();
        for (int i = 0; i < 50 && !isConnected; i++) { // on a slow machine one answer may be late, not all of them
            call("heartbeat");
            isConnected = session.isConnected();
        }
        assertThat(isConnected).isTrue();
    }

    @Test
    void workerWithoutAFreeSlotHearsEventsAllTheSame() throws Exception {
        var told = new LinkedBlockingQueue<String>();
        reply("poll", 200, "{\"assignments\":[],\"events\":[{\"subscription_id\":3,\"event\":" + EVENT_JSON + "}]}");
        source.open(
                new Registration(
                        "test",
                        new UUID(7, 7),
                        List.of(new HandlerKey("shop", "pay")),
                        5,
                        Duration.ofSeconds(30),
                        Map.of(),
                        List.of("item.*")),
                new AssignmentListener() {
                    @Override
                    public void assigned(List<Assignment> assignments) {}

                    @Override
                    public void lost(Assignment assignment) {}

                    @Override
                    public void told(int subscription, DomainEvent event) {
                        told.add(subscription + " " + event);
                    }
                });

        assertThat(told.poll(20, TimeUnit.SECONDS))
                .isEqualTo("3 "
                        + new DomainEvent(
                                new UUID(1, 1), "item.told", "shop", new UUID(2, 2), new UUID(2, 3), EVENT_JSON));
        assertThat(call("poll").body()).isEqualTo("{\"max\":0,\"wait_ms\":0}");
    }

    @Test
    void eventIsPublishedAgainUntilTheServerTakesItAndRefusedForGood() throws Exception {
        WorkSession session = open();
        Assignment given = assigned(session);
        var event = new HandlerEvent(new UUID(1, 1), "item.told", "[1 ]", DeclaredEvent.Mode.FAST);
        reply("events", 503, error("busy"));
        reply("events", 200, "{\"events\":[{\"event_id\":\"" + event.eventId() + "\",\"status\":\"ACCEPTED\"}]}");
        reply("events", 422, error("not an event"));

        assertThat(session.publish(given, event).get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(call("events").body())
                .isEqualTo("{\"assignment_id\":\"" + STEP + "\",\"lease_token\":7,\"events\":[{\"event_id\":\""
                        + event.eventId() + "\",\"name\":\"item.told\",\"payload\":[1 ],\"delivery_mode\":\"fast\"}]}");
        assertThat(session.publish(given, event).get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.INVALID);
        var large = new HandlerEvent(new UUID(1, 2), "item.told", '"' + "x".repeat(1_000) + '"', null);
        assertThat(session.publish(given, large).get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.INVALID);
    }

    @Test
    void sessionFromRegistrationToGoodBye() throws Exception {
        WorkSession session = open();
        assertThat(call("sessions").body()).contains("\"worker_name\":\"test\"", "\"callable\":\"pay\"");
        Assignment given = assigned(session);
        assertThat(call("poll").body()).isEqualTo("{\"max\":1,\"wait_ms\":10}");
        assertThat(given.stepUuid()).isEqualTo(STEP);
        assertThat(given.leaseToken()).isEqualTo(7);
        assertThat(given.attempt()).isEqualTo(2);
        assertThat(given.timeout()).isEqualTo(Duration.ZERO);
        assertThat(given.task().contextJson()).isEqualTo("{\"a\" : 1.50}");
        assertThat(given.dependencyResults()).containsEntry("p", "{\"success\":true}");

        assertThat(call("heartbeat").body())
                .isEqualTo("{\"leases\":[{\"assignment_id\":\"" + STEP + "\",\"lease_token\":7}]}");
        assertThat(session.checkpoint(given, new Checkpoint("[1 , 2]", 2, "{}")).get(20, TimeUnit.SECONDS))
                .isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(call("checkpoint").body())
                .isEqualTo("{\"lease_token\":7,\"continue\":true,\"data\":{\"cursor\":[1 , 2],\"items_processed\":2,"
                        + "\"accumulated_results\":{}}}");
        assertThat(complete(session, given)).isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(call("complete").body()).isEqualTo("{\"lease_token\":7,\"result\":{\"success\":true}}");

        session.drain();
        call("drain");
        session.close();
        assertThat(call("close").method()).isEqualTo("DELETE");
    }

    @Test
    void reportThatCannotBeTakenNowIsSentAgain() throws Exception {
        WorkSession session = open();
        Assignment given = assigned(session);
        reply("complete", 503, error("busy"));
        reply("complete", 408, error("slow"));

        assertThat(complete(session, given)).isEqualTo(CompletionStatus.ACCEPTED);

        for (int i = 0; i < 3; i++) {
            call("complete");
        }
        assertThat(sessions.get()).as("one session throughout").isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"409, STALE_LEASE", "422, INVALID", "413, INVALID", "400, INVALID"})
    void answersToAReportAreToldApart(int status, CompletionStatus expected) throws Exception {
        WorkSession session = open();
        Assignment given = assigned(session);
        reply("complete", status, error("no"));

        assertThat(complete(session, given)).isEqualTo(expected);
    }

    @Test
    void resultBeyondTheLimitIsNotEvenSent() throws Exception {
        WorkSession session = open();
        Assignment given = assigned(session);
        var report =
                new StepReport(true, false, Duration.ZERO, null, null, null, "{\"a\":\"" + "x".repeat(1_000) + "\"}");

        assertThat(session.complete(given, report).get(20, TimeUnit.SECONDS)).isEqualTo(CompletionStatus.INVALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {410, 500, 302})
    void sessionThatIsOverIsFollowedByAnotherWithItsLeases(int status) throws Exception {
        WorkSession session = open();
        Assignment given = assigned(session);
        call("sessions");
        reply("heartbeat", status, error("gone"));

        assertThat(call("sessions").body())
                .contains("\"resume\":{\"session_id\":\"" + new UUID(9, 1)
                        + "\",\"active_leases\":[{\"assignment_id\":\"" + STEP + "\",\"lease_token\":7}]}");
        assertThat(complete(session, given)).isEqualTo(CompletionStatus.ACCEPTED);
    }

    @Test
    void leasesThatAreOverAreTold() throws Exception {
        String lease = "[{\"assignment_id\":\"" + STEP + "\",\"lease_token\":7}]";
        WorkSession session = open();
        Assignment lost = assigned(session);
        reply("heartbeat", 200, "{\"lost\":" + lease + "}");
        assertThat(inbox.lost.poll(20, TimeUnit.SECONDS)).isEqualTo(lost);

        Assignment cancelled = assigned(session);
        reply("heartbeat", 200, "{\"cancel\":" + lease + "}");
        assertThat(inbox.lost.poll(20, TimeUnit.SECONDS)).isEqualTo(cancelled);
        assertThat(call("complete").body()).contains("\"error_type\":\"cancelled\"");
    }

    @Test
    void rejectedStepIsGivenBack() throws Exception {
        WorkSession session = open();
        session.reject(assigned(session), RejectReason.HANDLER_NOT_FOUND);

        assertThat(call("reject").body()).isEqualTo("{\"lease_token\":7,\"reason\":\"handler_not_found\"}");
    }

    @Test
    void serverThatStopsIsLeftForAnother() throws Exception {
        WorkSession session = open();
        call("sessions");
        reply("poll", 200, "{\"assignments\":[],\"drain_ms\":5000}");
        session.grant(1);

        assertThat(call("sessions").body()).contains("resume");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 422})
    void refusalForGoodEndsTheSession(int status) throws Exception {
        reply("sessions", status, error("never"));
        open();

        assertThat(inbox.sessionLost.poll(20, TimeUnit.SECONDS)).hasMessageContaining("never");
    }

    @Test
    void refusalForNowIsTriedAgain() throws Exception {
        reply("sessions", 429, error("full"));
        reply("sessions", 503, "not json");
        WorkSession session = open();

        assertThat(assigned(session).attempt()).isEqualTo(2);
    }

    @Test
    void sessionIsOpenedNoSoonerThanTheServerWants() throws Exception {
        reply("sessions", 429, error("too many calls"));
        open();
        call("sessions");
        long refused = System.nanoTime();

        call("sessions");

        assertThat(Duration.ofNanos(System.nanoTime() - refused)).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void callsOfAnIdentityThatAsksTooMuchAreRepeatedOverTheSameSession() throws Exception {
        WorkSession session = open();
        Assignment done = assigned(session);
        for (String verb : List.of("complete", "heartbeat", "reject", "drain", "checkpoint")) {
            reply(verb, 429, error("too many calls"));
        }

        call("heartbeat");
        call("heartbeat");
        assertThat(session.checkpoint(done, new Checkpoint("1", 1, null)).get(20, TimeUnit.SECONDS))
                .isEqualTo(CompletionStatus.ACCEPTED);
        assertThat(complete(session, done)).isEqualTo(CompletionStatus.ACCEPTED);
        session.reject(assigned(session), RejectReason.SHUTTING_DOWN);
        call("reject");
        call("reject");
        session.drain();
        call("drain");
        call("drain");

        assertThat(sessions.get()).isEqualTo(1);
        assertThat(inbox.sessionLost).isEmpty();
    }

    @Test
    void nothingMoreIsAskedForWhileTooManyResultsHaveNoAnswer() throws Exception {
        WorkSession session = open();
        for (int i = 0; i < 20; i++) {
            reply("complete", 503, error("busy"));
        }
        session.grant(5);
        var report = new StepReport(true, false, Duration.ZERO, null, null, null, "{\"success\":true}");
        for (int i = 0; i < 20; i++) {
            reply("poll", 200, ASSIGNMENTS.replace(STEP.toString(), new UUID(8, i).toString()));
            Assignment next = inbox.assigned.poll(20, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            var _ = session.complete(next, report);
        }
        for (int i = 0; i < 20; i++) {
            call("complete");
        }
        int polls = 0;
        Call next = Objects.requireNonNull(calls.poll(20, TimeUnit.SECONDS));
        while (!next.verb().equals("complete")) { // again, a second later
            polls += next.verb().equals("poll") ? 1 : 0;
            next = Objects.requireNonNull(calls.poll(20, TimeUnit.SECONDS));
        }

        assertThat(polls).as("but for one that was under way").isLessThanOrEqualTo(1);
        call("poll");
    }

    @Test
    void pollThatIsPutOffIsRepeated() throws Exception {
        WorkSession session = open();
        reply("poll", 503, error("busy"));

        assertThat(assigned(session).attempt()).isEqualTo(2);
        assertThat(sessions.get()).isEqualTo(1);
    }

    @Test
    void credentialIsAskedForAnewWithEverySession() throws Exception {
        AtomicInteger tokens = new AtomicInteger();
        source.close();
        source = source(
                "/behind/a/proxy",
                HttpWorkSourceConfig.DEFAULT.withCredential(
                        WorkerCredential.bearer(() -> "t" + tokens.incrementAndGet())));
        WorkSession session = open();
        assertThat(call("sessions").credential()).isEqualTo("Bearer t1");
        reply("poll", 401, error("expired"));
        session.grant(1);

        assertThat(call("poll").credential()).isEqualTo("Bearer t1");
        assertThat(call("sessions").credential()).isEqualTo("Bearer t2");
    }

    @Test
    void answerThatIsNoJsonEndsTheConnection() throws Exception {
        WorkSession session = open();
        reply("poll", 200, "[]");
        session.grant(1);
        call("sessions");

        assertThat(call("sessions").body()).contains("resume");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host", "http:///x", "http://host:1/?a=b"})
    void addressThatIsNoServerIsRefused(String address) {
        assertThatThrownBy(() -> new HttpWorkSource(URI.create(address), HttpWorkSourceConfig.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("server: " + address);
    }

    @Test
    void timesWithoutSenseAreRefused() {
        assertThatThrownBy(() ->
                        new HttpWorkSourceConfig(Duration.ofSeconds(31), Duration.ofSeconds(1), QUICK, null, null))
                .hasMessageContaining("poll_wait");
        assertThatThrownBy(() -> new HttpWorkSourceConfig(Duration.ZERO, Duration.ZERO, QUICK, null, null))
                .hasMessageContaining("call_timeout");
    }
}
