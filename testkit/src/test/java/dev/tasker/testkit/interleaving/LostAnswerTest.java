package dev.tasker.testkit.interleaving;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.Engine;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.EngineListener;
import dev.tasker.engine.LaneConfig;
import dev.tasker.engine.LeaseConfig;
import dev.tasker.engine.Session;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.template.TemplateParser;
import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.fault.Fault;
import dev.tasker.testkit.fault.Fault.Kind;
import dev.tasker.testkit.fault.FaultyDataSource;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that breaks after the commit and before its acknowledgement: nothing is lost, nothing is done twice, nobody waits for a lease to end. */
@ExtendWith(DatabaseExtension.class)
class LostAnswerTest {
    private static final Duration SOON = Duration.ofSeconds(8);
    private static final EngineConfig CONFIG = EngineConfig.DEFAULT
            .withLanes(new LaneConfig(1, 1_000, 64L << 20, 500, 4L << 20))
            .withLeases(new LeaseConfig(Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ofSeconds(1)));

    private static final String CHAIN = """
        name: chain
        namespace_name: proof
        version: "1.0.0"
        steps:
          - {name: one, handler: {callable: work}}
          - {name: two, handler: {callable: work}, dependencies: [one]}
          - {name: three, handler: {callable: work}, dependencies: [two]}
        """;

    private static final String EVENT = """
        name: event
        namespace_name: proof
        version: "1.0.0"
        steps:
          - name: one
            handler: {callable: work}
            publishes_events: [{name: work.done, description: d, schema: {}, delivery_mode: broadcast}]
        """;

    private final TestDatabase database;
    private final FaultyDataSource pool;
    private final FaultyDataSource direct;
    private final Inbox inbox = new Inbox();
    private Engine engine;
    private int tasks;

    LostAnswerTest(TestDatabase database) {
        this.database = database;
        this.pool = new FaultyDataSource(database.dataSource());
        this.direct = new FaultyDataSource(database.dataSource());
        this.engine = open();
    }

    private Engine open() {
        return Engine.open(pool, direct, CONFIG, EngineListener.NONE);
    }

    @BeforeEach
    void register() {
        engine.register(TemplateParser.parse("chain.yaml", CHAIN).template());
    }

    @AfterEach
    void close() {
        engine.close();
        database.execute("TRUNCATE tasker.ready_steps; UPDATE tasker.worker_sessions SET expires_at = 'infinity'");
        database.execute("TRUNCATE tasker.tasks, tasker.task_identities, tasker.task_requests, tasker.workflow_steps,"
                + " tasker.timers, tasker.session_leases, tasker.task_history, tasker.step_history,"
                + " tasker.domain_events");
    }

    private UUID create() throws Exception {
        Creation creation = engine.create(TaskRequest.of("proof", "chain", "1.0.0", "{\"n\":" + tasks++ + "}"))
                .get(8, SECONDS);
        assertThat(creation).isInstanceOf(Creation.Created.class);
        return creation.taskUuid();
    }

    private static Completion complete(Session session, Assignment assignment) throws Exception {
        return session.complete(assignment, StepResult.success("1")).get(8, SECONDS);
    }

    private void finish(Session session, UUID task, String... steps) throws Exception {
        for (String step : steps) {
            Assignment assignment = inbox.next();
            assertThat(assignment.step().name()).isEqualTo(step);
            assertThat(complete(session, assignment)).isEqualTo(Completion.ACCEPTED);
        }
        assertThat(engine.task(task).orElseThrow().state()).isEqualTo(TaskState.COMPLETE);
        assertThat(engine.steps(task)).allMatch(step -> step.attempts() == 1);
        assertThat(inbox.rest()).isEmpty();
    }

