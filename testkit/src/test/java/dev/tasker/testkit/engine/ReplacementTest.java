package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.RegisteredVersion;
import dev.tasker.template.TaskTemplate;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When a registered document may be replaced, and what a later version of Tasker makes of it (06 §18 point 3). */
@ExtendWith(DatabaseExtension.class)
class ReplacementTest {
    private static final EngineConfig KEEPING = TestNode.CONFIG.withReplacesTemplates(false);

    @Test
    void changedDocumentIsRefusedWhereTemplatesAreKept(TestDatabase database) {
        try (TestNode node = TestNode.open(database, KEEPING)) {
            TemplateFixture first = node.register(node.draft("kept", "a", "b:a").with("description: first"));
            RegisteredVersion registered = node.engine().register(first.template());
            TaskTemplate changed = node.draft("kept", "a", "c:a")
                    .with("description: second")
                    .with("identity_strategy: always_unique")
                    .template();

            assertThatThrownBy(() -> node.engine().register(changed))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_CHANGED))
                    .hasMessage(node.namespace() + "/kept/1.0.0: content hash " + changed.contentHash() + " (expected: "
                            + registered.contentHash()
                            + ", the registered one; or another version, or TASKER_TEMPLATE_OVERWRITE=true)");
            assertThat(node.states(node.create(first))).containsExactly("a=enqueued", "b=pending");
            assertThat(database.query(
                            "SELECT description || ' ' || identity_strategy FROM tasker.named_tasks WHERE name"
                                    + " = 'kept'"))
                    .containsExactly("first strict");
            assertThat(documents(database, node)).isEqualTo(1);
        }
    }

    @Test
    void sameDocumentAndNewVersionsAreAcceptedWhereTemplatesAreKept(TestDatabase database) {
        try (TestNode node = TestNode.open(database, KEEPING);
                TestNode other = node.another(KEEPING)) {
            TemplateFixture template = node.template("same", "a");
            RegisteredVersion first = node.engine().register(template.template());
            String before = updatedAt(database);

            assertThat(other.engine().register(template.template())).isEqualTo(first);
            assertThat(updatedAt(database)).isEqualTo(before);
            node.register(template.version("1.0.1"));
            assertThat(documents(database, node)).isEqualTo(2);
        }
    }

    @Test
    void replacedDocumentCannotComeBackWhereTemplatesAreKept(TestDatabase database) {
        try (TestNode developing = TestNode.open(database);
                TestNode keeping = developing.another(KEEPING)) {
            TemplateFixture first = developing.template("back", "a");
            TemplateFixture second = developing.template("back", "b");

            assertThatThrownBy(() -> keeping.engine().register(first.template()))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_CHANGED));
            assertThat(keeping.states(keeping.create(second))).containsExactly("b=enqueued");
        }
    }

    @Test
    void oneOfManyDocumentsRegisteredAtOnceWinsWhereTemplatesAreKept(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, KEEPING);
                TestNode other = node.another(KEEPING);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<RegisteredVersion>> calls = IntStream.range(0, 12)
                    .<Callable<RegisteredVersion>>mapToObj(i -> () -> (i % 2 == 0 ? node : other)
                            .engine()
                            .register(node.draft("race", "step" + i).template()))
                    .toList();
            List<RegisteredVersion> registered = new ArrayList<>();
            List<@Nullable Throwable> refused = new ArrayList<>();
            for (var done : threads.invokeAll(calls)) {
                try {
                    registered.add(done.get());
                } catch (ExecutionException e) {
                    refused.add(e.getCause());
                }
            }
            assertThat(registered).hasSize(1);
            assertThat(refused)
                    .hasSize(11)
                    .allSatisfy(cause -> assertThat(cause)
                            .isInstanceOfSatisfying(
                                    EngineException.class,
                                    e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_CHANGED)));
            assertThat(documents(database, node)).isEqualTo(1);
        }
    }

    @Test
    void documentInTheWordsOfAnEarlierVersionIsTheSame(TestDatabase database) {
        try (TestNode node = TestNode.open(database, KEEPING)) {
            TemplateFixture template = node.template("reworded", "a", "b:a");
            database.execute("UPDATE tasker.templates SET content_hash = 'of an earlier version',"
                    + " document = replace(document, '\"default_options\":{},', '') WHERE document LIKE '%reworded%'");
            try (TestNode upgraded = node.another(KEEPING)) {
                upgraded.register(template);
                assertThat(upgraded.states(upgraded.create(template))).containsExactly("a=enqueued", "b=pending");
            }
            assertThat(documents(database, node)).isEqualTo(1);
        }
    }

    @Test
    void storedDocumentThatBreaksALaterRuleStillRuns(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template =
                    node.register(node.draft("older", "a", "b:a").with("template_format: 1"));
            UUID task = node.create(template);
            database.execute("UPDATE tasker.templates SET document = replace(document, '{\"default_context\"',"
                    + " '{\"key_of_a_later_version\":1,\"default_context\"') WHERE document LIKE '%older%'");
            try (TestNode upgraded = node.another()) {
                HandDrivenWorker worker = upgraded.worker(1);
                worker.run("a");
                worker.run("b");
                assertThat(upgraded.states(task)).containsExactly("a=complete", "b=complete");
                assertThat(upgraded.states(upgraded.create(template.request("{\"n\":2}"))))
                        .containsExactly("a=in_progress", "b=pending");
                assertThat(upgraded.engine().templates(node.namespace())).hasSize(1);
            }
        }
    }

    @Test
    void templateThatCannotRunIsNotRegistered(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TaskTemplate broken = node.draft("enforced", "a")
                    .with("input_schema: {required: true}")
                    .with("environments: {test: {input_validation: enforce}}")
                    .template()
                    .withEnvironment("test");

            assertThatThrownBy(() -> node.engine().register(broken))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TEMPLATE))
                    .hasMessageContaining("INPUT_SCHEMA_INVALID at /input_schema/required");
            assertThat(node.engine().templates(node.namespace())).isEmpty();
        }
    }

    private static String updatedAt(TestDatabase database) {
        return database.query("SELECT updated_at FROM tasker.named_tasks WHERE name = 'same'")
                .toString();
    }

    private static int documents(TestDatabase database, TestNode node) {
        return Integer.parseInt(database.query(
                        "SELECT count(*) FROM tasker.templates WHERE document LIKE ?", "%" + node.namespace() + "%")
                .getFirst());
    }
}
