package dev.tasker.testkit.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.EngineException;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.ErrorCode;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is replaced by one that lacks the last commits: a standby that fell behind was promoted, or a backup restored. */
class FailoverTest {
    @TempDir
    Path folder;

    private EmbeddedPostgres server;
    private TestDatabase database;

    @BeforeEach
    void start() {
        server = EmbeddedPostgres.start(EmbeddedPostgresConfig.forTests(folder.resolve("primary")));
        database = TestDatabase.create(server, "proof");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void nodeStartedAnewRunsWhatTheStandbyKnows() throws Exception {
        UUID task;
        BaseBackup standby;
        String namespace;
        try (TestNode before = TestNode.open(database)) {
            HandDrivenWorker worker = before.worker(1);
            TemplateFixture template = before.template("two", "a", "b:a");
            namespace = before.namespace();
            task = before.create(template);
            Assignment a = worker.next("a");
            standby = BaseBackup.of(server, folder.resolve("standby"));
            worker.succeed(a, "1");
            worker.run("b");
            assertThat(before.task(task).state()).isEqualTo(TaskState.COMPLETE);
            server.kill();
        }
        promote(standby);
        try (TestNode after = TestNode.open(
                        database,
                        TestNode.CONFIG,
                        namespace,
                        database.dataSource(),
                        database.dataSource(),
                        EngineListener.NONE);
                HandDrivenWorker worker = after.worker(1)) {
            assertThat(after.step(task, "a").state()).isEqualTo(StepState.IN_PROGRESS);
            database.advance(TestNode.LEASE.plusMinutes(1));
            worker.run("a");
            worker.run("b");
            assertThat(after.task(task).state()).isEqualTo(TaskState.COMPLETE);
        }
        assertThat(database.audit()).isEmpty();
    }

    @Test
    void nodeThatLivesThroughItHandsOutAgainWhatItThoughtReported() throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker worker = node.worker(1)) {
            TemplateFixture template = node.template("two", "a", "b:a");
            UUID task = node.create(template);
            Assignment a = worker.next("a");
            BaseBackup standby = BaseBackup.of(server, folder.resolve("standby"));
            assertThat(worker.succeed(a, "1")).isEqualTo(Completion.ACCEPTED);
            worker.next("b");
            server.kill();
            promote(standby);

            worker.session().heartbeat();

            assertThat(worker.nextLost().step().name()).isEqualTo("b");
            worker.run("a");
            worker.run("b");
            assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(database.audit()).isEmpty();
        }
    }

    @Test
    void leasesOfASessionThatTheStandbyNeverSawRunOutAllTheSame() throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker other = node.worker(1)) {
            TemplateFixture template = node.template("one", "a");
            BaseBackup standby = BaseBackup.of(server, folder.resolve("standby"));
            HandDrivenWorker worker = node.worker(1);
            UUID first = node.create(template);
            UUID second = node.create(template.request("{\"n\": 2}"));
            other.run("a");
            worker.run("a");
            assertThat(node.task(first).state()).isEqualTo(TaskState.COMPLETE);
            assertThat(node.task(second).state()).isEqualTo(TaskState.COMPLETE);
            server.kill();
            promote(standby);
            worker.session().heartbeat();
            other.close();

            UUID third = node.create(template.request("{\"n\": 3}"));
            worker.next("a");
            node.runOut(worker);

            try (HandDrivenWorker heir = node.worker(1)) {
                heir.run("a");
                assertThat(node.task(third).state()).isEqualTo(TaskState.COMPLETE);
            }
            assertThat(database.audit()).isEmpty();
        }
    }

    @Test
    void sessionThatDrainedMeanwhileTakesNothingAfterwardsEither() throws Exception {
        try (TestNode node = TestNode.open(database);
                HandDrivenWorker draining = node.worker(1);
                HandDrivenWorker other = node.worker(1)) {
            BaseBackup standby = BaseBackup.of(server, folder.resolve("standby"));
            draining.session().drain();
            Eventually.equals("before", List.of("1"), this::takers);
            server.kill();
            promote(standby);

            Eventually.equals("after", List.of("1"), this::takers);
            node.create(node.template("one", "a"));
            other.run("a");
        }
    }

    private List<String> takers() {
        return database.query("SELECT count(*) FROM tasker.session_handlers");
    }

    @Test
    void templateThatTheStandbyNeverSawIsRegisteredAgain() throws Exception {
        try (TestNode node = TestNode.open(database)) {
            BaseBackup standby = BaseBackup.of(server, folder.resolve("standby"));
            TemplateFixture lost = node.template("lost", "b");
            try (HandDrivenWorker worker = node.worker(1)) {
                node.create(lost);
                worker.run("b");
                server.kill();
                promote(standby);
                Eventually.equals("sessions", List.of("1"), () -> sessions(worker));

                assertThatThrownBy(() -> node.create(lost))
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.TEMPLATE_NOT_FOUND));
                node.register(lost);
                UUID task = node.create(lost);
                worker.run("b");
                assertThat(node.task(task).state()).isEqualTo(TaskState.COMPLETE);
            }
            assertThat(database.audit()).isEmpty();
        }
    }

    private List<String> sessions(HandDrivenWorker worker) {
        return database.query("SELECT count(*) FROM tasker.worker_sessions WHERE session_uuid = ?", worker.uuid());
    }

    /** The standby takes the place of the server that died. */
    private void promote(BaseBackup standby) {
        int port = server.port();
        server.close();
        server = standby.restored(port);
        Eventually.equals("recovery", List.of("f"), () -> database.query("SELECT pg_is_in_recovery()"));
    }
}
