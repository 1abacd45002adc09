package dev.tasker.testkit.interleaving;

import dev.tasker.testkit.TestDatabase.Finding;
import dev.tasker.testkit.interleaving.Stage.Outcome;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Performs pairs of operations in every interleaving and compares with what the pair leads to one after the other: every interleaving has to
 * end, in all rows and answers, as one of the two orders does, and a writer that is rolled back must leave no trace.
 */
final class Rehearsal {
    private final Stage stage;
    private final Map<Pair, Outcome> inTurn = new HashMap<>();
    private final Map<Operation, Outcome> alone = new HashMap<>();

    Rehearsal(Stage stage) {
        this.stage = stage;
    }

    record Pair(Operation first, Operation second) {
        Pair reversed() {
            return new Pair(second, first);
        }

        @Override
        public String toString() {
            return first + ", " + second;
        }
    }

    /** An interleaving that ended as no order of the two operations does. */
    record Violation(Pair pair, String interleaving, List<String> unexpected) {}

    /** Performs the pair in both orders with the functions in force now: what interleavings are measured by. */
    void learn(Pair pair) throws SQLException {
        learnOrder(pair);
        learnOrder(pair.reversed());
        for (Operation operation : List.of(pair.first(), pair.second())) {
            if (!alone.containsKey(operation)) {
                alone.put(operation, stage.alone(operation));
                audited(operation.name());
            }
        }
    }

    private void learnOrder(Pair pair) throws SQLException {
        if (!inTurn.containsKey(pair)) {
            inTurn.put(pair, stage.inTurn(pair.first(), pair.second()));
            audited(pair.toString());
        }
    }

    /** Interleavings that end in the same rows need no audit of their own. */
    private void audited(String what) {
        List<Finding> findings = stage.audit();
        if (!findings.isEmpty()) {
            throw new AssertionError(what + ", in turn: the auditor found " + findings);
        }
    }

    /** What the pair led to in this order when it was learned. */
    Outcome learned(Pair pair) {
        return Objects.requireNonNull(inTurn.get(pair), "not learned");
    }

    /** Every interleaving of the pair, and the pair in turn: what went wrong. */
    List<Violation> perform(Pair pair) throws SQLException {
        List<Violation> violations = new ArrayList<>();
        Operation first = pair.first();
        Operation second = pair.second();
        Outcome inOrder = stage.inTurn(first, second);
        if (!inOrder.equals(learned(pair))) {
            violations.add(new Violation(pair, "in turn", inOrder.beyond(learned(pair))));
        }
        check(violations, pair, "first committed after second began", stage.held(first, second, true));
        checkRolledBack(violations, pair, stage.held(first, second, false));
        for (int firstGate = 1; firstGate <= stage.functions().gatesOf(first.function()); firstGate++) {
            for (int secondGate = 0; secondGate <= stage.functions().gatesOf(second.function()); secondGate++) {
                String interleaving = "first stopped at " + firstGate + ", second at " + secondGate;
                check(violations, pair, interleaving, stage.gated(first, firstGate, second, secondGate));
            }
        }
        return violations;
    }

    private void check(List<Violation> violations, Pair pair, String interleaving, Outcome outcome) {
        Outcome inOrder = learned(pair);
        Outcome backwards = learned(pair.reversed()).reversed();
        if (!outcome.equals(inOrder) && !outcome.equals(backwards)) {
            violations.add(new Violation(pair, interleaving, outcome.beyond(inOrder)));
        }
    }

    /** Only the second happened; or nothing at all, where it leaves out what another holds. */
    private void checkRolledBack(List<Violation> violations, Pair pair, Outcome outcome) {
        Outcome expected = Objects.requireNonNull(alone.get(pair.second()), "not learned");
        Outcome found = outcome.ofSecond();
        boolean skipped = pair.second().skipsLocked() && stage.audit().isEmpty();
        if (!found.equals(expected) && !skipped) {
            violations.add(new Violation(pair, "first rolled back", found.beyond(expected)));
        }
    }
}