    @Test
    void resultPublishesItsEventOnce() throws Exception {
        engine.register(TemplateParser.parse("event.yaml", EVENT).template());
        Session session = inbox.open(engine, true);
        session.grant(1);
        engine.create(TaskRequest.of("proof", "event", "1.0.0", "{\"n\":" + tasks++ + "}"))
                .get(8, SECONDS);
        Assignment assignment = inbox.next();
        Fault lost = direct.on("complete_steps", Kind.LOSE_ANSWER);

        assertThat(complete(session, assignment)).isEqualTo(Completion.ACCEPTED);

        assertThat(lost.hasStruck()).isTrue();
        assertThat(database.query(
                        "SELECT event_name FROM tasker.published_domain_events WHERE task_uuid = ?",
                        assignment.taskUuid()))
                .containsExactly("work.done");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void creationIsAnsweredWithItsOwnTask(boolean firstCallOfTheConnection) throws Exception {
        Session session = inbox.open(engine, true);
        session.grant(1);
        if (!firstCallOfTheConnection) {
            finish(session, create(), "one", "two", "three");
        }
        Fault lost = direct.on("create_tasks", Kind.LOSE_ANSWER);

        UUID task = create();

        assertThat(lost.hasStruck()).isTrue();
        assertThat(database.query(
                        "SELECT task_uuid FROM tasker.task_requests WHERE context = ?", "{\"n\":" + (tasks - 1) + "}"))
                .containsExactly(task.toString());
        finish(session, task, "one", "two", "three");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resultIsAcceptedAndItsSuccessorDeliveredOnce(boolean firstCallOfTheConnection) throws Exception {
        UUID task = create();
        if (firstCallOfTheConnection) {
            engine.close();
            engine = open();
        }
        Session session = inbox.open(engine, true);
        session.grant(1);
        Assignment one = inbox.next();
        direct.on("complete_steps", Kind.LOSE_ANSWER);

        assertThat(complete(session, one)).isEqualTo(Completion.ACCEPTED);

        finish(session, task, "two", "three");
    }

    @Test
    void heartbeatBeforeReconciliationLeavesTheLeaseToBeFound() throws Exception {
        Session session = inbox.open(engine, true);
        session.grant(1);
        UUID task = create();
        Assignment one = inbox.next();
        direct.on("complete_steps", Kind.LOSE_ANSWER);
        Fault reconciliation = direct.on("leases_of", Kind.PARK_BEFORE);
        Fault heartbeat = direct.on("tasker.heartbeat", Kind.PARK_AFTER);
        assertThat(complete(session, one)).isEqualTo(Completion.ACCEPTED);
        reconciliation.awaitStruck(SOON);
        session.heartbeat();
        heartbeat.awaitStruck(SOON);
        heartbeat.release();
        assertThat(database.audit()).isEmpty();

        reconciliation.release();

        finish(session, task, "two", "three");
    }

    @Test
    void claimedStepsAreDeliveredWithoutWaitingForTheirLeaseToEnd() throws Exception {
        Session session = inbox.open(engine, true);
        session.grant(1);
        create();
        Assignment held = inbox.next();
        UUID task = create();
        Fault lost = direct.on("claim_steps", Kind.LOSE_ANSWER);
        Fault reconciliation = direct.on("leases_of", Kind.PARK_BEFORE);
        Fault heartbeat = direct.on("tasker.heartbeat", Kind.PARK_AFTER);
        session.grant(1);
        lost.awaitStruck(SOON);
        reconciliation.awaitStruck(SOON);
        session.heartbeat();
        heartbeat.awaitStruck(SOON);
        heartbeat.release();

        reconciliation.release();

        finish(session, task, "one", "two", "three");
        assertThat(engine.metrics().freeSlots()).isEqualTo(1);
        assertThat(complete(session, held)).isEqualTo(Completion.ACCEPTED);
    }

    @Test
    void leaseOfAClaimThatOutlivesItsConnectionStaysInTheLog() throws Exception {
        Session session = inbox.open(engine, true);
        session.grant(1);
        create();
        inbox.next();
        UUID task = create();
        try (Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT FROM tasker.workflow_steps WHERE task_uuid = '" + task + "' FOR UPDATE");
            session.grant(1);
            Eventually.await(SOON, () -> waiting() == 1, () -> "the claim does not wait");
            Fault reconciliation = direct.on("leases_of", Kind.PARK_AFTER);
            direct.breakAll(); // at the server, the claim goes on waiting
            reconciliation.awaitStruck(SOON);
            reconciliation.release();
            Fault heartbeat = direct.on("tasker.heartbeat", Kind.PARK_AFTER);
            holder.commit();
            Eventually.await(SOON, () -> waiting() == 0 && isInProgress(task), () -> "the claim was not committed");
            session.heartbeat();
            heartbeat.awaitStruck(SOON);
            heartbeat.release();

            assertThat(database.audit()).isEmpty();
        }
    }

    private int waiting() {
        return Integer.parseInt(database.query("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN"
                        + " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())")
                .getFirst());
    }

    private boolean isInProgress(UUID task) {
        return database.query("SELECT count(*) FROM tasker.workflow_steps WHERE task_uuid = ? AND state = 2", task)
                .equals(List.of("1"));
    }

    @Test
    void stepGivenBackIsHandedOutAgainSoon() throws Exception {
        Session session = inbox.open(engine, true);
        session.grant(1);
        create();
        Assignment one = inbox.next();
        Fault lost = direct.on("reject_steps", Kind.LOSE_ANSWER);

        assertThat(session.reject(one.stepUuid(), one.leaseToken()).get(8, SECONDS))
                .isEqualTo(Completion.ACCEPTED);

        assertThat(lost.hasStruck()).isTrue();
        Assignment again = inbox.next();
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.leaseToken()).isGreaterThan(one.leaseToken());
    }

    @Test
    void resultThatArrivesDuringReconciliationIsNotDeliveredAgain() throws Exception {
        Session session = inbox.open(engine, true);
        session.grant(2);
        create();
        Assignment one = inbox.next();
        Fault reconciliation = direct.on("leases_of", Kind.PARK_AFTER);
        direct.on("create_tasks", Kind.LOSE_ANSWER);
        create();
        Assignment other = inbox.next();
        reconciliation.awaitStruck(SOON); // has read that step one is leased
        assertThat(complete(session, one)).isEqualTo(Completion.ACCEPTED);
        Assignment two = inbox.next();

        reconciliation.release();

        assertThat(complete(session, other)).isEqualTo(Completion.ACCEPTED);
        assertThat(complete(session, two)).isEqualTo(Completion.ACCEPTED);
        List<Assignment> next = inbox.next(2);
        assertThat(next).extracting(assignment -> assignment.step().name()).containsExactlyInAnyOrder("two", "three");
        assertThat(inbox.rest()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"LOSE_REQUEST", "LOSE_ANSWER"})
    void sessionIsRenewedByTheClaimThatFollowsAFailedOne(Kind kind) throws Exception {
        engine.close();
        engine = Engine.open(
                pool,
                direct,
                CONFIG.withLeases(
                        new LeaseConfig(Duration.ofMinutes(10), Duration.ofMillis(500), Duration.ofSeconds(1))),
                EngineListener.NONE);
        create();
        Session session = inbox.open(engine, false);
        long opened = System.nanoTime();
        Eventually.await(
                SOON, () -> System.nanoTime() - opened > Duration.ofMillis(510).toNanos(), () -> "time stands still");
        database.advance(Duration.ofHours(1));
        direct.on("claim_steps", kind);

        session.grant(1);

        inbox.next();
        assertThat(database.query(
                        "SELECT expires_at > tasker.engine_now() FROM tasker.worker_sessions WHERE session_uuid = ?",
                        session.uuid()))
                .containsExactly("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tasker.task_requests", "wanted(task_uuid, step_index)"})
    void leasedStepWhosePayloadCannotBeReadNowIsDeliveredLater(String read) throws Exception {
        create();
        engine.close();
        engine = open();
        Session session = inbox.open(engine, true);
        Fault lost = pool.on(read, Kind.LOSE_REQUEST);

        session.grant(1);

        assertThat(inbox.next().step().name()).isEqualTo("one");
        assertThat(lost.hasStruck()).isTrue();
    }
}
