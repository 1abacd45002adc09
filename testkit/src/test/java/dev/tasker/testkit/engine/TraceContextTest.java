package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The trace that a task is part of reaches every step, on every node (03 §4.5). */
@ExtendWith(DatabaseExtension.class)
class TraceContextTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void nodeThatReadsTheTaskFromTheDatabaseKnowsItsTrace(TestDatabase database) {
        try (TestNode node = TestNode.open(database);
                TestNode other = node.another()) {
            TemplateFixture template = node.template("single", "only");
            node.create(template.request("{\"n\":1}").withTraceparent(PARENT));
            node.create(template.request("{\"n\":2}"));
            HandDrivenWorker worker = other.worker(1, "only");

            assertThat(worker.run("only").task().traceparent()).isEqualTo(PARENT);
            assertThat(worker.run("only").task().traceparent()).isNull();
        }
    }
}
