package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Adoption;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.AssignmentListener;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Completion;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepResult;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leases that follow their worker to another node, and slots that are good once (04 §9.6). */
@ExtendWith(DatabaseExtension.class)
class AdoptionTest {

    /** What the sessions of a worker that has come back hear. */
    private static final class Ear implements AssignmentListener {
        final BlockingQueue<Assignment> assigned = new LinkedBlockingQueue<>();
        final BlockingQueue<Assignment> lost = new LinkedBlockingQueue<>();
        final BlockingQueue<Assignment> cancelled = new LinkedBlockingQueue<>();

        @Override
        public void assigned(List<Assignment> arrived) {
            assigned.addAll(arrived);
        }

        @Override
        public void lost(Assignment assignment) {
            lost.add(assignment);
        }

        @Override
        public void cancelled(Assignment assignment) {
            cancelled.add(assignment);
        }

        static Assignment next(BlockingQueue<Assignment> queue) throws InterruptedException {
            Assignment next = queue.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing within 10 s");
            }
            return next;
        }
    }

    private static SessionRequest request(TestNode node, boolean slotsReturn) {
        return new SessionRequest(
                "w", List.of(new HandlerKey(node.namespace(), HandlerKey.ANY)), false, null, slotsReturn);
    }

    @Test
    void leaseMovesWithItsWorkerAndOutlivesTheSessionThatGaveIt(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database, TestNode.CONFIG.withLeases(LeaseConfig.DEFAULT));
                TestNode second = node.another(TestNode.CONFIG.withLeases(LeaseConfig.DEFAULT))) {
            TemplateFixture template = node.template("moved", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment given = worker.next("a");
            var ear = new Ear();

            Adoption adoption =
                    second.engine().adopt(request(node, true), ear, Map.of(given.stepUuid(), given.leaseToken()));
            Assignment again = Ear.next(ear.assigned);
            node.runOut(worker);
            worker.close();

            assertThat(adoption.steps()).containsExactly(given.stepUuid());
            assertThat(again.stepUuid()).isEqualTo(given.stepUuid());
            assertThat(again.leaseToken()).isEqualTo(given.leaseToken());
            assertThat(again.attempt()).isEqualTo(1);
            adoption.session().heartbeat();
            HandDrivenWorker other = second.worker(5);
            UUID probe = node.create(template.request("{\"n\":2}"));
            assertThat(other.next("a").taskUuid()).as("recovery had its turn").isEqualTo(probe);
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=pending");
            assertThat(adoption.session()
                            .complete(again, StepResult.success("1"))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo(Completion.ACCEPTED);
            Eventually.equals("the steps", List.of("a=complete", "b=in_progress"), () -> node.states(task));
            adoption.session().close();
        }
    }

    @Test
    void leasesThatEndedAreNotAdopted(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("ended", "a", "b", "c");
            HandDrivenWorker worker = node.worker(3);
            node.create(template);
            Assignment done = worker.next();
            Assignment returned = worker.next();
            Assignment held = worker.next();
            worker.succeed(done, "1");
            worker.reject(returned);
            Assignment later = worker.next();
            assertThat(later.stepUuid()).isEqualTo(returned.stepUuid());

            Adoption adoption = node.engine()
                    .adopt(
                            request(node, true),
                            new Ear(),
                            Map.of(
                                    done.stepUuid(), done.leaseToken(),
                                    returned.stepUuid(), returned.leaseToken(),
                                    held.stepUuid(), held.leaseToken(),
                                    UUID.randomUUID(), 1));

            assertThat(adoption.steps()).containsExactly(held.stepUuid());
            adoption.session().close();
            worker.close();
        }
    }

    @Test
    void adoptedLeaseRunsOutWhenNobodyRenewsIt(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("mute2", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment given = worker.next("a");
            var ear = new Ear();
            Adoption adoption =
                    node.engine().adopt(request(node, true), ear, Map.of(given.stepUuid(), given.leaseToken()));
            worker.close();

            database.advance(TestNode.LEASE.plusMinutes(1));

            Eventually.equals("the steps", List.of("a=enqueued"), () -> node.states(task));
            adoption.session().heartbeat();
            assertThat(Ear.next(ear.lost).stepUuid()).isEqualTo(given.stepUuid());
            adoption.session().close();
        }
    }

    @Test
    void cancellationIsToldAsSuchHereAndByTheHeartbeatElsewhere(TestDatabase database) throws Exception {
        try (TestNode node = TestNode.open(database);
                TestNode second = node.another()) {
            TemplateFixture template = node.template("cancelled", "a");
            UUID here = node.create(template.request("{\"n\":1}"));
            UUID there = node.create(template.request("{\"n\":2}"));
            var ear = new Ear();
            var session = node.engine().openSession(request(node, true), ear);
            session.grant(2);
            Ear.next(ear.assigned);
            Ear.next(ear.assigned);

            node.engine().cancel(here, Cancellation.UNEXPLAINED).get(10, TimeUnit.SECONDS);
            assertThat(Ear.next(ear.cancelled).taskUuid()).isEqualTo(here);
            second.engine().cancel(there, Cancellation.UNEXPLAINED).get(10, TimeUnit.SECONDS);
            session.heartbeat();

            assertThat(Ear.next(ear.cancelled).taskUuid()).isEqualTo(there);
            assertThat(ear.lost).isEmpty();
            session.close();
        }
    }

    @Test
    void slotThatDoesNotReturnIsGoodForOneAssignment(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("once", "a", "b:a", "c:b");
            HandDrivenWorker worker = HandDrivenWorker.open(node.engine(), request(node, false));
            worker.grant(1);
            UUID task = node.create(template);

            worker.run("a");
            assertThat(node.states(task)).containsExactly("a=complete", "b=enqueued", "c=pending");
            worker.grant(2);
            worker.run("b");
            assertThat(node.states(task))
                    .as("the other slot")
                    .containsExactly("a=complete", "b=complete", "c=in_progress");
            worker.run("c");
            worker.reject(rejectable(node, worker, template));
            UUID last = node.create(template.request("{\"n\":3}"));
            assertThat(node.states(last)).first().isEqualTo("a=enqueued");
            worker.close();
        }
    }

    private static Assignment rejectable(TestNode node, HandDrivenWorker worker, TemplateFixture template) {
        worker.grant(1);
        node.create(template.request("{\"n\":2}"));
        return worker.next("a");
    }

    @Test
    void withdrawnSlotsTakeNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("withdrawn", "a");
            HandDrivenWorker worker = HandDrivenWorker.open(node.engine(), request(node, false));
            worker.grant(3);
            worker.session().withdraw(3);

            UUID task = node.create(template);

            assertThat(node.states(task)).containsExactly("a=enqueued");
            worker.grant(1);
            worker.run("a");
            worker.close();
        }
    }
}
