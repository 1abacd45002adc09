package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.RegisteredVersion;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TemplateSummary;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Registered templates (06 §18). */
@ExtendWith(DatabaseExtension.class)
class CatalogueTest {

    @Test
    void registeringTheSameDocumentAgainChangesNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            TemplateFixture template = node.draft("twice", "a", "b:a");
            RegisteredVersion first = node.engine().register(template.template());
            assertThat(node.engine().register(template.template())).isEqualTo(first);
            assertThat(other.engine().register(template.template())).isEqualTo(first);
            assertThat(first.contentHash()).matches("[0-9a-f]{64}");
            assertThat(documents(database, node)).isEqualTo(1);
        }
    }

    @Test
    void registeringAtTheSameTimeIsOneDocument(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TemplateFixture template = node.draft("atonce", "a", "b:a");
            List<Callable<RegisteredVersion>> calls = IntStream.range(0, 16)
                    .<Callable<RegisteredVersion>>mapToObj(
                            _ -> () -> node.engine().register(template.template()))
                    .toList();
            for (var done : threads.invokeAll(calls)) {
                assertThat(done.get().name()).isEqualTo("atonce");
            }
            assertThat(documents(database, node)).isEqualTo(1);
        }
    }

    @Test
    void runningTasksKeepTheDocumentTheyStartedWith(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture before = node.template("changing", "a", "b:a");
            HandDrivenWorker worker = node.worker(2);
            UUID old = node.create(before.request("{\"n\":1}"));
            worker.next("a");
            node.template("changing", "a", "c:a", "d:c");
            UUID young = node.create(before.request("{\"n\":2}"));
            worker.next("a");
            assertThat(node.states(old)).containsExactly("a=in_progress", "b=pending");
            assertThat(node.states(young)).containsExactly("a=in_progress", "c=pending", "d=pending");

            node.register(before);
            UUID third = node.create(before.request("{\"n\":3}"));
            assertThat(node.states(third)).containsExactly("a=enqueued", "b=pending");
            assertThat(documents(database, node))
                    .as("going back reuses the first document")
                    .isEqualTo(2);
        }
    }

    @Test
    void versionsStandSideBySide(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture one = node.template("versions", "a");
            TemplateFixture two = node.register(one.version("2.0.0"));
            HandDrivenWorker worker = node.worker(1);
            UUID first = node.create(one);
            worker.run("a");
            UUID second = node.create(two);
            worker.run("a");
            assertThat(node.task(first).version()).isEqualTo("1.0.0");
            assertThat(node.task(second).version()).isEqualTo("2.0.0");
            assertThat(node.task(second).state()).isEqualTo(TaskState.COMPLETE);
        }
    }

    @Test
    void templatesAreListedByNamespaceNameAndVersion(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode foreign = TestNode.open(database)) {
            TemplateFixture b = node.register(node.draft("b", "x", "y").with("description: \"what b does\""));
            node.register(b.version("0.9.0"));
            node.template("a", "x");
            foreign.template("z", "x");
            List<TemplateSummary> own = node.engine().templates(node.namespace());
            assertThat(own)
                    .containsExactly(
                            summary(node, "a", "1.0.0", null, 1),
                            summary(node, "b", "0.9.0", "what b does", 2),
                            summary(node, "b", "1.0.0", "what b does", 2));
            assertThat(node.engine().templates(null)).containsAll(own).hasSizeGreaterThan(3);
            assertThat(node.engine().templates("none")).isEmpty();
        }
    }

    @Test
    void identityStrategyFollowsTheLastRegistration(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture strict = node.template("strategy", "a");
            node.create(strict);
            TemplateFixture unique = node.register(strict.with("identity_strategy: always_unique"));
            node.create(unique);
            node.create(unique);
        }
    }

    private static TemplateSummary summary(
            TestNode node,
            String name,
            String version,
            @org.jspecify.annotations.Nullable String description,
            int steps) {
        return new TemplateSummary(
                node.namespace(), "Auto-created namespace for " + node.namespace(), name, version, description, steps);
    }

    private static int documents(TestDatabase database, TestNode node) {
        return Integer.parseInt(database.query(
                        "SELECT count(*) FROM tasker.templates JOIN tasker.named_tasks USING (named_task_uuid) JOIN"
                            + " tasker.task_namespaces AS namespace USING (task_namespace_uuid) WHERE namespace.name ="
                            + " ?",
                        node.namespace())
                .getFirst());
    }
}
