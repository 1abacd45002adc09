package dev.tasker.testkit.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tasker.testkit.DatabaseExtension;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.interleaving.Rehearsal.Pair;
import dev.tasker.testkit.interleaving.Rehearsal.Violation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes at work on one task, in every interleaving at statement boundaries: each ends as if one had come after the other. */
@ExtendWith(DatabaseExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterleavingTest {
    private Stage stage;
    private Operations operations;
    private Rehearsal rehearsal;

    @BeforeAll
    void setUp(TestDatabase database) throws SQLException {
        stage = new Stage(database);
        operations = new Operations(stage);
        rehearsal = new Rehearsal(stage);
    }

    @AfterEach
    void mend() throws SQLException {
        stage.leaveMended();
    }

    @AfterAll
    void tearDown() throws SQLException {
        stage.close();
    }

    /**
     * A claim looks for waiting steps before it waits for its session's row: what an expiry of that session puts back meanwhile the next claim
     * finds. That is neither order, and harmless: {@link TwoWritersTest#claimThatRenewsItsSessionDuringItsExpiryLeavesWhatWasPutBack}.
     * A claim also holds rows of queues before it waits for their steps, and the doctor leaves a row that is held to the claim:
     * {@link TwoWritersTest#rowThatAClaimHoldsIsLeftToIt}.
     */
    private boolean endsInNeitherOrder(Operation first, Operation second) {
        return (first.equals(operations.claimRenewing) && second.equals(operations.expireOne))
                || (first.equals(operations.expireOne) && second.equals(operations.claimRenewing))
                || (first.equals(operations.mendLame) && second.equals(operations.claimLame))
                || (first.equals(operations.claimLame) && second.equals(operations.mendLame));
    }

    @TestFactory
    Stream<DynamicTest> everyPairInEveryInterleavingEndsAsInTurn() {
        List<Pair> pairs = new ArrayList<>();
        List<List<Operation>> groups = new ArrayList<>(operations.small());
        groups.add(operations.large());
        for (List<Operation> group : groups) {
            addPairs(group, group, pairs);
        }
        addPairs(operations.actions(), operations.actions(), pairs);
        addPairs(operations.actions(), operations.metByActions(), pairs);
        addPairs(operations.metByActions(), operations.actions(), pairs);
        addPairs(List.of(operations.mendLame), operations.metByDoctor(), pairs);
        addPairs(operations.metByDoctor(), List.of(operations.mendLame), pairs);
        addPairs(List.of(operations.mendLame), List.of(operations.mendLame), pairs);
        return pairs.stream()
                .map(pair -> DynamicTest.dynamicTest(pair.toString(), () -> {
                    rehearsal.learn(pair);
                    List<Violation> violations = rehearsal.perform(pair);
                    assertThat(violations).isEmpty();
                }));
    }

    @TestFactory
    Stream<DynamicTest> doctorMendsWhatItMeetsWhoeverComesFirst() throws SQLException {
        stage.alone(operations.lookAtLame);
        assertThat(stage.faults()).containsExactly("task_counters", "withheld_step", "wrong_queue");
        return operations.metByDoctor().stream()
                .map(other -> DynamicTest.dynamicTest(other.toString(), () -> {
                    stage.inTurn(operations.mendLame, other);
                    assertThat(stage.faults()).as("before").isEmpty();
                    stage.inTurn(other, operations.mendLame);
                    assertThat(stage.faults()).as("after").isEmpty();
                }));
    }

    private void addPairs(List<Operation> firsts, List<Operation> seconds, List<Pair> pairs) {
        for (Operation first : firsts) {
            for (Operation second : seconds) {
                if (!endsInNeitherOrder(first, second)) {
                    pairs.add(new Pair(first, second));
                }
            }
        }
    }
}
