package dev.tasker.testkit.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.interleaving.Stage.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pairs of writers have to lead to, named: the results that {@link InterleavingTest} takes for granted. */
@ExtendWith(DatabaseExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoWritersTest {
    private static final Duration SOON = Duration.ofSeconds(8);
    private static final String STEP =
            "SELECT tasker.step_state_name(state), pending_parents, lease_token, attempts FROM tasker.workflow_steps"
                    + " WHERE task_uuid = ?::uuid AND step_index = ?";
    private static final String READY =
            "SELECT count(*) FROM tasker.ready_steps WHERE task_uuid = ?::uuid AND step_index = ?";
    private static final int A = 1;
    private static final int B = 2;
    private static final int C = 5;

    private TestDatabase database;
    private Stage stage;
    private Operations operations;

    @BeforeAll
    void setUp(TestDatabase given) throws SQLException {
        database = given;
        stage = new Stage(given);
        operations = new Operations(stage);
    }

    @AfterEach
    void mend() throws SQLException {
        stage.leaveMended();
    }

    @AfterAll
    void tearDown() throws SQLException {
        stage.close();
    }

    private List<String> step(int index) {
        return database.query(STEP, Stage.TASK, index);
    }

    private List<String> ready(int index) {
        return database.query(READY, Stage.TASK, index);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void childOfBothParentsIsReadyOnceWithBothResults(boolean aFirst) throws SQLException {
        Operation first = aFirst ? operations.completeA : operations.completeB;
        Operation second = aFirst ? operations.completeB : operations.completeA;

        Outcome outcome = stage.held(first, second, true);

        assertThat(outcome.first()).noneMatch(row -> row.startsWith("1 "));
        assertThat(outcome.second()).filteredOn(row -> row.startsWith("1 ")).hasSize(1);
        assertThat(step(C)).containsExactly("enqueued 0 0 0");
        assertThat(ready(C)).containsExactly("1");
        assertThat(database.query(
                        "SELECT result FROM tasker.workflow_steps WHERE task_uuid = ?::uuid AND step_index IN (1, 2)"
                                + " ORDER BY step_index",
                        Stage.TASK))
                .containsExactly("{\"by\":\"completeA\"}", "{\"by\":\"completeB\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keepA", "yieldA", "renewOne", "completeAKeepingC", "claimRenewing"})
    void sessionThatWasEndedIsNotRenewed(String renewing) throws SQLException {
        stage.inTurn(operations.endOne, operations.named(renewing));

        assertThat(sessionOne()).as("ended before").containsExactly("-infinity");

        stage.inTurn(operations.named(renewing), operations.endOne);

        assertThat(sessionOne()).as("ended after").containsExactly("-infinity");
    }

    private List<String> sessionOne() {
        return database.query("SELECT expires_at FROM tasker.worker_sessions WHERE session_id = 1");
    }

    @Test
    void rowThatAClaimHoldsIsLeftToIt() throws SQLException {
        Outcome outcome = stage.gated(operations.mendLame, 4, operations.claimLame, 0);

        assertThat(outcome.first())
                .anyMatch(row -> row.startsWith("wrong_queue 2 ") && row.endsWith(" f"))
                .anyMatch(row -> row.startsWith("withheld_step 1 ") && row.endsWith(" t"));
        assertThat(outcome.second()).anyMatch(row -> row.startsWith("0 " + Stage.LAME_TASK + " 2 "));
        assertThat(stage.faults()).isEmpty();
    }

    @Test
    void childKeptByTheSecondReporterIsLeasedToItAlone() throws SQLException {
        stage.held(operations.completeAKeepingC, operations.completeBKeepingC, true);

        assertThat(step(C)).containsExactly("in_progress 0 1 1");
        assertThat(ready(C)).containsExactly("0");
        assertThat(database.query(
                        "SELECT session_id FROM tasker.workflow_steps WHERE task_uuid = ?::uuid AND step_index = 5",
                        Stage.TASK))
                .containsExactly("2");
    }

    @Test
    void resultIsRecordedOnceOfTwoReportsAtOnce() throws SQLException {
        Outcome outcome = stage.held(operations.completeA, operations.completeA, true);

        assertThat(outcome.first())
                .containsExactlyInAnyOrder(
                        "0 " + Stage.TASK + " 1 6 null null null null null",
                        "5 " + Stage.TASK + " 1 6 1 null null null null", // the events of a success and of any end
                        "5 " + Stage.TASK + " 1 6 4 null null null null");
        assertThat(outcome.second()).isEmpty();
        assertThat(step(A)).containsExactly("complete 0 1 1");
    }

    @Test
    void expiryOfTheOtherParentLeavesTheChildWaitingForIt() throws SQLException {
        stage.held(operations.completeB, operations.expireOne, true);

        assertThat(step(A)).containsExactly("enqueued 0 2 1");
        assertThat(step(B)).containsExactly("complete 0 1 1");
        assertThat(step(C)).containsExactly("pending 1 0 0");
    }

    @Test
    void renewedSessionIsNotExpired() throws SQLException {
        Outcome outcome = stage.held(operations.renewOne, operations.expireOne, true);

        assertThat(outcome.second()).isEmpty();
        assertThat(step(A)).containsExactly("in_progress 0 1 1");
    }

    @Test
    void resultDuringTheExpiryOfItsLeaseIsRefused() throws SQLException {
        Outcome outcome = stage.held(operations.expireOne, operations.completeA, true);

        assertThat(outcome.second()).isEmpty();
        assertThat(step(A)).containsExactly("enqueued 0 2 1");
    }

    @Test
    void claimThatRenewsItsSessionDuringItsExpiryLeavesWhatWasPutBack() throws SQLException {
        Outcome outcome = stage.held(operations.expireOne, operations.claimRenewing, true);

        assertThat(outcome.second()).filteredOn(row -> row.startsWith("0 ")).hasSize(1);
        assertThat(step(A)).containsExactly("enqueued 0 2 1");
        assertThat(ready(A)).containsExactly("1");
        assertThat(stage.audit()).isEmpty();
        assertThat(database.query(
                        "SELECT expires_at > tasker.engine_now() FROM tasker.worker_sessions WHERE session_id = 1"))
                .containsExactly("t");
    }

    @Test
    void dueRetryStartsOnceOnTwoNodes() throws SQLException {
        Outcome outcome = stage.held(operations.retryDue, operations.retryDue, true);

        assertThat(outcome.first()).hasSize(1);
        assertThat(outcome.second()).isEmpty();
    }

    @Test
    void loserOfACreationIsToldTheWinnersTask() throws SQLException {
        Outcome outcome = stage.held(operations.create, operations.createBackwards, true);

        assertThat(outcome.first()).isEmpty();
        assertThat(outcome.second())
                .containsExactly("1 " + Operations.created(1, 'b'), "2 " + Operations.created(1, 'a'));
        assertThat(database.query("SELECT count(*) FROM tasker.tasks")).containsExactly("8");
    }

    /** Whoever waits for the first task holds none of the others, whatever the order in its arrays. */
    @Test
    void batchesInOppositeOrderLockTheirTasksInOne() throws SQLException {
        stage.nothing();
        try (Connection holder = database.dataSource().getConnection();
                Writer one = new Writer(database.dataSource(), 3);
                Writer two = new Writer(database.dataSource(), 4)) {
            holder.setAutoCommit(false);
            lock(holder, Stage.PAIR_TASK);
            CompletableFuture<List<String>> forward = one.start(operations.finishPairAndTrio);
            CompletableFuture<List<String>> backward = two.start(operations.finishTrioAndPair);
            Eventually.await(
                    SOON,
                    () -> database.query("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN ("
                                    + one.process() + ", " + two.process() + ")")
                            .equals(List.of("2")),
                    () -> "the writers do not wait");

            lock(holder, Stage.TRIO_TASK);
            holder.commit();

            assertThat(forward.join()).filteredOn(row -> row.startsWith("0 ")).hasSize(2);
            assertThat(backward.join()).filteredOn(row -> row.startsWith("0 ")).hasSize(2);
            assertThat(stage.audit()).isEmpty();
        }
    }

    private static void lock(Connection connection, String task) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT FROM tasker.tasks WHERE task_uuid = '" + task + "' FOR NO KEY UPDATE NOWAIT");
        }
    }
}
