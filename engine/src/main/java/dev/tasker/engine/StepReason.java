package dev.tasker.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a step is not finished: what it waits for, or who has to act. Each kind has a {@link #code()} for programs and a {@link #sentence()}
 * for people. Immutable. Times are the database's.
 */
public sealed interface StepReason {

    /** What kind of reason it is, in words that stay: {@code waiting_for_parents}. */
    default String code() {
        return switch (this) {
            case WaitingForParents _ -> "waiting_for_parents";
            case WaitingForSlot _ -> "waiting_for_slot";
            case Withheld _ -> "withheld";
            case NoWorker _ -> "no_worker";
            case Queued _ -> "queued";
            case Leased _ -> "leased";
            case LeaseRanOut _ -> "lease_ran_out";
            case Backoff _ -> "backoff";
            case Failed _ -> "failed";
            case Unexplained _ -> "unexplained";
        };
    }

    /** One sentence, without a full stop. */
    String sentence();

    /** A step that another one waits for. */
    record Parent(String name, StepState state) {}

    /**
     * Not all parents are satisfied.
     *
     * @param total parents in all
     * @param unsatisfied how many it waits for
     * @param parents the first of these, in order of creation
     */
    record WaitingForParents(int total, int unsatisfied, List<Parent> parents) implements StepReason {
        public WaitingForParents {
            parents = List.copyOf(parents);
        }

        @Override
        public String sentence() {
            return "waiting for " + unsatisfied + " of " + total + " parents: " + names(parents)
                    + more(unsatisfied - parents.size());
        }
    }

    /**
     * An instance of a batch that waits for its slot: the next one opens when an instance that has one is satisfied (02 §7.2).
     *
     * @param batch the batchable step
     * @param busy how many unsatisfied instances have a slot
     * @param instances the first of these, in order of creation
     */
    record WaitingForSlot(String batch, int busy, List<Parent> instances) implements StepReason {
        public WaitingForSlot {
            instances = List.copyOf(instances);
        }

        @Override
        public String sentence() {
            return "waiting for a slot of batch " + batch + ", taken by " + names(instances)
                    + more(busy - instances.size());
        }
    }

    /**
     * Nothing but a failed step of its task is in its way: a blocked task starts nothing (01 §2.7).
     *
     * @param failed the first failed steps, in order of creation
     * @param failedSteps how many there are
     * @param retryAt when its own retry is or was due, null for a step that never ran
     */
    record Withheld(
            List<String> failed, int failedSteps, @Nullable Instant retryAt) implements StepReason {
        public Withheld {
            failed = List.copyOf(failed);
        }

        @Override
        public String sentence() {
            String retry = retryAt == null ? "" : " (its retry is set for " + at(retryAt) + ")";
            return "withheld" + retry + ": " + (failedSteps == 1 ? "step " : "steps ") + String.join(", ", failed)
                    + more(failedSteps - failed.size()) + " failed; it starts once "
                    + (failedSteps == 1 ? "that one is" : "all of them are") + " reset or resolved";
        }
    }

    /**
     * Ready, but no open session, of any node, has registered its callable and is not draining.
     *
     * @param since when it became ready
     */
    record NoWorker(Instant since, String namespace, String callable) implements StepReason {
        @Override
        public String sentence() {
            return "ready since " + at(since) + "; no session takes callable " + callable + " of namespace "
                    + namespace;
        }
    }

    /**
     * A session that takes a step's callable.
     *
     * @param leased how many steps it holds now
     * @param silent its leases ran out: it is given nothing before its next sign of life
     */
    record Taker(String worker, UUID sessionUuid, int leased, boolean silent) {
        @Override
        public String toString() {
            return worker + (silent ? " (silent, " : " (") + leased + " leased)";
        }
    }

    /**
     * Ready, in a queue that sessions take from. How many free slots they have only their own nodes know; what they hold is told.
     *
     * @param since when it became ready
     * @param ahead steps that are served before it
     * @param aheadIsMinimum whether there may be more than {@code ahead}
     * @param takers the first sessions that take its callable
     * @param sessions how many there are
     */
    record Queued(
            Instant since,
            String namespace,
            String callable,
            int ahead,
            boolean aheadIsMinimum,
            List<Taker> takers,
            int sessions)
            implements StepReason {
        public Queued {
            takers = List.copyOf(takers);
        }

        @Override
        public String sentence() {
            String place = ahead == 0 && !aheadIsMinimum
                    ? "next"
                    : "behind " + (aheadIsMinimum ? "at least " : "") + ahead + (ahead == 1 ? " step" : " steps");
            return "ready since " + at(since) + ", " + place + " in the queue of " + callable
                    + "; waits for a free slot of "
                    + takers.stream().map(Taker::toString).collect(Collectors.joining(", "))
                    + more(sessions - takers.size());
        }
    }

    /**
     * A worker has it.
     *
     * @param until when the lease runs out unless it is renewed
     * @param attempt the attempt under way, 1 for the first
     */
    record Leased(String worker, UUID sessionUuid, Instant since, Instant until, int attempt, int maxAttempts)
            implements StepReason {
        @Override
        public String sentence() {
            return "leased to worker " + worker + " since " + at(since) + ", until " + at(until)
                    + " unless renewed; attempt " + attempt + " of " + maxAttempts;
        }
    }

    /**
     * A worker had it and is gone or silent: a node takes it back.
     *
     * @param ranOut when the lease ran out
     */
    record LeaseRanOut(String worker, UUID sessionUuid, Instant ranOut, int attempt, int maxAttempts)
            implements StepReason {
        @Override
        public String sentence() {
            return "the lease of worker " + worker + " ran out at " + at(ranOut)
                    + "; the step is taken back after the grace; it was attempt " + attempt + " of " + maxAttempts;
        }
    }

    /**
     * It failed and is tried again.
     *
     * @param until when its retry is due
     * @param due whether that time has come: the next pass of a node starts it
     * @param message what the last attempt said, null when it said nothing
     */
    record Backoff(
            Instant until,
            boolean due,
            int attempts,
            int maxAttempts,
            @Nullable String message) implements StepReason {
        @Override
        public String sentence() {
            return (due
                            ? "retry due since " + at(until) + ", started by a node's next pass"
                            : "in backoff until " + at(until))
                    + "; attempt " + attempts + " of " + maxAttempts + " failed: " + said(message);
        }
    }

    /**
     * It failed for good, which blocks its task. An operator can reset it for another try, or resolve or complete it by hand (01 §2.7).
     *
     * @param message what the last attempt said, null when it said nothing
     */
    record Failed(
            Instant since,
            int attempts,
            int maxAttempts,
            @Nullable String message) implements StepReason {
        @Override
        public String sentence() {
            return "failed at " + at(since) + " after " + attempts + " of " + maxAttempts + " attempts: "
                    + said(message) + "; needs an operator: reset_for_retry, resolve_manually or complete_manually";
        }
    }

    /** Nothing is known that would move it: a fault of the engine or of the data. The auditor ({@code tasker.audit_tasks}) says more. */
    record Unexplained(String finding) implements StepReason {
        @Override
        public String sentence() {
            return "stuck: " + finding + "; run the auditor and report it";
        }
    }

    private static String at(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String names(List<Parent> steps) {
        return steps.stream()
                .map(step -> step.name() + " (" + step.state().text() + ")")
                .collect(Collectors.joining(", "));
    }

    private static String more(int others) {
        return others > 0 ? " and " + others + " more" : "";
    }

    private static String said(@Nullable String message) {
        return message == null ? "without a message" : message;
    }
}
