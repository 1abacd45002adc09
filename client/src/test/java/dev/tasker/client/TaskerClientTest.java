package dev.tasker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every operation against a real server, over every transport. */
@ParameterizedClass
@EnumSource(Transport.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class TaskerClientTest {
    private static final Duration SECONDS_20 = Duration.ofSeconds(20);

    @Parameter
    Transport transport = Transport.REST;

    private Scene scene;
    private TaskerClient client;
    private TaskerClient rest;

    @BeforeAll
    void start(@TempDir Path folder) {
        scene = Scene.start(Scene.config(folder));
        rest = scene.client();
    }

    @BeforeEach
    void connect() {
        client = scene.client(transport);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @AfterAll
    void stop() {
        scene.close();
    }

    @Test
    void createdTaskIsReadInEveryWay() throws Exception {
        String template = scene.register();
        UUID correlation = UUID.randomUUID();
        UUID parent = UUID.randomUUID();
        CreateTask request = scene.request(template)
                .withOrigin("me", "my system", "because")
                .withTags(List.of("eu", "a b&c"))
                .withPriority(7)
                .withCorrelation(correlation, parent);

        Task created = client.tasks().create(request);
        Task read = client.tasks().get(created.taskUuid());
        TaskSummary summary = client.tasks().summary(created.taskUuid());

        assertThat(read).usingRecursiveComparison().ignoringFields("steps").isEqualTo(created);
        assertThat(read.status()).isEqualTo(TaskState.STEPS_IN_PROCESS);
        assertThat(read.context()).isEqualTo(request.context());
        assertThat(List.of(read.initiator(), read.sourceSystem(), read.reason()))
                .containsExactly("me", "my system", "because");
        assertThat(read.tags()).containsExactly("eu", "a b&c");
        assertThat(read.priority()).isEqualTo(7);
        assertThat(read.correlationId()).isEqualTo(correlation);
        assertThat(read.parentCorrelationId()).isEqualTo(parent);
        assertThat(read.steps()).extracting(Task.StepReadiness::name).containsExactly("first", "second");
        assertThat(summary.template().steps().getLast().dependencies()).containsExactly("first");
        assertThat(client.tasks()
                        .list(TaskQuery.all().name(template).tag("a b&c"), 1, 10)
                        .tasks())
                .extracting(Task::taskUuid)
                .containsExactly(created.taskUuid());
    }

    @Test
    void equalTaskIsAConflictAndTheSameKeyIsNot() throws Exception {
        CreateTask plain = scene.request(scene.register());
        CreateTask keyed = plain.withNewIdempotencyKey();

        Task first = client.tasks().create(plain);
        Task second = client.tasks().create(keyed);

        assertThat(second.taskUuid()).isNotEqualTo(first.taskUuid());
        assertThat(client.tasks().create(keyed).taskUuid()).isEqualTo(second.taskUuid());
        assertThatThrownBy(() -> client.tasks().create(plain))
                .isInstanceOfSatisfying(TaskerException.Conflict.class, conflict -> {
                    assertThat(conflict.existingTask()).contains(first.taskUuid());
                    assertThat(conflict.status()).isEqualTo(409);
                    assertThat(conflict.requestId()).isNotBlank();
                });
    }

    @Test
    void listsArePagedAndFiltered() throws Exception {
        String template = scene.register();
        List<UUID> created = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            created.addFirst(client.tasks().create(scene.request(template)).taskUuid());
        }
        TaskQuery query = TaskQuery.all().namespace(Scene.NAMESPACE).name(template);

        TaskPage numbered = client.tasks().list(query, 2, 2);

        assertThat(uuids(numbered)).containsExactly(created.getLast());
        assertThat(numbered.pagination().totalCount()).isEqualTo(3);
        assertThat(numbered.pagination().hasNext()).isFalse();
        assertThat(numbered.pagination().hasPrevious()).isTrue();
        assertThat(numbered.pagination().totalPages()).isEqualTo(2);
        Task any = numbered.tasks().getFirst();
        assertThat(uuids(client.tasks()
                        .list(
                                query.status("active")
                                        .initiator(any.initiator())
                                        .createdAfter(any.createdAt().minusSeconds(9))
                                        .createdBefore(any.createdAt().plusSeconds(9)),
                                1,
                                10)))
                .hasSize(3);
        assertThat(uuids(client.tasks().list(query.states(Set.of(TaskState.COMPLETE, TaskState.ERROR)), 1, 10)))
                .isEmpty();
        assertThatThrownBy(() -> client.tasks().list(query.status("odd"), 1, 10))
                .isInstanceOf(TaskerException.Validation.class)
                .hasMessageContaining("odd");
    }

    @Test
    void pagesByCursorAndFurtherConditionsAreForRestOnly() throws Exception {
        String template = scene.register();
        UUID older = rest.tasks().create(scene.request(template)).taskUuid();
        UUID newer = rest.tasks().create(scene.request(template)).taskUuid();
        TaskQuery query = TaskQuery.all().name(template);
        TaskQuery further = query.version("1.0.0").sourceSystem("tasker-client");

        switch (transport) {
            case REST -> {
                TaskPage first = client.tasks().after(further, null, 1);
                TaskPage second =
                        client.tasks().after(further, first.pagination().nextCursor(), 1);
                assertThat(uuids(first)).containsExactly(newer);
                assertThat(uuids(second)).containsExactly(older);
                assertThat(second.pagination().nextCursor()).isNull();
            }
            case GRPC -> {
                assertUnsupported(() -> client.tasks().after(query, null, 1));
                assertUnsupported(() -> client.tasks().list(further, 1, 10));
            }
        }
    }

    @Test
    void streamHasEveryTaskOnceAndAsksForNoMorePagesThanItNeeds() throws Exception {
        String template = scene.register();
        Set<UUID> created = new HashSet<>();
        for (int i = 0; i < TaskPages.PAGE + 5; i++) {
            created.add(rest.tasks().create(scene.request(template)).taskUuid());
        }
        TaskQuery query = TaskQuery.all().name(template);
        List<UUID> told = new ArrayList<>();
        Iterator<Task> tasks = client.tasks().stream(query).iterator();
        while (told.size() < TaskPages.PAGE) {
            told.add(tasks.next().taskUuid());
        }
        rest.tasks().create(scene.request(template)); // moves the next numbered page by one
        tasks.forEachRemaining(task -> told.add(task.taskUuid()));

        assertThat(told).doesNotHaveDuplicates().containsAll(created);
        assertThat(client.tasks().stream(query.tag("nobody has it"))).isEmpty();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.tasks().stream(query).findFirst()).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void severalTasksAreAwaitedTogether() throws Exception {
        String template = scene.register();
        String other = scene.register();
        String idle = scene.register();
        UUID first = client.tasks().create(scene.request(template)).taskUuid();
        UUID second = client.tasks().create(scene.request(other)).taskUuid();
        UUID never = client.tasks().create(scene.request(idle)).taskUuid();
        Thread worker = Thread.ofVirtual().start(() -> {
            scene.work(other);
            scene.work(template);
        });

        List<Task> ended = client.tasks().awaitAll(List.of(first, second), SECONDS_20);
        List<Task> early = client.tasks().awaitAll(List.of(never, first), Duration.ofMillis(50));

        worker.join();
        assertThat(ended).extracting(Task::taskUuid).containsExactly(first, second);
        assertThat(ended).extracting(Task::status).containsOnly(TaskState.COMPLETE);
        assertThat(early).extracting(Task::status).containsExactly(TaskState.STEPS_IN_PROCESS, TaskState.COMPLETE);
    }

    @Test
    void whatOnlyRestHasIsRefusedByTheOther() throws Exception {
        Assumptions.assumeTrue(transport == Transport.GRPC);
        UUID any = UUID.randomUUID();
        Selection many = Selection.of(List.of(any));

        assertUnsupported(() -> client.tasks().why(any));
        assertUnsupported(() -> client.tasks().timeline(any));
        assertUnsupported(() -> client.tasks().retry(any, "again"));
        assertUnsupported(() -> client.tasks().reopen(any, "again"));
        assertUnsupported(() -> client.tasks().cancel(many, null, true));
        assertUnsupported(() -> client.tasks().retry(many, null, true));
        assertUnsupported(() -> client.templates().register("name: x"));
        assertUnsupported(() -> client.templates().validate("name: x"));
        assertUnsupported(() -> client.deadLetters().enter(any, null));
        assertUnsupported(() -> client.health().metrics());
    }

    @Test
    void contextsKeepEveryDigitOrAreRefused() throws Exception {
        String template = scene.register();
        JsonNode kept = JsonMapper.shared().readTree("""
            {"whole": 9007199254740992, "part": 0.1, "deep": [{"none": null, "yes": true}, "text", 1e3]}
            """);
        JsonNode exact = JsonMapper.shared().readTree("{\"number\": 9007199254740993}");

        Task task = client.tasks().create(CreateTask.of(Scene.NAMESPACE, template, "1.0.0", kept));

        assertThat(client.tasks().get(task.taskUuid()).context().path("whole").asLong())
                .isEqualTo(9007199254740992L);
        assertThat(task.context().path("part").decimalValue()).isEqualByComparingTo("0.1");
        assertThat(task.context().path("deep").toString())
                .isIn(
                        "[{\"none\":null,\"yes\":true},\"text\",1000]",
                        "[{\"none\":null,\"yes\":true},\"text\",1E+3]",
                        "[{\"none\":null,\"yes\":true},\"text\",1000.0]");
        CreateTask request = CreateTask.of(Scene.NAMESPACE, template, "1.0.0", exact);
        switch (transport) {
            case REST -> assertThat(client.tasks().create(request).context()).isEqualTo(exact);
            case GRPC -> {
                assertUnsupported(() -> client.tasks().create(request));
                assertUnsupported(
                        () -> client.tasks().create(CreateTask.of(Scene.NAMESPACE, template, "1.0.0", List.of())));
            }
        }
    }

    @Test
    void taskThatIsNotThereIsNotFound() {
        UUID nowhere = UUID.randomUUID();

        assertThatThrownBy(() -> client.tasks().get(nowhere)).isInstanceOf(TaskerException.NotFound.class);
        assertThatThrownBy(() -> client.tasks().cancel(nowhere, null)).isInstanceOf(TaskerException.NotFound.class);
        assertThatThrownBy(() -> client.tasks().await(nowhere, SECONDS_20))
                .isInstanceOf(TaskerException.NotFound.class);
        assertThatThrownBy(() -> {
                    try (TaskEvents events = client.tasks().watch(nowhere)) {
                        events.next(SECONDS_20);
                    }
                })
                .isInstanceOfSatisfying(TaskerException.NotFound.class, unknown -> {
                    assertThat(unknown.status()).isEqualTo(404);
                    assertThat(unknown.code()).isEqualTo("NOT_FOUND");
                    assertThat(unknown.requestId()).isNotBlank();
                    assertThat(unknown.isRetryable()).isFalse();
                });
        assertThatThrownBy(() -> client.tasks().create(CreateTask.of(Scene.NAMESPACE, "none", "1.0.0", Map.of())))
                .as("a template")
                .isInstanceOf(TaskerException.NotFound.class);
    }

    @Test
    void waitingEndsWithTheTaskOrWithTheTime() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        Task unfinished = client.tasks().await(task, Duration.ofMillis(50));

        FutureTask<Task> waiting = new FutureTask<>(() -> client.tasks().await(task, SECONDS_20));
        Thread.ofVirtual().start(waiting);
        scene.work(template);

        assertThat(unfinished.status()).isEqualTo(TaskState.STEPS_IN_PROCESS);
        assertThat(waiting.get().status()).isEqualTo(TaskState.COMPLETE);
        List<Step> steps = client.steps().list(task);
        assertThat(steps.getFirst().result()).map(JsonNode::toString).contains("\"first\"");
        assertThat(steps.getFirst().result(String.class)).contains("first");
        assertThat(rest.tasks().timeline(task).changes())
                .extracting(TaskChange::state)
                .contains("in_progress", "complete");
    }

    @Test
    void followedTaskIsToldToItsEnd() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        List<String> told = new ArrayList<>();

        try (TaskEvents events = client.tasks().watch(task)) {
            told.add(line(events.next(SECONDS_20).orElseThrow()));
            scene.work(template);
            while (!events.ended()) {
                events.next(SECONDS_20).map(TaskerClientTest::line).ifPresent(told::add);
            }
            assertThat(events.next(Duration.ZERO)).isEmpty();
        }

        assertThat(told)
                .startsWith("task steps_in_process")
                .endsWith("task complete")
                .doesNotHaveDuplicates();
        assertThat(told).contains("first in_progress", "first complete", "second complete");
    }

    @Test
    void failedStepIsExplainedAndTriedAgain() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        scene.fail(template);

        Task blocked = client.tasks().await(task, SECONDS_20);
        TaskExplanation why = rest.tasks().why(task);
        Step failed = client.steps().list(task).getFirst();
        Task retried = rest.tasks().retry(task, "again");
        List<StepAudit> audit = client.steps().audit(task, failed.stepUuid());

        assertThat(blocked.status()).isEqualTo(TaskState.BLOCKED_BY_FAILURES);
        assertThat(why.steps()).extracting(TaskExplanation.Step::reason).contains("failed");
        assertThat(failed.currentState()).isEqualTo(StepState.ERROR);
        assertThat(failed.failure()).isPresent();
        assertThat(failed.result()).isEmpty();
        assertThat(retried.status()).isEqualTo(TaskState.STEPS_IN_PROCESS);
        assertThat(audit).hasSize(2);
        assertThat(audit.getLast().success()).isFalse();
    }

    @Test
    void operatorActsOnSteps() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        scene.fail(template);
        List<Step> steps = client.steps().list(task);
        UUID first = steps.getFirst().stepUuid();
        UUID second = steps.getLast().stepUuid();

        Step reset = client.steps().act(task, first, new StepAction.ResetForRetry("try", "me"));
        JsonNode result = JsonMapper.shared().readTree("{\"by\":\"hand\"}");
        Step completed =
                client.steps().act(task, first, new StepAction.CompleteManually(result, result, "checked", "me"));
        Step resolved = client.steps().act(task, second, new StepAction.ResolveManually("not needed", "me"));

        assertThat(reset.attempts()).isZero();
        assertThat(completed.result()).contains(result);
        assertThat(resolved.currentState()).isEqualTo(StepState.RESOLVED_MANUALLY);
        assertThat(client.steps().get(task, second)).isEqualTo(resolved);
        assertThat(client.tasks().get(task).status()).isEqualTo(TaskState.COMPLETE);
        assertThatThrownBy(() -> client.steps().act(task, first, new StepAction.ResetForRetry("again", "me")))
                .isInstanceOf(TaskerException.Validation.class);
    }

    @Test
    void tasksAreCancelledOneByOneAndTogether() throws Exception {
        String template = scene.register();
        UUID one = client.tasks().create(scene.request(template)).taskUuid();
        UUID other = client.tasks().create(scene.request(template)).taskUuid();

        BulkResult planned = rest.tasks().cancel(Selection.of(List.of(one)), null, true);
        Task cancelled = client.tasks().cancel(one, "no longer wanted & forgotten");
        BulkResult others =
                rest.tasks().cancel(Selection.of(TaskQuery.all().name(template).status("active")), "all", false);
        BulkResult late = rest.tasks().retry(Selection.of(List.of(one)), "late", false);

        assertThat(planned.dryRun()).isTrue();
        assertThat(planned.successful()).containsExactly(one);
        assertThat(cancelled.status()).isEqualTo(TaskState.CANCELLED);
        assertThat(others.successful()).containsExactly(other);
        assertThat(others.hasMore()).isFalse();
        assertThat(late.failed()).containsKey(one);
        assertThat(rest.tasks().timeline(one).changes().getLast().reason()).isEqualTo("no longer wanted & forgotten");
        assertThatThrownBy(() -> client.tasks().cancel(one, null))
                .isInstanceOf(TaskerException.Validation.class)
                .hasMessage("Cannot cancel a completed task");
        assertThatThrownBy(() -> rest.tasks().reopen(one, "oops")).isInstanceOf(TaskerException.class);
    }

    @Test
    void templatesAreRegisteredListedAndShown() throws Exception {
        String yaml = Scene.template("pushed");

        TemplateValidation checked = rest.templates().validate(yaml);
        TemplateValidation broken = rest.templates().validate("name: x");
        TemplateRegistration registered = rest.templates().register(yaml);
        TemplateRegistration again = rest.templates().register(yaml);
        Template shown = client.templates().get(Scene.NAMESPACE, "pushed", "1.0.0");

        assertThat(checked.valid()).isTrue();
        assertThat(broken.valid()).isFalse();
        assertThat(broken.findings()).extracting(TemplateFinding::severity).contains("error");
        assertThat(again).isEqualTo(registered);
        assertThat(shown.steps()).extracting(Template.TemplateStep::name).containsExactly("first", "second");
        assertThat(client.templates().list(Scene.NAMESPACE).templates())
                .extracting(TemplateList.Entry::name)
                .contains("pushed");
        assertThat(client.templates().list(null).totalCount()).isPositive();
        assertThatThrownBy(() -> client.templates().get(Scene.NAMESPACE, "push/ed?", "1.0.0"))
                .isInstanceOf(TaskerException.NotFound.class)
                .hasMessageContaining("push/ed?");
    }

    @Test
    void deadLettersAreOpenedNotedAndCounted() throws Exception {
        UUID task = client.tasks().create(scene.request(scene.register())).taskUuid();
        JsonNode ticket = JsonMapper.shared().valueToTree(Map.of("ticket", "OPS-7"));

        DeadLetter entered = rest.deadLetters().enter(task, ticket);
        List<QueuedDeadLetter> queue = client.deadLetters().queue(10);
        client.deadLetters()
                .update(
                        entered.dlqEntryUuid(),
                        new DeadLetterUpdate(DeadLetter.Status.MANUALLY_RESOLVED, "looked at", "me", null));
        DeadLetter closed = client.deadLetters().ofTask(task);

        assertThat(entered.dlqReason()).isEqualTo(DeadLetter.Reason.MANUAL_DLQ);
        assertThat(queue).extracting(QueuedDeadLetter::taskUuid).contains(task);
        assertThat(closed.resolutionStatus()).isEqualTo(DeadLetter.Status.MANUALLY_RESOLVED);
        assertThat(closed.resolutionNotes()).isEqualTo("looked at");
        assertThat(closed.metadata()).isEqualTo(ticket);
        assertThat(client.deadLetters().list(DeadLetter.Status.MANUALLY_RESOLVED, 10, 0))
                .contains(closed);
        assertThat(client.deadLetters().list(null, 10, 0)).contains(closed);
        assertThat(client.deadLetters().stats())
                .extracting(DeadLetterStats::dlqReason)
                .contains(DeadLetter.Reason.MANUAL_DLQ);
        assertThat(client.deadLetters().staleness(10)).isNotNull();
    }

    @Test
    void serverTellsOfItself() throws Exception {
        assertThat(client.health().basic().status()).isEqualTo("healthy");
        assertThat(client.health().live().status()).isEqualTo("alive");
        assertThat(client.health().ready().checks()).hasSize(5);
        HealthReport detailed = client.health().detailed();
        assertThat(detailed.checks()).hasSize(8);
        assertThat(detailed.info().operationalState()).isEqualTo("Normal");
        assertThat(rest.health().metrics()).contains("# TYPE");
        assertThat(client.analytics().performance(24).systemHealthScore()).isBetween(0.0, 1.0);
        assertThat(client.analytics().bottlenecks(5, 1).resourceUtilization().systemHealth())
                .containsKey("total_tasks");
        assertThatThrownBy(() -> client.analytics().performance(721)).isInstanceOf(TaskerException.Validation.class);
    }

    @Test
    void recordsAreThoseOfRest() throws Exception {
        String template = scene.register();
        UUID task = client.tasks().create(scene.request(template)).taskUuid();
        scene.fail(template);
        rest.deadLetters().enter(task, JsonMapper.shared().valueToTree(Map.of("ticket", "OPS-7", "share", 0.25)));
        List<Step> steps = rest.steps().list(task);
        UUID first = steps.getFirst().stepUuid();

        assertThat(client.tasks().get(task))
                .usingRecursiveComparison()
                .ignoringFields("steps.namedStepUuid")
                .isEqualTo(rest.tasks().get(task));
        assertThat(client.tasks().summary(task)).isEqualTo(rest.tasks().summary(task));
        assertThat(client.steps().list(task)).isEqualTo(steps);
        assertThat(client.steps().get(task, first)).isEqualTo(steps.getFirst());
        assertThat(client.steps().audit(task, first)).isEqualTo(rest.steps().audit(task, first));
        assertThat(client.templates().get(Scene.NAMESPACE, template, "1.0.0"))
                .isEqualTo(rest.templates().get(Scene.NAMESPACE, template, "1.0.0"));
        assertThat(client.templates().list(Scene.NAMESPACE))
                .isEqualTo(rest.templates().list(Scene.NAMESPACE));
        assertThat(client.deadLetters().ofTask(task))
                .usingRecursiveComparison()
                .ignoringFields("taskSnapshot") // a Struct does not tell 0.0 from 0
                .isEqualTo(rest.deadLetters().ofTask(task));
        assertThat(client.deadLetters().stats()).isEqualTo(rest.deadLetters().stats());
        assertThat(client.deadLetters().staleness(100).stream().map(StaleTask::taskUuid))
                .containsExactlyElementsOf(rest.deadLetters().staleness(100).stream()
                        .map(StaleTask::taskUuid)
                        .toList());
        assertThat(client.analytics().bottlenecks(5, 1).slowSteps())
                .isEqualTo(rest.analytics().bottlenecks(5, 1).slowSteps());
        assertThat(client.configuration())
                .usingRecursiveComparison()
                .ignoringFields("metadata.timestamp")
                .isEqualTo(rest.configuration());
    }

    @Test
    void closedClientIsOfNoUse() throws Exception {
        UUID task = client.tasks().create(scene.request(scene.register())).taskUuid();
        TaskerClient closed = scene.client(transport);
        TaskEvents events = closed.tasks().watch(task);
        assertThat(events.next(SECONDS_20)).isPresent();
        FutureTask<Optional<TaskChange>> waiting = new FutureTask<>(() -> events.next(SECONDS_20.multipliedBy(2)));
        Thread.ofVirtual().start(waiting);
        closed.close();

        assertThat(waiting.get()).as("told to whoever waits").isEmpty();

        assertThatThrownBy(() -> closed.health().live()).isInstanceOf(IllegalStateException.class);
    }

    private void assertUnsupported(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(TaskerException.Unsupported.class)
                .hasMessageStartingWith("Transport " + transport + ": ")
                .hasMessageEndingWith(" (expected: REST).");
    }

    private static List<UUID> uuids(TaskPage page) {
        return page.tasks().stream().map(Task::taskUuid).toList();
    }

    private static String line(TaskChange change) {
        return (change.name() == null ? "task" : change.name()) + " " + change.state();
    }
}
