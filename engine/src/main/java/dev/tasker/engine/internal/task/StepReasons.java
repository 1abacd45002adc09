package dev.tasker.engine.internal.task;

import dev.tasker.engine.StepReason;
import dev.tasker.engine.StepReason.Parent;
import dev.tasker.engine.StepReason.Taker;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The reasons for the steps of one task, derived from what the database said in one snapshot. Used by one thread. */
final class StepReasons {
    private static final int NAMES_MAX = 5;
    private static final int MESSAGE_MAX = 300;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TaskFacts task;
    private final Map<Integer, QueueFacts> queues;
    private final Map<Integer, List<StepFacts>> unsatisfiedParents = new HashMap<>();
    private final Map<Integer, List<StepFacts>> instances =
            new HashMap<>(); // with a slot, not satisfied, by batchable step
    private final List<StepFacts> failed;

    /** A task. */
    record TaskFacts(TaskState state, Instant since, int priority, Instant now, List<StepFacts> steps) {}

    /**
     * A step.
     *
     * @param failure what history says of the failure of a step that failed: a result document, or plain text; else null
     * @param hasTimer whether a timer stands for {@code nextRetryAt}
     * @param worker who leases it, with the three below; null for nobody
     * @param batchStep index of the batchable step whose instance it is, null for others
     * @param leaseLost its lease ran out and no log of its session knows it
     */
    @SuppressWarnings("ArrayRecordComponent") // as read; never compared
    record StepFacts(
            int index,
            String name,
            StepState state,
            Instant since,
            int totalParents,
            int pendingParents,
            int[] children,
            int attempts,
            int maxAttempts,
            @Nullable Instant nextRetryAt,
            int queueId,
            @Nullable String failure,
            boolean hasTimer,
            @Nullable String worker,
            @Nullable UUID sessionUuid,
            @Nullable Instant leasedUntil,
            boolean leaseLost,
            @Nullable Integer batchStep) {}

    /** A queue: what stands in it, where steps of the task stand, and who takes from it. */
    static final class QueueFacts {
        private final String namespace;
        private final String callable;
        private final int higher;
        private final int equal;
        private final Map<Integer, Integer> positions = new HashMap<>();
        private final List<Taker> takers = new ArrayList<>();
        private int sessions;

        /**
         * A queue without takers.
         *
         * @param higher steps of a higher priority than the task's, {@link TaskExplainer#AHEAD_MAX} at most
         * @param equal steps of the task's priority, as many at most
         */
        QueueFacts(String namespace, String callable, int higher, int equal) {
            this.namespace = namespace;
            this.callable = callable;
            this.higher = higher;
            this.equal = equal;
        }

        /** Places of steps of the task among those of its priority by index, from 1; only the first are known. */
        Map<Integer, Integer> positions() {
            return positions;
        }

        /** Adds one of {@code all} sessions. */
        void take(int all, Taker taker) {
            sessions = all;
            takers.add(taker);
        }
    }

    StepReasons(TaskFacts task, Map<Integer, QueueFacts> queues) {
        this.task = task;
        this.queues = queues;
        failed = task.steps().stream()
                .filter(step -> step.state() == StepState.ERROR)
                .toList();
        for (StepFacts step : task.steps()) {
            Integer batch = step.batchStep();
            if (batch != null && step.pendingParents() == 0 && !step.state().isTerminal()) {
                instances.computeIfAbsent(batch, _ -> new ArrayList<>()).add(step);
            }
            if (!step.state().satisfies()) {
                for (int child : step.children()) {
                    unsatisfiedParents
                            .computeIfAbsent(child, _ -> new ArrayList<>())
                            .add(step);
                }
            }
        }
    }

    /** Why {@code step}, which is not finished, is not finished. */
    StepReason of(StepFacts step) {
        return switch (step.state()) {
            case PENDING -> pending(step);
            case ENQUEUED -> enqueued(step);
            case IN_PROGRESS -> leased(step);
            case WAITING_FOR_RETRY -> waitingForRetry(step);
            case ERROR ->
                new StepReason.Failed(step.since(), step.attempts(), attemptsMax(step), message(step.failure()));
            case ENQUEUED_FOR_ORCHESTRATION, ENQUEUED_AS_ERROR_FOR_ORCHESTRATION ->
                new StepReason.Unexplained(
                        "a step never rests in " + step.state().text());
            case COMPLETE, CANCELLED, RESOLVED_MANUALLY ->
                throw new IllegalArgumentException(step.name() + ": " + step.state() + " (expected: unfinished)");
        };
    }

