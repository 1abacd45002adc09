package dev.tasker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.client.CreateTask;
import dev.tasker.client.StepState;
import dev.tasker.client.Task;
import dev.tasker.client.TaskState;
import dev.tasker.client.TaskerClient;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.server.TaskerServer;
import dev.tasker.server.config.BindAddress;
import dev.tasker.server.config.Environment;
import dev.tasker.server.config.ServerConfig;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.Results;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every command that calls a server, against a real one. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class OperatorCommandsTest {
    private static final String NAMESPACE = "cli_test";

    private final AtomicInteger numbers = new AtomicInteger();
    private Path folder;
    private TaskerServer server;
    private TaskerClient client;
    private URI url;

    @BeforeAll
    void start(@TempDir Path made) {
        folder = made;
        server = TaskerServer.start(ServerConfig.defaults(Environment.TEST)
                .withEmbeddedDatabase(folder.resolve("pg"), false)
                .withAddresses(BindAddress.loopback(0), BindAddress.loopback(0)));
        url = server.restUrl().orElseThrow();
        client = TaskerClient.of(url);
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void taskIsCreatedShownAndListed() throws Exception {
        String template = register();
        Path input = Files.writeString(folder.resolve("input.json"), "{\"order\": 1}");

        Execution created = run(
                "task",
                "create",
                "-n",
                NAMESPACE,
                "--name",
                template,
                "-v",
                "1.0.0",
                "-i",
                "@" + input,
                "--set",
                "note=a b",
                "--set-json",
                "count=3",
                "--tag",
                "eu",
                "-p",
                "-7",
                "--format",
                "id");
        String task = created.out().strip();
        Execution shown = run("task", "get", task);
        Execution json = run("task", "get", task.substring(0, 13), "--json");
        Execution listed = run("task", "list", "-n", NAMESPACE, "--query", "name=" + template, "-s", "active");
        Execution lines = run("task", "list", "--query", "tag=eu name=" + template, "--format", "jsonl");
        Execution searched =
                run("task", "list", "--search", template + " EU", "--query", "context.order=1", "--format", "id");
        Execution missed = run("task", "list", "--query", "q=" + template + " context.order=2", "--format", "id");

        assertThat(created.exitCode()).as(created.err()).isZero();
        assertThat(shown.out())
                .containsPattern("Task +" + task)
                .containsPattern("Template +" + NAMESPACE + "/" + template + " v1.0.0")
                .containsPattern("Status +steps_in_process")
                .containsPattern("STEP +STATE +ATTEMPTS")
                .containsPattern("(?m)^first +enqueued +0/1");
        JsonNode read = JsonMapper.shared().readTree(json.out());
        assertThat(read.get("task_uuid").asString()).isEqualTo(task);
        assertThat(read.get("context").toString()).isEqualTo("{\"order\":1,\"note\":\"a b\",\"count\":3}");
        assertThat(read.get("priority").asInt()).isEqualTo(-7);
        assertThat(read.get("initiator").asString()).isEqualTo("tasker-ctl");
        assertThat(listed.out()).startsWith("TASK ").contains(task).endsWith("Page 1 of 1, 1 tasks in all\n");
        assertThat(lines.out().lines()).hasSize(1);
        assertThat(run("task", "list", "--query", "name=" + template, "--all", "--format", "id")
                        .out())
                .isEqualTo(task + "\n");
        assertThat(run("task", "list", "--query", "name=" + template, "--all").out())
                .startsWith("TASK ")
                .contains(task)
                .doesNotContain("Page");
        assertThat(searched.out().strip()).isEqualTo(task);
        assertThat(missed.out()).isEmpty();
    }

    @Test
    void inputIsReadFromWhereverItIs() {
        String template = register();

        assertThat(create(template, "--input", "[1]").exitCode()).isEqualTo(2);
        assertThat(create(template, "--input", "{").err()).startsWith("--input: not JSON");
        assertThat(create(template, "--input", "@/nowhere").err()).startsWith("--input: @/nowhere cannot be read");
        assertThat(create(template).err()).startsWith("Missing input");
        assertThat(create(template, "--input", "{}", "--priority", "500").exitCode())
                .isEqualTo(8);
        assertThat(run("task", "create", "-n", NAMESPACE, "--name", "none", "-i", "{}")
                        .exitCode())
                .isEqualTo(6);
    }

    @Test
    void secondTaskIsAConflictOrTheFirstOne() {
        String template = register();
        Execution first = create(template, "-i", "{}", "--format", "id");
        Execution conflict = create(template, "-i", "{}");
        Execution keyed = create(template, "-i", "{}", "--idempotency-key", "k1", "--format", "id");
        Execution again = create(template, "-i", "{}", "--idempotency-key", "k1", "--format", "id");

        assertThat(conflict.exitCode()).isEqualTo(7);
        assertThat(conflict.err())
                .isEqualTo("tasker: A task with this identity already exists. It is "
                        + first.out().strip() + ".\n");
        assertThat(again.out()).isEqualTo(keyed.out());
    }

    @Test
    void waitingAndWatchingEndWithTheTask() throws Exception {
        String template = register();
        UUID task = task(template);

        Execution early = run("task", "wait", task.toString(), "--timeout", "1");
        Execution tooEarly = run("task", "watch", task.toString(), "--timeout", "0");
        FutureTask<Execution> watching = new FutureTask<>(() -> run("task", "watch", task.toString()));
        Thread.ofVirtual().start(watching);
        work(template);
        Execution waited = run("task", "wait", task.toString(), "--for", "terminal");
        Execution wrongWay = run("task", "wait", task.toString(), "--for", "error");
        Execution late = run("task", "watch", task.toString(), "--format", "jsonl");

        assertThat(early.exitCode()).isEqualTo(124);
        assertThat(tooEarly.exitCode()).isEqualTo(124);
        assertThat(watching.get().exitCode()).as(watching.get().err()).isZero();
        assertThat(watching.get().out()).containsPattern("task +complete\n$");
        assertThat(waited.exitCode()).isZero();
        assertThat(waited.out()).containsPattern(task + " +complete +2/2");
        assertThat(wrongWay.exitCode()).isEqualTo(9);
        assertThat(late.out()).contains("\"state\":\"complete\"");
    }

    @Test
    void creationCanWait() {
        String template = register();
        FutureTask<Void> worker = new FutureTask<>(() -> work(template), null);
        Thread.ofVirtual().start(worker);
        Execution waited = create(template, "-i", "{\"w\":1}", "--wait");
        Thread.ofVirtual().start(new FutureTask<>(() -> work(template), null));
        Execution watched = create(template, "-i", "{\"w\":2}", "--watch");

        assertThat(waited.exitCode()).as(waited.err()).isZero();
        assertThat(waited.out()).contains("complete");
        assertThat(watched.exitCode()).as(watched.err()).isZero();
        assertThat(watched.out())
                .as("the last change, however late the stream begins")
                .containsPattern("task +complete\n$");
    }

    @Test
    void failedTaskIsExplainedAndRepaired() throws Exception {
        String template = register();
        UUID task = task(template);
        fail(template);

        Execution waited = run("task", "wait", task.toString());
        Execution blocked = run("task", "wait", task.toString(), "--for", "terminal", "--timeout", "1");
        Execution why = run("task", "why", task.toString());
        Execution steps = run("task", "steps", task.toString());
        Execution step = run("task", "step", task.toString(), "first");
        Execution audit = run("task", "step-audit", task.toString(), "first");
        Execution retried = run("task", "retry", task.toString());
        fail(template);
        Execution again = run("task", "retry", task.toString(), "--step", "first", "-r", "once more");
        fail(template);
        Execution reset = run("task", "reset-step", task.toString(), "first", "-r", "mended", "-b", "ann", "--yes");
        Execution history = run("task", "history", task.toString());

        assertThat(waited.exitCode()).isEqualTo(9);
        assertThat(blocked.exitCode()).isEqualTo(124);
        assertThat(why.out()).contains("first").contains("error");
        assertThat(steps.out()).containsPattern("(?m)^first +error +1/1 +0/0 ").contains("second");
        assertThat(step.out()).containsPattern("State +error").containsPattern("Attempts +1/1");
        assertThat(audit.out()).contains("enqueued_as_error_for_orchestration");
        assertThat(retried.out()).containsPattern("Status +steps_in_process");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(reset.exitCode()).as(reset.err()).isZero();
        assertThat(history.out()).contains("mended").contains("ann").contains("once more");
        assertThat(run("task", "step-audit", task.toString(), "second").out()).startsWith("No attempt");
    }

    @Test
    void stepsAreDoneByHand() throws Exception {
        UUID task = task(register());

        Execution unasked = run("task", "resolve", task.toString(), "first", "-r", "why not");
        Execution completed = run(
                "task",
                "complete",
                task.toString(),
                "first",
                "-r",
                "by hand",
                "--result",
                "{\"a\":1}",
                "--metadata",
                "{\"t\":2}",
                "--yes",
                "--json");
        Execution resolved = run("task", "resolve-step", task.toString(), "second", "-r", "not needed", "-y");
        Execution unknown = run("task", "step", task.toString(), "third");

        assertThat(unasked.exitCode()).isEqualTo(2);
        assertThat(unasked.err()).contains("will be taken as done").contains("add --yes");
        assertThat(JsonMapper.shared()
                        .readTree(completed.out())
                        .at("/results/result")
                        .toString())
                .isEqualTo("{\"a\":1}");
        assertThat(resolved.out()).containsPattern("State +resolved_manually");
        assertThat(client.tasks().get(task).status()).isEqualTo(TaskState.COMPLETE);
        assertThat(unknown.exitCode()).isEqualTo(6);
        assertThat(unknown.err()).contains("has no step third (expected: one of [first, second])");
    }

    @Test
    void tasksAreCancelledAndRetriedTogether() throws Exception {
        String template = register();
        UUID one = task(template);
        UUID two = task(template);
        UUID three = task(template);

        Execution dry = run("task", "cancel", one.toString(), "--dry-run");
        Execution unasked = run("task", "cancel", "--query", "name=" + template);
        Execution single = run("task", "cancel", one.toString(), "-r", "gone", "--yes");
        Execution rest = run("task", "cancel", "--query", "name=" + template + " status=active", "--yes");
        Execution none = run("task", "retry", one.toString(), two.toString(), "--yes");

        assertThat(dry.out()).containsPattern(one + " +would be cancelled");
        assertThat(unasked.err()).startsWith("3 tasks will be cancelled. Nobody can be asked");
        assertThat(single.out()).isEqualTo("Task " + one + " is cancelled.\n");
        assertThat(rest.out()).contains(two.toString(), three.toString()).doesNotContain(one.toString());
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(run("task", "retry", one.toString(), "--dry-run").out()).contains("would be retried");
        assertThat(run("task", "cancel").exitCode()).isEqualTo(2);
        assertThat(run("task", "retry", "--query", "name=" + template, "--step", "first")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void templatesArePushedAndShown() throws Exception {
        Path good = Files.writeString(folder.resolve("pushed.yaml"), template("pushed"));
        Path bad = Files.writeString(folder.resolve("bad.yaml"), "name: x\n");

        Execution checked = run("template", "push", "--dry-run", good.toString(), bad.toString());
        Execution pushed = run("template", "push", good.toString());
        Execution refused = run("template", "push", bad.toString());
        Execution listed = run("template", "list", "-n", NAMESPACE);
        Execution shown = run("template", "get", NAMESPACE + "/pushed");

        assertThat(checked.exitCode()).isEqualTo(8);
        assertThat(checked.out())
                .contains(good + ": valid\n")
                .contains(bad + ": not valid\n")
                .contains("error ");
        assertThat(pushed.out()).endsWith(good + ": registered as " + NAMESPACE + "/pushed/1.0.0\n");
        assertThat(refused.exitCode()).isEqualTo(8);
        assertThat(refused.err()).startsWith("tasker: Invalid task configuration");
        assertThat(listed.out()).containsPattern("(?m)^" + NAMESPACE + "/pushed +1.0.0 +2");
        assertThat(shown.out()).containsPattern("(?m)^first +1 attempts");
        assertThat(run("template", "get", "x").exitCode()).isEqualTo(2);
        assertThat(run("template", "get", "x/y/z").err()).startsWith("tasker: Not found: x/y/z. Template not found");
        assertThat(run("template", "push", folder.resolve("none.yaml").toString())
                        .err())
                .contains("cannot be read");
    }

    @Test
    void deadLettersAreLookedInto() throws Exception {
        UUID task = task(register());
        String entry = client.deadLetters().enter(task, null).dlqEntryUuid().toString();

        Execution queue = run("dlq", "queue");
        Execution updated = run("dlq", "update", entry, "-s", "MANUALLY_RESOLVED", "-n", "fine", "-b", "ann");
        Execution shown = run("dlq", "get", task.toString());

        assertThat(queue.out()).containsPattern(task + " +" + NAMESPACE);
        assertThat(updated.out()).isEqualTo("Noted.\n");
        assertThat(shown.out())
                .containsPattern("Status +manually_resolved")
                .containsPattern("Notes +fine")
                .contains("\"task_uuid\"");
        assertThat(run("dlq", "list", "-s", "manually_resolved", "--format", "id")
                        .out())
                .contains(entry);
        assertThat(run("dlq", "stats").out()).containsPattern("manual_dlq +\\d+ ");
        assertThat(run("dlq", "staleness").out()).startsWith("TASK");
        assertThat(run("dlq", "list", "-s", "odd").err()).startsWith("--status: odd (expected: pending,");
        assertThat(run("dlq", "update", entry).exitCode()).isEqualTo(2);
        assertThat(run("dlq", "update", entry, "-s", "pending").exitCode()).isEqualTo(7);
    }

    @Test
    void deadLetterIsRetriedWithItsTask() throws Exception {
        String template = register();
        UUID task = task(template);
        fail(template);
        String entry = client.deadLetters().enter(task, null).dlqEntryUuid().toString();

        Execution retried = run("dlq", "retry", entry, "-b", "ann");

        assertThat(retried.exitCode()).as(retried.err()).isZero();
        assertThat(retried.out()).containsPattern("Status +steps_in_process");
        assertThat(client.deadLetters().ofTask(task).resolutionStatus().text()).isEqualTo("manually_resolved");
        assertThat(client.deadLetters().ofTask(task).resolvedBy()).isEqualTo("ann");
        assertThat(run("dlq", "retry", entry).exitCode()).as("no longer open").isEqualTo(6);
    }

    @Test
    void resultIsPrintedAloneAndRunPrintsItAtTheEnd() throws Exception {
        String template = register();
        UUID task = task(template);
        String uuid = task.toString();
        assertThat(run("task", "result", uuid).exitCode()).isEqualTo(6);
        work(template);
        FutureTask<Execution> running =
                new FutureTask<>(() -> run("task", "run", "-n", NAMESPACE, "--name", template, "--set", "order=one"));
        Thread.ofVirtual().start(running);
        work(template);
        FutureTask<Execution> failing =
                new FutureTask<>(() -> run("task", "run", "-n", NAMESPACE, "--name", template, "--set", "order=two"));
        Thread.ofVirtual().start(failing);
        fail(template);

        assertThat(run("task", "result", uuid).out()).isEqualTo("\"second\"\n");
        assertThat(run("task", "result", uuid, "--step", "first").out()).isEqualTo("\"first\"\n");
        assertThat(running.get().out()).isEqualTo("\"second\"\n");
        assertThat(failing.get().exitCode()).isEqualTo(9);
        assertThat(failing.get().out()).isEmpty();
        assertThat(failing.get().err()).contains("is blocked_by_failures");
        assertThat(run("task", "run", "-n", NAMESPACE, "--name", template, "--set", "order=three", "--timeout", "1")
                        .exitCode())
                .isEqualTo(124);
    }

    @Test
    void manyTasksAreCreatedAtOnce() {
        String template = register();

        Execution many = create(template, "--set", "same=input", "--count", "40", "--format", "id");
        Execution keyed = create(template, "--set", "a=b", "--count", "2", "--idempotency-key", template);
        Execution again =
                create(template, "--set", "a=b", "--count", "2", "--idempotency-key", template, "--format", "id");

        assertThat(many.out().lines().distinct()).as(many.err()).hasSize(40);
        assertThat(keyed.out()).isEqualTo("2 tasks created.\n");
        assertThat(run("task", "list", "--query", "name=" + template, "-l", "100", "--format", "id")
                        .out()
                        .lines())
                .hasSize(42)
                .containsAll(again.out().lines().toList());
        assertThat(create(template, "--set", "a=b", "--count", "0").exitCode()).isEqualTo(2);
        assertThat(create("none", "--set", "a=b", "--count", "3").exitCode()).isEqualTo(6);
    }

    @Test
    void answersAreYamlAndCsvToo() throws Exception {
        String template = register();
        String task = task(template).toString();

        Execution yaml = run("task", "get", task, "--format", "yaml");
        Execution csv = run("task", "list", "--query", "name=" + template, "--format", "csv");

        assertThat(yaml.out()).contains("task_uuid: " + task, "status: steps_in_process", "  name: first");
        assertThat(csv.out().lines()).hasSize(2);
        assertThat(csv.out())
                .startsWith("task_uuid,name,namespace,")
                .contains(task + "," + template + "," + NAMESPACE, "\"{\"\"number\"\":");
    }

    @Test
    void taskIsDrawn() throws Exception {
        String template = register();
        UUID task = task(template);
        fail(template);
        client.deadLetters().enter(task, null);
        Path file = folder.resolve("drawn.md");

        Execution graph = run("task", "visualize", task.toString());
        Execution written = run(
                "task",
                "visualize",
                task.toString(),
                "-f",
                "markdown",
                "--base-url",
                "http://ui",
                "-o",
                file.toString());
        Execution json = run("task", "visualize", task.toString(), "-f", "json");

        assertThat(graph.out())
                .startsWith("graph TD\n")
                .contains("s0[\"first\"]:::error\n", "s1[\"second\"]:::pending\n", "s0 -.-> s1\n")
                .contains("classDef error");
        assertThat(written.exitCode()).as(written.err()).isZero();
        assertThat(Files.readString(file))
                .contains("```mermaid\ngraph TD\n", "> The task is in the dead-letter queue.")
                .containsPattern("\\| first \\| standard \\| cli\\.\\w+\\.first \\| error \\| .* \\| 1/1 \\| .* \\|"
                        + " \\[step]\\(http://ui/v1/tasks/");
        assertThat(JsonMapper.shared().readTree(json.out()).get("warnings")).hasSize(1);
    }

    @Test
    void versionsOfATemplateAreListed() {
        String template = register();

        assertThat(run("template", "versions", NAMESPACE + "/" + template).out())
                .containsPattern("(?m)^1\\.0\\.0 +2");
        assertThat(run("template", "versions", NAMESPACE + "/none").exitCode()).isEqualTo(6);
        assertThat(run("template", "versions", "none").exitCode()).isEqualTo(2);
    }

    @Test
    void commandsSpeakGrpcAsWell() throws Exception {
        String template = register();
        String grpc = "grpc://127.0.0.1:" + server.grpcPort().orElseThrow();
        UUID task = task(template);
        work(template);

        Execution shown = Execution.of("task", "get", task.toString().substring(0, 13), "--url", grpc);
        Execution waited = Execution.of("task", "wait", task.toString(), "--url", grpc);
        Execution why = Execution.of("task", "why", task.toString(), "--url", grpc);
        Execution plain =
                Execution.of("system", "health", "--transport", "grpc", "--url", grpc.replace("grpc:", "http:"));

        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out()).containsPattern("Status +complete").containsPattern("(?m)^first +complete +1/1");
        assertThat(waited.exitCode()).as(waited.err()).isZero();
        assertThat(why.exitCode()).isEqualTo(2);
        assertThat(why.err()).startsWith("tasker: Transport GRPC: tasks are not explained (expected: REST).");
        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(Execution.of("task", "list", "--transport", "pigeon").exitCode())
                .isEqualTo(2);
    }

    @Test
    void serverTellsOfItself() {
        Execution health = run("system", "health");

        assertThat(health.exitCode()).as(health.out()).isZero();
        assertThat(health.out()).containsPattern("Status +healthy").containsPattern("web_database +healthy");
        assertThat(run("system", "info").out()).containsPattern("State +Normal");
        assertThat(run("analytics", "performance", "--hours", "1").out()).containsPattern("Tasks in all +\\d");
        assertThat(run("analytics", "bottlenecks").out()).startsWith("STEP");
        assertThat(run("analytics", "performance", "--hours", "721").exitCode()).isEqualTo(8);
        assertThat(run("system", "config").exitCode()).isIn(0, 6);
    }

    @Test
    void unknownTasksAreOneSentenceOrOneObject() {
        String nobody = "0199a2b0-8d2f-7c3a-8e41-5d0a3c9b7f10";

        Execution sentence = run("task", "get", nobody);
        Execution object = run("task", "get", nobody, "--json");

        assertThat(sentence.exitCode()).isEqualTo(6);
        assertThat(sentence.err()).isEqualTo("tasker: Not found: " + nobody + ". Resource not found.\n");
        JsonNode error = JsonMapper.shared().readTree(object.err());
        assertThat(error.propertyNames()).containsExactly("code", "message", "status", "request_id", "hint");
        assertThat(error.get("code").asString()).isEqualTo("NOT_FOUND");
        assertThat(object.out()).isEmpty();
        assertThat(run("task", "steps", nobody).exitCode()).isEqualTo(6);
        assertThat(run("task", "step", nobody, "x").err()).isEqualTo("tasker: Task " + nobody + " does not exist.\n");
        assertThat(run("task", "get", "0199a2b0").err()).isEqualTo("tasker: No task begins with 0199a2b0.\n");
        assertThat(run("task", "get", "odd").exitCode()).isEqualTo(2);
    }

    @Test
    void beginningOfSeveralTasksIsNoTask() throws Exception {
        String template = register();
        String one = task(template).toString();
        String two = task(template).toString();
        int same = 0;
        while (one.charAt(same) == two.charAt(same)) {
            same++;
        }
        Execution several = run("task", "get", one.substring(0, Math.max(8, same)));

        assertThat(several.exitCode()).isEqualTo(2);
        assertThat(several.err()).contains("is the beginning of several tasks").contains(one, two);
        assertThat(run("task", "get", one.replace("-", "")).exitCode()).isZero();
    }

    private Execution create(String template, String... more) {
        List<String> arguments = new ArrayList<>(List.of("task", "create", "-n", NAMESPACE, "--name", template));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private Execution run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--url");
        all.add(url.toString());
        return Execution.of(all.toArray(String[]::new));
    }

    private String register() {
        String name = "pair" + numbers.incrementAndGet();
        server.register(name + ".yaml", template(name));
        return name;
    }

    private static String template(String name) {
        return """
            name: %s
            namespace_name: cli_test
            version: 1.0.0
            steps:
              - name: first
                handler: {callable: cli.%s.first}
                retry: {max_attempts: 1}
              - name: second
                dependencies: [first]
                handler: {callable: cli.%s.second}
            """.formatted(name, name, name);
    }

    private UUID task(String template) throws InterruptedException {
        Task task = client.tasks()
                .create(CreateTask.of(NAMESPACE, template, "1.0.0", Map.of("number", numbers.incrementAndGet())));
        assertThat(task.steps().getFirst().currentState()).isEqualTo(StepState.ENQUEUED);
        return task.taskUuid();
    }

    private HandDrivenWorker worker(String template) {
        return HandDrivenWorker.open(
                        server.engine(),
                        new SessionRequest(
                                "hand",
                                List.of(
                                        new HandlerKey(NAMESPACE, "cli." + template + ".first"),
                                        new HandlerKey(NAMESPACE, "cli." + template + ".second")),
                                true))
                .grant(4);
    }

    private void work(String template) {
        try (HandDrivenWorker worker = worker(template)) {
            worker.run("first");
            worker.run("second");
        }
    }

    private void fail(String template) {
        try (HandDrivenWorker worker = worker(template)) {
            worker.report(worker.next("first"), Results.retryable());
        }
    }
}
