package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.Session;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.TaskView;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseExtension.class)
class EngineTest {
    private static final String LINEAR = """
        name: linear
        namespace_name: test
        version: "1.0.0"
        steps:
          - name: one
            handler: {callable: a}
          - name: two
            handler: {callable: b}
            dependencies: [one]
          - name: three
            handler: {callable: c}
            dependencies: [two]
        """;

    private static final class Inbox implements AssignmentListener {
        private final BlockingQueue<Assignment> assignments = new LinkedBlockingQueue<>();

        @Override
        public void assigned(List<Assignment> arrived) {
            assignments.addAll(arrived);
        }

        @Override
        public void lost(Assignment assignment) {}

        private Assignment next() throws InterruptedException {
            Assignment next = assignments.poll(10, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }
    }

    @Test
    void linearTaskRunsToItsEndInOneSession(TestDatabase database) throws Exception {
        try (Engine engine = Engine.open(database.dataSource(), EngineConfig.DEFAULT)) {
            engine.register(TemplateParser.parse("linear.yaml", LINEAR).template());
            Inbox inbox = new Inbox();
            Session session = engine.openSession(
                    new SessionRequest("w", List.of(new HandlerKey("test", HandlerKey.ANY)), true), inbox);
            session.grant(1);
            Creation creation = engine.create(TaskRequest.of("test", "linear", "1.0.0", "{\"n\":1}"))
                    .get(5, TimeUnit.SECONDS);
            assertThat(creation).isInstanceOf(Creation.Created.class);
            UUID task = creation.taskUuid();
            for (String step : List.of("one", "two", "three")) {
                Assignment assignment = inbox.next();
                assertThat(assignment.step().name()).isEqualTo(step);
                assertThat(session.complete(assignment, StepResult.success("42"))
                                .get(5, TimeUnit.SECONDS))
                        .isEqualTo(Completion.ACCEPTED);
            }
            TaskView view = engine.task(task).orElseThrow();
            assertThat(view.state()).isEqualTo(TaskState.COMPLETE);
            assertThat(view.steps()).allMatch(step -> step.state() == StepState.COMPLETE && step.attempts() == 1);
            assertThat(view.execution().status()).isEqualTo("all_complete");
        }
    }

    @Test
    void listenerThatFailsCostsNobodyElseAnything(TestDatabase database) throws Exception {
        try (Engine engine = Engine.open(database.dataSource(), EngineConfig.DEFAULT)) {
            engine.register(TemplateParser.parse("linear.yaml", LINEAR).template());
            SessionRequest request = new SessionRequest("w", List.of(new HandlerKey("test", HandlerKey.ANY)), true);
            Session broken = engine.openSession(request, new AssignmentListener() {
                @Override
                public void assigned(List<Assignment> assignments) {
                    throw new IllegalStateException("broken listener");
                }

                @Override
                public void lost(Assignment assignment) {
                    throw new IllegalStateException("broken listener");
                }
            });
            broken.grant(1);

            Creation creation = engine.create(TaskRequest.of("test", "linear", "1.0.0", "{\"n\":2}"))
                    .get(5, TimeUnit.SECONDS);

            assertThat(creation).isInstanceOf(Creation.Created.class);
            broken.close(); // what it held is taken back
            Inbox inbox = new Inbox();
            Session sound = engine.openSession(request, inbox);
            sound.grant(1);
            Assignment again = inbox.next();
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(sound.complete(again, StepResult.success("1")).get(5, TimeUnit.SECONDS))
                    .isEqualTo(Completion.ACCEPTED);
        }
    }
}
