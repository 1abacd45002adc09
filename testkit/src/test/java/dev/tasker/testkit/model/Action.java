package dev.tasker.testkit.model;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One command of a program. Numbers choose among what there is when the command runs, so a program stays meaningful when commands before it
 * are left out; a command that finds nothing to choose from does nothing.
 */
sealed interface Action {
    /** Creates a task of a template, or asks once more for one that exists. */
    record Create(int template, boolean again) implements Action {}

    /** Reports a held lease. */
    record Report(int lease, Outcome outcome) implements Action {}

    /** Reports several held leases as successful without waiting in between. */
    record Burst(int leases) implements Action {}

    record Reject(int lease) implements Action {}

    /** Reports a lease that has ended, or that is left over from before a restart, through any session. */
    record Late(int lease, int session, Outcome outcome) implements Action {}

    /** Moves the clock by so many units of delay. */
    record Advance(int units) implements Action {}

    /** Moves the clock past the leases of a session that holds some. */
    record Expire(int session) implements Action {}

    record Heartbeat(int session) implements Action {}

    /** Closes a session; a new one takes its place. */
    record Close(int session) implements Action {}

    record Drain(int session) implements Action {}

    /** Closes the engine and opens another one; leases of its sessions stay behind. */
    record Restart() implements Action {}

    /** Moves the clock past the leases left behind by closed engines. */
    record ExpireOrphans() implements Action {}

    /** An operator acts on a step: one in error, should there be one. */
    record Operate(int task, int step, Kind kind) implements Action {}

    record Cancel(int task) implements Action {}

    enum Kind {
        RESET,
        RESOLVE,
        COMPLETE
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

    private static Action any(RandomGenerator random) {
        int choice = random.nextInt(1000);
        int roll = random.nextInt(100);
        if (roll < 12) {
            return new Create(choice, random.nextInt(4) == 0);
        }
        if (roll < 46) {
            return new Report(choice, outcome(random));
        }
        if (roll < 52) {
            return new Operate(choice, random.nextInt(100), Kind.values()[random.nextInt(3)]);
        }
        if (roll < 60) {
            return new Burst(2 + random.nextInt(3));
        }
        if (roll < 66) {
            return new Reject(choice);
        }
        if (roll < 74) {
            return new Late(choice, random.nextInt(100), outcome(random));
        }
        if (roll < 84) {
            return new Advance(1 + random.nextInt(6));
        }
        if (roll < 87) {
            return new Expire(choice);
        }
        if (roll < 91) {
            return new Heartbeat(choice);
        }
        if (roll < 94) {
            return new Close(choice);
        }
        if (roll < 95) {
            return new Drain(choice);
        }
        if (roll < 97) {
            return new Cancel(choice);
        }
        return roll < 98 ? new Restart() : new ExpireOrphans();
    }

    private static Outcome outcome(RandomGenerator random) {
        int roll = random.nextInt(20);
        if (roll < 12) {
            return Outcome.SUCCESS;
        }
        return roll < 16 ? Outcome.RETRYABLE : roll < 19 ? Outcome.RETRY_AFTER : Outcome.PERMANENT;
    }
}
