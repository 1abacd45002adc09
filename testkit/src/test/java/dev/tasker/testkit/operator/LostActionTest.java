package dev.tasker.testkit.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.ActionOutcome.Done;
import dev.tasker.engine.ActionOutcome.Refused;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.StepAction;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.Fault.Kind;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection that breaks around the commit of an operator's action: it is done once and answered as done. */
@ExtendWith(DatabaseExtension.class)
class LostActionTest {

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"LOSE_REQUEST", "LOSE_ANSWER"})
    void actionIsAnsweredAsDone(Kind kind, TestDatabase database) {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database);
                Engine engine = Engine.open(database.dataSource(), direct, TestNode.CONFIG, EngineListener.NONE)) {
            TemplateFixture template = node.template("lost", "a", "b");
            HandDrivenWorker worker = node.worker(2);
            UUID task = node.create(template);
            worker.next(2).all().forEach(worker::failForGood);
            for (StepAction action : List.of(Actions.reset(), Actions.complete("1"))) {
                Fault fault = direct.on("operate_steps", kind);
                UUID step = node.step(task, action instanceof StepAction.ResetForRetry ? "a" : "b")
                        .stepUuid();

                ActionOutcome outcome = HandDrivenWorker.answer(engine.operate(task, step, action));

                assertThat(fault.hasStruck()).isTrue();
                assertThat(outcome).isEqualTo(new Done());
            }
            assertThat(worker.next("a").attempt()).isEqualTo(1);
            assertThat(database.query(
                            "SELECT count(*) FROM tasker.step_history WHERE task_uuid = ? AND cause ="
                                    + " tasker.cause('operator')",
                            task))
                    .containsExactly("2");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"LOSE_REQUEST", "LOSE_ANSWER"})
    void cancellationIsAnsweredAsDone(Kind kind, TestDatabase database) {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database);
                Engine engine = Engine.open(database.dataSource(), direct, TestNode.CONFIG, EngineListener.NONE)) {
            UUID task = node.create(node.template("lost", "a"));
            Fault fault = direct.on("cancel_tasks", kind);

            ActionOutcome outcome =
                    HandDrivenWorker.answer(engine.cancel(task, new Cancellation("enough", Actions.ALICE)));

            assertThat(fault.hasStruck()).isTrue();
            assertThat(outcome).isEqualTo(new Done());
            assertThat(node.states(task)).containsExactly("a=cancelled");
        }
    }

    @Test
    void refusalIsARefusalAfterALostAnswerToo(TestDatabase database) {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database);
                Engine engine = Engine.open(database.dataSource(), direct, TestNode.CONFIG, EngineListener.NONE)) {
            UUID task = node.create(node.template("refused", "a"));
            HandDrivenWorker.answer(node.engine().cancel(task, Cancellation.UNEXPLAINED));
            direct.on("cancel_tasks", Kind.LOSE_ANSWER);
            assertThat(HandDrivenWorker.answer(engine.cancel(task, new Cancellation("again", Actions.ALICE))))
                    .isInstanceOf(Refused.class);
            direct.on("operate_steps", Kind.LOSE_ANSWER);
            assertThat(HandDrivenWorker.answer(
                            engine.operate(task, node.step(task, "a").stepUuid(), Actions.resolve())))
                    .isInstanceOf(Refused.class);
        }
    }
}
