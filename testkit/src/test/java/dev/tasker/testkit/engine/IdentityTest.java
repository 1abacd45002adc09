package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Creation;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.TaskRequest;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When two requests ask for the same task (01 §6.1, §6.2). */
@ExtendWith(DatabaseExtension.class)
class IdentityTest {

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', textBlock = """
        {"a":1,"b":2}                      | {"b":2,"a":1}
        {"a":1,"b":2}                      | { "a" : 1 , "b" : 2 }
        {"o":{"x":{"p":1,"q":[1,2]},"y":2}}| {"o":{"y":2,"x":{"q":[1,2],"p":1}}}
        {"l":[{"a":1,"b":2}]}              | {"l":[{"b":2,"a":1}]}
        {"n":1}                            | {"n":1.0}
        {"n":100}                          | {"n":1e2}
        {"n":0.5}                          | {"n":5e-1}
        {"n":0}                            | {"n":-0.0}
        {"s":"\u00e4"}                     | {"s":"ä"}
        {"s":"a\\/b"}                      | {"s":"a/b"}
        {}                                 | { }
        """)
    void strictContextsThatMeanTheSameAreOneTask(String one, String other, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("same", "a");
            UUID task = node.create(template.request(one));
            assertThat(HandDrivenWorker.answer(node.engine().create(template.request(other))))
                    .isEqualTo(new Creation.Duplicate(task));
        }
    }

    @ParameterizedTest(name = "{0} is not {1}")
    @CsvSource(delimiter = '|', textBlock = """
        {"a":1}             | {"a":2}
        {"a":1}             | {"a":"1"}
        {"a":1}             | {"b":1}
        {"l":[1,2]}         | {"l":[2,1]}
        {"a":null}          | {}
        {"a":true}          | {"a":"true"}
        {"a":{}}            | {"a":[]}
        {"a":0.1}           | {"a":0.10000000000000001}
        {"n":9007199254740993} | {"n":9007199254740992}
        {"A":1}             | {"a":1}
        """)
    void strictContextsThatDifferAreTwoTasks(String one, String other, TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("different", "a");
            assertThat(node.create(template.request(one))).isNotEqualTo(node.create(template.request(other)));
        }
    }

    @Test
    void onlyContextAndTemplateAreIdentity(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("rest", "a");
            UUID task = node.create(template);
            TaskRequest other = new TaskRequest(
                    node.namespace(),
                    "rest",
                    "1.0.0",
                    "{}",
                    "someone",
                    "elsewhere",
                    "else",
                    "[\"x\"]",
                    50,
                    UUID.randomUUID(),
                    UUID.randomUUID(),
                    null);
            assertThat(HandDrivenWorker.answer(node.engine().create(other))).isEqualTo(new Creation.Duplicate(task));
            node.create(node.register(template.version("1.0.1")));
            node.create(node.template("rest2", "a"));
        }
    }

    @Test
    void defaultContextIsPartOfWhatIsStoredAndOfIdentity(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("defaults", "a").with("default_context: {region: eu, size: 1}"));
            UUID task = node.create(template.request("{\"size\":2}"));
            assertThat(node.task(task).context()).isEqualTo("{\"region\":\"eu\",\"size\":2}");
            assertThat(HandDrivenWorker.answer(
                            node.engine().create(template.request("{\"size\":2,\"region\":\"eu\"}"))))
                    .isEqualTo(new Creation.Duplicate(task));
        }
    }

    @Test
    void callerProvidedIdentityIsTheKey(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("keyed", "a").with("identity_strategy: caller_provided"));
            UUID task = node.create(template.request("{}").withIdempotencyKey("k1"));
            assertThat(HandDrivenWorker.answer(node.engine()
                            .create(template.request("{\"other\":1}").withIdempotencyKey("k1"))))
                    .isEqualTo(new Creation.Duplicate(task));
            node.create(template.request("{}").withIdempotencyKey("k2"));
            assertThatThrownBy(() -> node.create(template.request("{}")))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessage("idempotency_key is required when named task uses CallerProvided identity strategy");
        }
    }

    @Test
    void alwaysUniqueTasksNeverCollideButAKeyWins(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("unique", "a").with("identity_strategy: always_unique"));
            assertThat(node.create(template)).isNotEqualTo(node.create(template));
            UUID keyed = node.create(template.request("{}").withIdempotencyKey("k"));
            assertThat(HandDrivenWorker.answer(
                            node.engine().create(template.request("{}").withIdempotencyKey("k"))))
                    .isEqualTo(new Creation.Duplicate(keyed));
        }
    }

    @Test
    void keyWinsOverAStrictContext(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("strict", "a");
            UUID keyed = node.create(template.request("{}").withIdempotencyKey("{}"));
            UUID strict = node.create(template.request("{}"));
            assertThat(keyed).as("a key never equals a context").isNotEqualTo(strict);
            assertThat(node.create(template.request("{}").withIdempotencyKey("other")))
                    .isNotEqualTo(strict);
        }
    }

    @Test
    void identityOutlivesTheTask(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("done", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            worker.run("a");
            assertThat(HandDrivenWorker.answer(node.engine().create(template.request("{}"))))
                    .isEqualTo(new Creation.Duplicate(task));
        }
    }

    @Test
    void fiftyIdenticalSubmissionsAtOnceCreateOneTask(TestDatabase database) throws Exception {
        try (TestNode one = TestNode.open(database);
                TestNode other = one.another()) {
            TemplateFixture template = one.template("crowd", "a", "b:a");
            List<Creation> creations = new ArrayList<>();
            try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
                var submissions = IntStream.range(0, 50)
                        .mapToObj(i -> threads.submit(() -> HandDrivenWorker.answer(
                                (i % 2 == 0 ? one : other).engine().create(template.request("{\"same\":true}")))))
                        .toList();
                for (var submission : submissions) {
                    creations.add(submission.get());
                }
            }
            assertThat(creations.stream().filter(Creation.Created.class::isInstance))
                    .hasSize(1);
            assertThat(creations.stream().map(Creation::taskUuid).distinct()).hasSize(1);
            UUID task = creations.getFirst().taskUuid();
            assertThat(database.query("SELECT count(*) FROM tasker.workflow_steps WHERE task_uuid = ?", task))
                    .containsExactly("2");
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.tasks AS task JOIN tasker.task_requests USING (task_uuid)"
                                    + " JOIN tasker.templates AS template ON template.template_id = task.template_id"
                                    + " WHERE template.document LIKE ?",
                            "%" + one.namespace() + "%"))
                    .containsExactly("1");
        }
    }
}
