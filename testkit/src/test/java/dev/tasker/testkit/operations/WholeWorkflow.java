package dev.tasker.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.DomainEventBatch;
import dev.tasker.engine.Operator;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskExplanation;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Everything a server does with its database, once: whoever runs this may run servers. */
final class WholeWorkflow {
    private static final String EVENT = """
        publishes_events:
          - {name: paid, description: d, condition: success, schema: {}}
        retry: {retryable: true, max_attempts: 3}
        """;

    private final TestDatabase database;
    private final TestNode node;

    WholeWorkflow(TestDatabase database, TestNode node) {
        this.database = database;
        this.node = node;
    }

    void run() {
        TemplateFixture order = node.register(
                node.draft("order").step("basket", "").step("pay:basket", EVENT).step("ship:pay", ""));
        try (HandDrivenWorker worker = node.worker(4)) {
            UUID task = createsOnce(order);
            retriesAndPublishes(worker, task);
            explainsAndRepairs(worker, node.create(order.request("{\"order\":2}")));
            cancels(worker, node.create(order.request("{\"order\":3}")));
            keepsProgress(worker, node.create(order.request("{\"order\":4}")));
            takesBack(worker, node.create(order.request("{\"order\":5}")));
        }
        growsGraphs();
        assertThat(node.engine().templates(node.namespace())).isNotEmpty();
    }

    private UUID createsOnce(TemplateFixture order) {
        Creation first = HandDrivenWorker.answer(node.engine().create(order.request("{\"order\":1}")));
        Creation second = HandDrivenWorker.answer(node.engine().create(order.request("{\"order\":1}")));
        assertThat(first).isInstanceOf(Creation.Created.class);
        assertThat(second).isNotInstanceOf(Creation.Created.class);
        assertThat(second.taskUuid()).isEqualTo(first.taskUuid());
        return first.taskUuid();
    }

    private void retriesAndPublishes(HandDrivenWorker worker, UUID task) {
        worker.run("basket");
        worker.failRetryably(worker.next("pay"));
        assertThat(node.step(task, "pay").state()).isEqualTo(StepState.WAITING_FOR_RETRY);
        database.advance(Duration.ofMinutes(1));
        worker.run("pay");
        worker.run("ship");
        assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        DomainEventBatch events =
                node.engine().domainEvents().read(node.namespace(), "billing", 10, Duration.ofMinutes(1));
        assertThat(events.entries()).hasSize(1);
        assertThat(node.engine().domainEvents().acknowledge(events)).isTrue();
    }

    private void explainsAndRepairs(HandDrivenWorker worker, UUID task) {
        worker.failForGood(worker.next("basket"));
        TaskExplanation why = node.engine().why(task).orElseThrow();
        assertThat(why.steps()).isNotEmpty();
        UUID basket = node.step(task, "basket").stepUuid();
        ActionOutcome reset = HandDrivenWorker.answer(node.engine()
                .operate(task, basket, new StepAction.ResetForRetry("again", new Operator("kim", null), false)));
        assertThat(reset).isInstanceOf(ActionOutcome.Done.class);
        worker.run("basket");
        worker.run("pay");
        worker.run("ship");
    }

    private void cancels(HandDrivenWorker worker, UUID task) {
        Assignment running = worker.next("basket");
        ActionOutcome cancelled = HandDrivenWorker.answer(node.engine().cancel(task, Cancellation.UNEXPLAINED));
        assertThat(cancelled).isInstanceOf(ActionOutcome.Done.class);
        assertThat(worker.succeed(running, "1")).isEqualTo(Completion.STALE_LEASE);
        UUID lost = worker.nextLost().taskUuid();
        assertThat(lost).isEqualTo(task);
    }

    private void keepsProgress(HandDrivenWorker worker, UUID task) {
        Assignment basket = worker.next("basket");
        assertThat(HandDrivenWorker.answer(worker.session()
                        .checkpoint(basket.stepUuid(), basket.leaseToken(), new Checkpoint("7", 7, null, false))))
                .isEqualTo(Completion.ACCEPTED);
        worker.session().heartbeat();
        worker.reject(basket);
        assertThat(worker.next("basket").leaseToken()).isGreaterThan(basket.leaseToken());
        assertThat(HandDrivenWorker.answer(node.engine().cancel(List.of(task), Cancellation.UNEXPLAINED)))
                .hasSize(1);
    }

    private void takesBack(HandDrivenWorker worker, UUID task) {
        Assignment basket = worker.next("basket");
        node.runOut(worker);
        Eventually.equals(
                "lease", StepState.ENQUEUED, () -> node.step(task, "basket").state());
        assertThat(worker.succeed(basket, "1")).isEqualTo(Completion.STALE_LEASE);
        assertThat(HandDrivenWorker.answer(node.engine().cancel(task, Cancellation.UNEXPLAINED)))
                .isInstanceOf(ActionOutcome.Done.class);
    }

    private void growsGraphs() {
        TemplateFixture approval = node.register(node.draft("approval", "validate")
                .step("route:validate", "type: decision")
                .step("manager:route", "")
                .step("finance:route", ""));
        try (HandDrivenWorker worker = node.worker(2)) {
            UUID task = node.create(approval);
            worker.run("validate");
            worker.succeed(
                    worker.next("route"),
                    "{\"decision_point_outcome\":{\"type\":\"create_steps\",\"step_names\":[\"manager\"]}}");
            worker.run("manager");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
    }
}
