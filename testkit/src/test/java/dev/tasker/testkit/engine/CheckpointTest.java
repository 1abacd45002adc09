package dev.tasker.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Checkpoint;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.TaskState;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of saved progress (02 §7.5, 04 §4.6). */
@ExtendWith(DatabaseExtension.class)
class CheckpointTest {
    private static final String TIME = "\"timestamp\":\"[0-9-]{10}T[0-9:.]{15}Z\"";

    private static Checkpoint keep(String cursor, long items) {
        return new Checkpoint(cursor, items, null, false);
    }

    private static Checkpoint leave(String cursor, long items, @Nullable String accumulated) {
        return new Checkpoint(cursor, items, accumulated, true);
    }

    private static Completion save(HandDrivenWorker worker, Assignment assignment, Checkpoint checkpoint) {
        return HandDrivenWorker.answer(
                worker.session().checkpoint(assignment.stepUuid(), assignment.leaseToken(), checkpoint));
    }

    private static String record(TestDatabase database, UUID task) {
        return database.query(
                        "SELECT tasker.checkpoint_record(checkpoint, checkpoint_history) FROM tasker.workflow_steps"
                                + " WHERE task_uuid = ?",
                        task)
                .getFirst();
    }

    @Test
    void yieldWhoseAnswerTheDatabaseLostGoesOnOnceInTheSameAttempt(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("unheard", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next("a");
            Fault lost = direct.on("checkpoint_steps", Fault.Kind.LOSE_ANSWER);

            assertThat(save(worker, first, leave("7", 7, null))).isEqualTo(Completion.ACCEPTED);

            assertThat(lost.hasStruck()).isTrue();
            Assignment second = worker.next("a");
            assertThat(second.attempt()).isEqualTo(1);
            assertThat(second.leaseToken()).isEqualTo(first.leaseToken() + 1);
            assertThat(second.step().checkpoint()).contains("\"cursor\":7");
            assertThat(database.query(
                            "SELECT cardinality(checkpoint_history) FROM tasker.workflow_steps WHERE task_uuid = ?",
                            task))
                    .as("saved once")
                    .containsExactly("1");
            assertThat(node.engine().metrics().freeSlots()).isZero();
            assertThat(worker.succeed(second, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
            Eventually.equals("free slots", 1, () -> node.engine().metrics().freeSlots());
            assertThat(node.engine().metrics().heldLeases()).isZero();
            assertThat(worker.poll()).isNull();
        }
    }

    @Test
    void checkpointWhoseAnswerTheDatabaseLostIsSavedOnce(TestDatabase database) throws Exception {
        FaultyDataSource direct = new FaultyDataSource(database.dataSource());
        try (TestNode node = TestNode.open(database, TestNode.CONFIG, direct, EngineListener.NONE)) {
            TemplateFixture template = node.template("unheard-kept", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment only = worker.next("a");
            Fault lost = direct.on("checkpoint_steps", Fault.Kind.LOSE_ANSWER);

            assertThat(save(worker, only, keep("7", 7))).isEqualTo(Completion.ACCEPTED);

            assertThat(lost.hasStruck()).isTrue();
            assertThat(database.query(
                            "SELECT cardinality(checkpoint_history) FROM tasker.workflow_steps WHERE task_uuid = ?",
                            task))
                    .containsExactly("1");
            assertThat(worker.succeed(only, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
        }
    }

    @Test
    void yieldedStepGoesOnInTheSameAttemptWithTheWholeRecord(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("yields", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next("a");
            assertThat(first.step().checkpoint()).isNull();
            List<String> history = database.query(
                    "SELECT sort_key, to_state FROM tasker.workflow_step_transitions WHERE task_uuid = ? ORDER BY 1",
                    task);

            assertThat(save(worker, first, leave("500", 500, "{\"sum\":1.10}"))).isEqualTo(Completion.ACCEPTED);
            Assignment second = worker.next("a");
            assertThat(save(worker, second, leave("{\"row\":1000}", 1000, "{\"sum\":2.20}")))
                    .isEqualTo(Completion.ACCEPTED);
            Assignment third = worker.next("a");

            assertThat(List.of(first.attempt(), second.attempt(), third.attempt()))
                    .containsOnly(1);
            assertThat(third.leaseToken()).isEqualTo(first.leaseToken() + 2);
            assertThat(third.step().checkpoint())
                    .matches("\\{\"cursor\":\\{\"row\":1000},\"items_processed\":1000," + TIME
                            + ",\"accumulated_results\":\\{\"sum\":2\\.20},\"history\":\\[\\{\"cursor\":500," + TIME
                            + "},\\{\"cursor\":\\{\"row\":1000}," + TIME + "}]}")
                    .isEqualTo(record(database, task));
            assertThat(node.states(task)).containsExactly("a=in_progress", "b=pending");
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);
            assertThat(database.query(
                            "SELECT sort_key, to_state FROM tasker.workflow_step_transitions WHERE task_uuid = ? ORDER"
                                    + " BY 1",
                            task))
                    .isEqualTo(history);
            assertThat(worker.succeed(third, "3")).isEqualTo(Completion.ACCEPTED);
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.engine().metrics().freeSlots()).isEqualTo(1);
        }
    }

    @Test
    void outcomesUnderTheTokenBeforeAYieldAreStale(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("fenced", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next();
            save(worker, first, leave("1", 1, null));
            Assignment second = worker.next();

            assertThat(worker.succeed(first, "1")).isEqualTo(Completion.STALE_LEASE);
            assertThat(save(worker, first, leave("7", 7, null))).isEqualTo(Completion.STALE_LEASE);
            assertThat(save(worker, first, keep("8", 8))).isEqualTo(Completion.STALE_LEASE);
            assertThat(record(database, task)).contains("\"cursor\":1,\"items_processed\":1,");
            assertThat(worker.succeed(second, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(save(worker, second, keep("9", 9)))
                    .as("after the result")
                    .isEqualTo(Completion.STALE_LEASE);
            assertThat(node.engine().metrics().freeSlots()).isEqualTo(1);
        }
    }

    @Test
    void yieldThatComesTooLateGivesItsSlotBack(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("late", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            Assignment lease = worker.next("a");
            HandDrivenWorker other = node.worker(0);
            assertThat(other.succeed(lease, "1")).isEqualTo(Completion.ACCEPTED);

            assertThat(save(worker, lease, leave("1", 1, null))).isEqualTo(Completion.STALE_LEASE);

            worker.run("b");
        }
    }

    @Test
    void checkpointForNoLeaseIsInvalid(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("forged", "a", "b:a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment a = worker.next();
            for (Checkpoint checkpoint : List.of(keep("1", 1), leave("1", 1, null))) {
                for (UUID uuid : List.of(task, node.step(task, "b").stepUuid(), UUID.randomUUID())) {
                    assertThat(HandDrivenWorker.answer(worker.session().checkpoint(uuid, 1, checkpoint)))
                            .isEqualTo(Completion.INVALID);
                }
                assertThat(HandDrivenWorker.answer(worker.session().checkpoint(a.stepUuid(), 2, checkpoint)))
                        .isEqualTo(Completion.INVALID);
            }
            assertThat(save(worker, a, leave("\"\0\"", 1, null))).as("no text").isEqualTo(Completion.INVALID);
            assertThat(record(database, task)).isEqualTo("null");
            assertThat(worker.succeed(a, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void keptCheckpointRenewsTheLeaseAndServesTheNextAttemptAfterACrash(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.register(node.draft("crash").step("a", "retry: {max_attempts: 3}"));
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment first = worker.next();
            database.advance(TestNode.LEASE.minus(Duration.ofMinutes(1)));
            assertThat(save(worker, first, keep("40", 40))).isEqualTo(Completion.ACCEPTED);
            assertThat(database.query(
                            "SELECT expires_at > tasker.engine_now() + interval '59 min' FROM tasker.worker_sessions"
                                    + " WHERE session_uuid = ?",
                            worker.uuid()))
                    .containsExactly("t");
            assertThat(node.step(task, "a").attempts()).isEqualTo(1);

            HandDrivenWorker other = node.worker(1);
            node.runOut(worker);
            Assignment second = other.next();

            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.step().checkpoint()).contains("\"cursor\":40,").isEqualTo(record(database, task));
            assertThat(save(worker, first, keep("60", 60))).isEqualTo(Completion.STALE_LEASE);
            assertThat(save(other, second, leave("60", 60, null))).isEqualTo(Completion.ACCEPTED);
            Assignment third = other.next();
            assertThat(third.attempt()).isEqualTo(2);
            assertThat(third.step().checkpoint()).contains("\"history\":[{\"cursor\":40,", ",{\"cursor\":60,");
            assertThat(other.succeed(third, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void historyKeepsTheLastHundredAndRepeatedCheckpointsAddNothing(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("long", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            for (int i = 1; i <= 103; i++) {
                assertThat(save(worker, assignment, keep(String.valueOf(i), i))).isEqualTo(Completion.ACCEPTED);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(save(worker, assignment, keep("103", 103))).isEqualTo(Completion.ACCEPTED);
            }
            assertThat(database.query(
                            "SELECT cardinality(checkpoint_history), checkpoint_history[1] LIKE '{\"cursor\":4,%',"
                                + " checkpoint_history[100] LIKE '{\"cursor\":103,%' FROM tasker.workflow_steps WHERE"
                                + " task_uuid = ?",
                            task))
                    .containsExactly("100 t t");
            assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void whateverJsonTheCursorIsComesBackAsItWas(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("verbatim", "a");
            HandDrivenWorker worker = node.worker(1);
            node.create(template);
            Assignment assignment = worker.next();
            StringBuilder history = new StringBuilder();
            List<String> cursors = List.of(
                    "null",
                    "1.10",
                    "12345678901234567890123456789",
                    "\"\\u0000 %s \\\\ \u20AC\"",
                    "{\"a\":1,\"a\":2,\"history\":[]}",
                    "[]",
                    "\"\"");
            for (String cursor : cursors) {
                assertThat(save(worker, assignment, leave(cursor, 1, "[" + cursor + "]")))
                        .isEqualTo(Completion.ACCEPTED);
                assignment = worker.next();
                history.append(history.isEmpty() ? "" : ",")
                        .append("{\"cursor\":")
                        .append(cursor)
                        .append('}');
                assertThat(String.valueOf(assignment.step().checkpoint()).replaceAll("," + TIME, ""))
                        .isEqualTo("{\"cursor\":" + cursor + ",\"items_processed\":1,\"accumulated_results\":[" + cursor
                                + "],\"history\":[" + history + "]}");
            }
            assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.ACCEPTED);
        }
    }

    @Test
    void checkpointsSentTogetherAreSavedInOrderBeforeTheResult(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("burst", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            List<CompletableFuture<Completion>> answers = IntStream.rangeClosed(1, 20)
                    .mapToObj(i -> worker.session()
                            .checkpoint(assignment.stepUuid(), assignment.leaseToken(), keep(String.valueOf(i), i)))
                    .toList();
            assertThat(worker.succeed(assignment, "1")).isEqualTo(Completion.ACCEPTED);
            assertThat(answers.stream().map(HandDrivenWorker::answer)).containsOnly(Completion.ACCEPTED);
            assertThat(record(database, task)).contains("{\"cursor\":20,", "[{\"cursor\":1,");
        }
    }

    @Test
    void anotherSessionSavesForALeaseItKnowsAndAYieldGoesBackToTheQueue(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("relay", "a");
            HandDrivenWorker holder = node.worker(1);
            UUID task = node.create(template);
            Assignment first = holder.next();
            HandDrivenWorker other = node.worker(0);
            assertThat(save(other, first, leave("5", 5, null))).isEqualTo(Completion.ACCEPTED);
            assertThat(node.states(task)).containsExactly("a=enqueued");
            other.grant(1);
            Assignment again = other.next();
            assertThat(again.attempt()).isEqualTo(1);
            assertThat(again.step().checkpoint()).contains("\"cursor\":5,");
            assertThat(other.succeed(again, "1")).isEqualTo(Completion.ACCEPTED);
            holder.session().heartbeat();
            assertThat(holder.nextLost()).isEqualTo(first);
        }
    }

    @Test
    void failedStepKeepsItsCheckpointUntilItIsCleared(TestDatabase database) {
        try (TestNode node = TestNode.open(database)) {
            TemplateFixture template = node.template("kept", "a");
            HandDrivenWorker worker = node.worker(1);
            UUID task = node.create(template);
            Assignment assignment = worker.next();
            save(worker, assignment, keep("3", 3));
            assertThat(node.engine().clearCheckpoint(assignment.stepUuid()))
                    .as("while it runs")
                    .isFalse();
            worker.failForGood(assignment);
            assertThat(record(database, task)).contains("{\"cursor\":3,");
            assertThat(node.engine().clearCheckpoint(assignment.stepUuid())).isTrue();
            assertThat(record(database, task)).isEqualTo("null");
            assertThat(node.engine().clearCheckpoint(assignment.stepUuid())).isFalse();
        }
    }
}
