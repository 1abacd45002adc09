package dev.tasker.testkit.model;

import dev.tasker.testkit.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * One command of a program. Numbers choose among what there is when the command runs, so a program stays meaningful when commands before it
 * are left out; a command that finds nothing to choose from does nothing.
 */
sealed interface Action {
    /** Creates a task of a template at either node, or asks once more for one that exists. */
    record Create(int template, boolean again) implements Action {}

    /** Reports a held lease: through the session that holds it, or now and then through any other, on whichever node. */
    record Report(int lease, int through, Outcome outcome) implements Action {}

    /** Reports several held leases as successful without waiting in between. */
    record Burst(int leases) implements Action {}

    record Reject(int lease) implements Action {}

    /** Reports a lease that has ended, or that is left over from before a restart, through any session. */
    record Late(int lease, int session, Outcome outcome) implements Action {}

    /** Saves progress of a lease that is held, or has ended: through its session, or now and then through any other. */
    record Checkpoint(int lease, int through, int cursor, boolean yields) implements Action {}

    /** An operator forgets the progress of a step. */
    record Clear(int task, int step) implements Action {}

    /** A worker with hardly any time comes for the steps nobody else takes: the server ends the attempts it does not. */
    record Hurry(int node) implements Action {}

    /** A worker comes for the steps nobody else takes, and stays. */
    record Relieve(int node) implements Action {}

    /** The next statement of this kind that a node sends is struck. */
    record Strike(int node, int statement, Fault.Kind how) implements Action {}

    /** Moves the clock by so many units of delay. */
    record Advance(int units) implements Action {}

    /** Moves the clock past the leases of a session that holds some. */
    record Expire(int session) implements Action {}

    record Heartbeat(int session) implements Action {}

    /** Closes a session; a new one takes its place. */
    record Close(int session) implements Action {}

    record Drain(int session) implements Action {}

    /** Closes a node and opens another one in its place; leases of its sessions stay behind, the other node goes on. */
    record Restart(int node) implements Action {}

    /** Moves the clock past the leases left behind by closed nodes. */
    record ExpireOrphans() implements Action {}

    /** An operator acts on a step: one in error, should there be one. */
    record Operate(int task, int step, Kind kind) implements Action {}

    record Cancel(int task) implements Action {}

    enum Kind {
        RESET,
        RESOLVE,
        COMPLETE;

        static Kind of(RandomGenerator random) {
            return values()[random.nextInt(3)];
        }
    }

    enum Outcome {
        SUCCESS,
        RETRYABLE,
        RETRY_AFTER,
        PERMANENT
    }

    /** A random program. */
    static List<Action> program(RandomGenerator random) {
        List<Action> actions = new ArrayList<>();
        int length = 20 + random.nextInt(25);
        actions.add(new Create(random.nextInt(100), false));
        while (actions.size() < length) {
            actions.add(any(random));
        }
        return actions;
    }

    /** Commands with the number of times they come in a hundred; each takes a number to choose by and the source of others. */
    record Kin(int weight, BiFunction<Integer, RandomGenerator, Action> command) {}

    private static Action any(RandomGenerator random) {
        int choice = random.nextInt(1000);
        int roll = random.nextInt(KINDS.stream().mapToInt(Kin::weight).sum());
        for (Kin kin : KINDS) {
            if (roll < kin.weight()) {
                return kin.command().apply(choice, random);
            }
            roll -= kin.weight();
        }
        throw new IllegalStateException("roll: " + roll + " (expected: less than all weights)");
    }

    List<Fault.Kind> STRIKES = List.of(
            Fault.Kind.LOSE_REQUEST, Fault.Kind.LOSE_ANSWER, Fault.Kind.CANCEL_MIDWAY, Fault.Kind.TERMINATE_MIDWAY);

    /** How often each comes. A new command is added at the end: those before keep their seeds as long as the weights stay. */
    List<Kin> KINDS = List.of(
            new Kin(24, (choice, random) -> new Create(choice, random.nextInt(4) == 0)),
            new Kin(60, (choice, random) -> new Report(choice, random.nextInt(100), outcome(random))),
            new Kin(11, (choice, random) -> new Operate(choice, random.nextInt(100), Kind.of(random))),
            new Kin(14, (_, random) -> new Burst(2 + random.nextInt(3))),
            new Kin(10, (choice, _) -> new Reject(choice)),
            new Kin(14, (choice, random) -> new Late(choice, random.nextInt(100), outcome(random))),
            new Kin(18, (choice, random) -> checkpoint(choice, random)),
            new Kin(2, (choice, random) -> new Clear(choice, random.nextInt(100))),
            new Kin(17, (_, random) -> new Advance(1 + random.nextInt(6))),
            new Kin(5, (choice, _) -> new Expire(choice)),
            new Kin(7, (choice, _) -> new Heartbeat(choice)),
            new Kin(4, (choice, _) -> new Close(choice)),
            new Kin(2, (choice, _) -> new Drain(choice)),
            new Kin(4, (choice, _) -> new Cancel(choice)),
            new Kin(2, (choice, _) -> new Restart(choice)),
            new Kin(3, (_, _) -> new ExpireOrphans()),
            new Kin(8, (choice, _) -> new Hurry(choice)),
            new Kin(2, (choice, _) -> new Relieve(choice)),
            new Kin(5, (choice, random) -> new Strike(random.nextInt(2), choice, STRIKES.get(random.nextInt(4)))));

    private static Action checkpoint(int choice, RandomGenerator random) {
        return new Checkpoint(choice, random.nextInt(100), random.nextInt(3), random.nextBoolean());
    }

    private static Outcome outcome(RandomGenerator random) {
        int roll = random.nextInt(20);
        if (roll < 12) {
            return Outcome.SUCCESS;
        }
        return roll < 16 ? Outcome.RETRYABLE : roll < 19 ? Outcome.RETRY_AFTER : Outcome.PERMANENT;
    }
}
