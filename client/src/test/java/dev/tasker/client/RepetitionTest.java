package dev.tasker.client;

import static dev.tasker.client.ScriptedServer.answer;
import static dev.tasker.client.ScriptedServer.loss;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** What is repeated when something breaks, and what is not. */
@Timeout(60)
class RepetitionTest {
    private static final RetryPolicy QUICK = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2));
    private static final UUID TASK = UUID.fromString("019cebab-8995-7d21-8f3e-6a1c2b9d4e50");
    private static final CreateTask PLAIN = CreateTask.of("shop", "order", "1.0.0", Map.of());
    private static final CreateTask KEYED = PLAIN.withIdempotencyKey("order-42");
    private static final String BUSY = "{\"error\":{\"code\":\"BACKPRESSURE\",\"message\":\"busy\"}}";
    private static final String GONE = "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"Resource not found\"}}";

    @Test
    void lostAnswersAreAskedForAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(loss(), answer(502, "proxy"), answer(200, task("complete")));
                TaskerClient client = client(server)) {
            assertThat(client.tasks().get(TASK).status()).isEqualTo(TaskState.COMPLETE);
            assertThat(server.calls()).hasSize(3);
        }
    }

    @Test
    void attemptsAreLimited() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                TaskerClient client = client(server)) {
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .isInstanceOfSatisfying(TaskerException.Unavailable.class, lost -> {
                        assertThat(lost.attempts()).isEqualTo(3);
                        assertThat(lost.status()).isZero();
                        assertThat(lost.code()).isEmpty();
                        assertThat(lost.requestId()).isNull();
                    })
                    .hasMessageContaining("has broken the connection");
            assertThat(server.calls()).as("the JDK repeats each once by itself").hasSizeBetween(3, 6);
        }
    }

    @Test
    void refusalsAreNotRepeated() throws Exception {
        try (ScriptedServer server = new ScriptedServer(answer(404, GONE));
                TaskerClient client = client(server)) {
            assertThatThrownBy(() -> client.tasks().get(TASK)).isInstanceOf(TaskerException.NotFound.class);
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void creationIsRepeatedUnderItsKeyAndNotWithoutOne() throws Exception {
        try (ScriptedServer server = new ScriptedServer(loss(), answer(200, task("steps_in_process")), loss());
                TaskerClient client = client(server)) {
            client.tasks().create(KEYED);
            assertThatThrownBy(() -> client.tasks().create(PLAIN)).isInstanceOf(TaskerException.Unavailable.class);

            assertThat(server.calls())
                    .containsExactly(
                            "POST /v1/tasks Idempotency-Key=order-42",
                            "POST /v1/tasks Idempotency-Key=order-42",
                            "POST /v1/tasks");
        }
    }

    @Test
    void creationThatWasCertainlyNotBegunIsRepeatedAnyway() throws Exception {
        try (ScriptedServer server = new ScriptedServer(answer(503, BUSY), answer(200, task("steps_in_process")));
                TaskerClient client = client(server)) {
            client.tasks().create(PLAIN);
            assertThat(server.calls()).hasSize(2);
        }
    }

    @Test
    void serverThatAsksForMoreTimeThanThereIsIsLeftAlone() throws Exception {
        try (ScriptedServer server = new ScriptedServer(answer(503, BUSY, "Retry-After", "60"));
                TaskerClient client = client(server)) {
            assertThatThrownBy(() -> client.tasks().create(KEYED))
                    .isInstanceOfSatisfying(
                            TaskerException.Backpressure.class,
                            busy -> assertThat(busy.retryAfter()).contains(Duration.ofSeconds(60)));
            assertThat(server.calls()).hasSize(1);
        }
    }

    @Test
    void cancellationWhoseAnswerWasLostIsASuccess() throws Exception {
        String refused = "{\"error\":{\"code\":\"BAD_REQUEST\",\"message\":\"Cannot cancel a completed task\"}}";
        try (ScriptedServer server = new ScriptedServer(loss(), answer(400, refused), answer(200, task("cancelled")));
                TaskerClient client = client(server)) {
            assertThat(client.tasks().cancel(TASK, null).status()).isEqualTo(TaskState.CANCELLED);
        }
        try (ScriptedServer server = new ScriptedServer(loss(), answer(400, refused), answer(200, task("complete")));
                TaskerClient client = client(server)) {
            assertThatThrownBy(() -> client.tasks().cancel(TASK, null)).isInstanceOf(TaskerException.Validation.class);
        }
    }

    @Test
    void serverThatIsNotThereIsOneSentence() throws Exception {
        URI nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + free.getLocalPort());
        }
        try (TaskerClient client = TaskerClient.of(ClientConfig.of(nobody).withRetries(QUICK))) {
            assertThatThrownBy(() -> client.tasks().create(PLAIN))
                    .isInstanceOfSatisfying(
                            TaskerException.Unavailable.class,
                            lost -> assertThat(lost.attempts())
                                    .as("never sent, so repeated even without a key")
                                    .isEqualTo(3))
                    .hasMessage("The server at " + nobody + " cannot be reached.");
        }
    }

    @Test
    void silenceEndsWithTheTimeLimit() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ScriptedServer.Act silence = _ -> {
            asked.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (ScriptedServer server = new ScriptedServer(silence, silence);
                TaskerClient client = TaskerClient.of(
                        ClientConfig.of(server.url()).withRetries(QUICK).withTimeout(Duration.ofMillis(200)));
                TaskerClient patient = client(server)) {
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .isInstanceOf(TaskerException.Timeout.class)
                    .hasMessageContaining("does not answer in time");

            FutureTask<Task> interrupted =
                    new FutureTask<>(() -> patient.tasks().get(TASK));
            Thread caller = Thread.ofVirtual().start(interrupted);
            asked.await();
            caller.interrupt();
            assertThatThrownBy(interrupted::get).hasCauseInstanceOf(InterruptedException.class);
            over.countDown();
        }
    }

    @Test
    void answerOfAnotherServerIsAProtocolError() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        answer(200, "<html>"), answer(200, "{}"), answer(200, "null"), answer(302, ""));
                TaskerClient client = client(server)) {
            assertThatThrownBy(() -> client.tasks().get(TASK)).isInstanceOf(TaskerException.Protocol.class);
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .isInstanceOf(TaskerException.Protocol.class)
                    .hasMessageContaining("task_uuid");
            assertThatThrownBy(() -> client.tasks().get(TASK)).isInstanceOf(TaskerException.Protocol.class);
            assertThatThrownBy(() -> client.tasks().get(TASK))
                    .as("redirects are not followed: credentials are for the server that was named")
                    .isInstanceOf(TaskerException.Protocol.class)
                    .hasMessage("HTTP 302");
        }
    }

    @Test
    void serverThatCannotWaitIsAskedAgainAndAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        answer(404, GONE),
                        answer(200, task("steps_in_process")),
                        answer(200, task("steps_in_process")),
                        answer(200, task("blocked_by_failures")));
                TaskerClient client = client(server)) {
            assertThat(client.tasks().await(TASK, Duration.ofSeconds(20)).status())
                    .isEqualTo(TaskState.BLOCKED_BY_FAILURES);
            assertThat(server.calls()).hasSize(4).last().isEqualTo("GET /v1/tasks/" + TASK);
        }
        try (ScriptedServer server = new ScriptedServer(
                        answer(404, GONE),
                        answer(200, task("steps_in_process")),
                        answer(200, task("steps_in_process")),
                        answer(200, task("steps_in_process")));
                TaskerClient client = client(server)) {
            assertThat(client.tasks().await(TASK, Duration.ofMillis(20)).status())
                    .isEqualTo(TaskState.STEPS_IN_PROCESS);
        }
    }

    @Test
    void brokenStreamIsTakenUpWhereItBrokeOff() throws Exception {
        String begin = event(
                "task", "7", "{\"task_uuid\":\"%s\",\"state\":\"steps_in_process\",\"at\":\"2026-01-01T00:00:00Z\"}");
        String step = "{\"task_uuid\":\"%s\",\"step_uuid\":\"019cebab-8995-7d22-a200-00000000c0d2\",\"name\":\"first\","
            + "\"version\":%d,\"from_state\":\"enqueued\",\"state\":\"%s\",\"via\":[],\"at\":\"2026-01-01T00:00:00Z\"}";
        String first = event("step", "8", step.formatted(TASK, 1, "in_progress"));
        String second = event("step", "9", step.formatted(TASK, 2, "complete"));
        try (ScriptedServer server = new ScriptedServer(
                        answer(200, begin + ": keep-alive\n\n" + first),
                        loss(),
                        answer(200, first + "event: later\ndata: x\n\n" + second + event("end", "9", "{}")));
                TaskerClient client = client(server);
                TaskEvents events = client.tasks().watch(TASK)) {
            assertThat(List.of(next(events), next(events), next(events)))
                    .containsExactly("steps_in_process", "in_progress", "complete");
            assertThat(events.next(Duration.ofSeconds(5))).isEmpty();
            assertThat(events.ended()).isTrue();
            assertThat(server.calls())
                    .containsExactly(
                            "GET /v1/tasks/" + TASK + "/events",
                            "GET /v1/tasks/" + TASK + "/events Last-Event-ID=8",
                            "GET /v1/tasks/" + TASK + "/events Last-Event-ID=8");
        }
    }

    @Test
    void streamThatNobodyServesIsGivenUp() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                TaskerClient client = client(server);
                TaskEvents events = client.tasks().watch(TASK)) {
            assertThatThrownBy(() -> events.next(Duration.ofSeconds(20)))
                    .isInstanceOf(TaskerException.Unavailable.class);
            assertThat(server.calls()).hasSizeBetween(3, 6);
        }
        try (ScriptedServer server = new ScriptedServer(answer(200, event("task", "7", "{}")));
                TaskerClient client = client(server);
                TaskEvents events = client.tasks().watch(TASK)) {
            assertThatThrownBy(() -> events.next(Duration.ofSeconds(20))).isInstanceOf(TaskerException.Protocol.class);
            events.close();
            assertThat(events.next(Duration.ofSeconds(20))).isEmpty();
        }
    }

    @Test
    void pausesAreRandomAndBounded() {
        RetryPolicy policy = new RetryPolicy(9, Duration.ofMillis(200), Duration.ofSeconds(5));
        Random random = new Random(1);

        for (int attempt = 1; attempt < 80; attempt++) {
            long bound = attempt > 5 ? 5_000 : 200L << (attempt - 1);
            assertThat(policy.pause(attempt, random)).isLessThan(Duration.ofMillis(bound));
        }
        assertThat(policy.pause(4, random)).isNotEqualTo(policy.pause(4, random));
        assertThat(RetryPolicy.NEVER.pause(1, random)).isZero();
        assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO))
                .hasMessageContaining("attempts: 0");
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("base: PT2S");
    }

    @Test
    void configurationsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> ClientConfig.of(URI.create("localhost:8080")))
                .hasMessageContaining("http://host:port");
        assertThatThrownBy(() -> ClientConfig.of(URI.create("ftp://host"))).hasMessageContaining("ftp://host");
        assertThatThrownBy(() -> ClientConfig.of(URI.create("http://h")).withTimeout(Duration.ZERO))
                .hasMessageContaining("timeout: PT0S");
    }

    private static String next(TaskEvents events) throws InterruptedException {
        return events.next(Duration.ofSeconds(20)).orElseThrow().state();
    }

    private static TaskerClient client(ScriptedServer server) {
        return TaskerClient.of(ClientConfig.of(server.url()).withRetries(QUICK));
    }

    private static String event(String kind, String id, String data) {
        return "id: " + id + "\nevent: " + kind + "\ndata: " + data.formatted(TASK) + "\n\n";
    }

    private static String task(String status) throws IOException {
        ObjectNode task = (ObjectNode) Json.MAPPER.readTree(Vectors.read("TaskResponse.json"));
        return task.put("status", status).toString();
    }
}