    private StepReason pending(StepFacts step) {
        List<StepFacts> parents = unsatisfiedParents.getOrDefault(step.index(), List.of());
        Integer batch = step.batchStep();
        if (batch != null
                && parents.size() + 1 == step.pendingParents()) { // the slot counts as a parent without an edge
            return waitingForSlot(batch);
        }
        if (parents.size() != step.pendingParents()) {
            return new StepReason.Unexplained(
                    "it counts " + step.pendingParents() + " unsatisfied parents and has " + parents.size());
        }
        if (!parents.isEmpty()) {
            return new StepReason.WaitingForParents(step.totalParents(), parents.size(), named(parents));
        }
        return failed.isEmpty()
                ? new StepReason.Unexplained("its parents are satisfied, no step failed, and it is not enqueued")
                : withheld(null);
    }

    private StepReason waitingForSlot(int batch) {
        List<StepFacts> busy = instances.getOrDefault(batch, List.of());
        return busy.isEmpty()
                ? new StepReason.Unexplained("it waits for a slot of its batch and all are free")
                : new StepReason.WaitingForSlot(task.steps().get(batch).name(), busy.size(), named(busy));
    }

    private static List<Parent> named(List<StepFacts> steps) {
        return steps.stream()
                .limit(NAMES_MAX)
                .map(step -> new Parent(step.name(), step.state()))
                .toList();
    }

    private StepReason withheld(@Nullable Instant retryAt) {
        return new StepReason.Withheld(
                failed.stream().limit(NAMES_MAX).map(StepFacts::name).toList(), failed.size(), retryAt);
    }

    private StepReason enqueued(StepFacts step) {
        QueueFacts queue = queues.get(step.queueId());
        if (queue == null) {
            return new StepReason.Unexplained("its queue " + step.queueId() + " does not exist");
        }
        Integer position = queue.positions.get(step.index());
        if (position == null && queue.equal < TaskExplainer.AHEAD_MAX) {
            return new StepReason.Unexplained("it is enqueued but stands in no queue");
        }
        if (queue.takers.isEmpty()) {
            return new StepReason.NoWorker(step.since(), queue.namespace, queue.callable);
        }
        int before = position == null ? queue.equal : position - 1;
        return new StepReason.Queued(
                step.since(),
                queue.namespace,
                queue.callable,
                queue.higher + before,
                position == null || queue.higher >= TaskExplainer.AHEAD_MAX,
                queue.takers,
                queue.sessions);
    }

    private StepReason leased(StepFacts step) {
        if (step.worker() == null || step.sessionUuid() == null || step.leasedUntil() == null) {
            return new StepReason.Unexplained("it is in progress in a session that does not exist");
        }
        if (step.leaseLost()) {
            return new StepReason.Unexplained("its lease ran out and is in no log of its session");
        }
        if (step.leasedUntil().isAfter(task.now())) {
            return new StepReason.Leased(
                    step.worker(),
                    step.sessionUuid(),
                    step.since(),
                    step.leasedUntil(),
                    step.attempts(),
                    attemptsMax(step));
        }
        return new StepReason.LeaseRanOut(
                step.worker(), step.sessionUuid(), step.leasedUntil(), step.attempts(), attemptsMax(step));
    }

    private StepReason waitingForRetry(StepFacts step) {
        Instant retryAt = step.nextRetryAt();
        if (!failed.isEmpty()) {
            return withheld(retryAt);
        }
        if (retryAt == null || !step.hasTimer()) {
            return new StepReason.Unexplained("it waits for a retry that no timer starts");
        }
        return new StepReason.Backoff(
                retryAt, !retryAt.isAfter(task.now()), step.attempts(), attemptsMax(step), message(step.failure()));
    }

    /** Executions including the first, which is always allowed (01 §4.1). */
    private static int attemptsMax(StepFacts step) {
        return Math.max(1, step.maxAttempts());
    }

    /** What went wrong, shortened: {@code error.message} of a result document, or the text itself; null when it says nothing. */
    private static @Nullable String message(@Nullable String failure) {
        String message = failure == null ? "" : said(failure).strip();
        if (message.isEmpty()) {
            return null;
        }
        return message.length() <= MESSAGE_MAX ? message : message.substring(0, MESSAGE_MAX) + "…";
    }

    private static String said(String failure) {
        try {
            return JSON.readTree(failure).path("error").path("message").asString("");
        } catch (JacksonException e) {
            return failure;
        }
    }
}
