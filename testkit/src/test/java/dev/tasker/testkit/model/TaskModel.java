package dev.tasker.testkit.model;

import dev.tasker.engine.Completion;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.template.Backoff;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as the specification has it: 01 §2.7 (coordination), §3 (derived states), §4 (retries), 02 §6 and §7 (growth, in {@link Growth}),
 * 04 §9.6 (leases). Times in seconds.
 */
final class TaskModel {
    /** Configured back-off of steps whose template states none: base and maximum, doubled from attempt to attempt. */
    static final int CONFIG_BASE_SECONDS = 100;

    static final int CONFIG_MAX_SECONDS = 500;

    final UUID uuid;
    final TemplatePlan plan;
    final List<StepModel> steps = new ArrayList<>();
    final List<TaskState> states = new ArrayList<>();
    final List<String> published = new ArrayList<>();
    private final List<Barrier> barriers = new ArrayList<>(); // of the burst that goes on
    private final Set<StepModel> justSatisfied = new HashSet<>(); // in the burst that goes on
    private final Set<String> lastBurst = new HashSet<>(); // what was done in the burst before, at one moment
    private boolean bursting;
    private boolean byHand; // an operator satisfied a step, perhaps before its time
    private boolean cancelled;

    private record Barrier(StepModel convergence, StepModel by) {}

    /** A task just created: its root steps wait in their queues. */
    TaskModel(UUID uuid, TemplatePlan plan) {
        this.uuid = uuid;
        this.plan = plan;
        plan.topologicalOrder().stream()
                .filter(planned -> isInitial(plan, planned))
                .forEach(planned -> {
                    StepModel step = add(planned);
                    planned.parents()
                            .forEach(parent ->
                                    step.parents.addAll(instancesOf(plan.steps().get(parent))));
                });
        steps.stream().filter(step -> step.parents.isEmpty()).forEach(step -> step.state = StepState.ENQUEUED);
        noteState();
    }

    /** The initial set (02 §6.2). */
    private static boolean isInitial(TemplatePlan plan, PlannedStep step) {
        return isCreatedFirst(step.type())
                && step.ancestors().stream()
                        .mapToObj(plan.steps()::get)
                        .allMatch(ancestor -> isCreatedFirst(ancestor.type()) && ancestor.type() != StepType.DECISION);
    }

    private static boolean isCreatedFirst(StepType type) {
        return type != StepType.BATCH_WORKER && type != StepType.DEFERRED_CONVERGENCE;
    }

    /** A step without parents so far. */
    StepModel add(PlannedStep planned) {
        StepModel step = new StepModel(this, planned, planned.name(), null);
        steps.add(step);
        return step;
    }

    void addInstance(PlannedStep worker, String name, StepModel batchable, boolean waitsForSlot) {
        StepModel step = new StepModel(this, worker, name, batchable);
        step.parents.add(batchable);
        step.waitsForSlot = waitsForSlot;
        steps.add(step);
    }

    /** The step, or the instances of the batch worker, as far as they exist. */
    List<StepModel> instancesOf(PlannedStep planned) {
        return steps.stream()
                .filter(step -> step.planned.index() == planned.index())
                .toList();
    }

    /** {@code convergence} waits for {@code by}, unless that one is done. */
    void holdBack(StepModel convergence, StepModel by) {
        if (!by.satisfied()) {
            if (convergence.parents.add(by)) {
                barriers.add(new Barrier(convergence, by));
            }
        } else if (justSatisfied.contains(by) && !convergence.parents.contains(by)) {
            justSatisfiedBarrier(convergence, by);
        }
    }

    private void justSatisfiedBarrier(StepModel convergence, StepModel by) {
        Barrier barrier = new Barrier(convergence, by);
        if (!barriers.contains(barrier)) {
            barriers.add(barrier);
            convergence.barriersMore++;
            convergence.parentsDependOnOrder = true;
        }
    }

    /** Results from here on reach the engine at one moment: in which order it takes them is its choice. */
    void burstBegins() {
        lastBurst.clear();
        bursting = true;
    }

    void burstEnds() {
        for (Barrier barrier : barriers) {
            if (justSatisfied.contains(barrier.by())
                    && barrier.convergence().parents.contains(barrier.by())) {
                barrier.convergence().barriersMissing++;
                barrier.convergence().parentsDependOnOrder = true;
            }
        }
        justSatisfied.forEach(step -> lastBurst.add(step.name));
        barriers.clear();
        justSatisfied.clear();
        bursting = false;
    }

    /**
     * Whether {@code found} are the results that a handler is given. A step that need not wait for an ancestor, because an operator ended
     * one in between, may start at the moment in which that ancestor is done, with its result or without.
     */
    boolean areResultsFor(StepModel step, Map<String, String> found) {
        Map<String, String> expected = step.dependencyResults();
        if (byHand) {
            expected.keySet().removeIf(name -> lastBurst.contains(name) && !found.containsKey(name));
        }
        return expected.equals(found);
    }

    /** A step goes to a session: the attempt counts from now on. */
    void leased(StepModel step, UUID session) {
        if (step.mayBeEnqueued) {
            step.mayBeEnqueued = false;
            step.state = StepState.ENQUEUED;
            step.dueAt = null;
        }
        require(step.state == StepState.ENQUEUED, step + " (expected: enqueued)");
        step.state = StepState.IN_PROGRESS;
        step.attempts++;
        step.token++;
        step.holder = session;
    }

    Completion succeeded(StepModel step, int token, String document, Wish wish) {
        Completion answer = judged(step, token);
        if (answer == Completion.ACCEPTED) {
            step.holder = null;
            step.result = document;
            if (Growth.of(this, step, wish)) {
                step.state = StepState.COMPLETE;
                publish(step, Publication.SUCCESS);
                satisfied(step);
                startReleased();
            } else {
                step.state = StepState.ERROR;
                publish(step, Publication.FINAL);
            }
            if (!bursting) {
                barriers.clear();
            }
            noteState();
        }
        return answer;
    }

    /** An instance that is done leaves its slot to the next one that has none (02 §7.2). */
    private void satisfied(StepModel done) {
        if (bursting) {
            justSatisfied.add(done);
        }
        steps.stream()
                .filter(step -> step.waitsForSlot && step.batchable == done.batchable)
                .findFirst()
                .ifPresent(next -> next.waitsForSlot = false);
    }

    /** @param retryAfter delay the service asked for in seconds, null: none */
    Completion failed(
            StepModel step, int token, boolean retryable, @Nullable Integer retryAfter, String document, long now) {
        Completion answer = judged(step, token);
        if (answer == Completion.ACCEPTED) {
            step.holder = null;
            step.result = document;
            failed(step, retryable, retryAfter, now);
            noteState();
            fireDue(now);
        }
        return answer;
    }

    private void failed(StepModel step, boolean retryable, @Nullable Integer retryAfter, long now) {
        if (retryable && step.mayRetry()) {
            int delay = retryAfter == null ? delay(step) : Math.min(retryAfter, CONFIG_MAX_SECONDS);
            step.state = StepState.WAITING_FOR_RETRY;
            step.backoffSeconds = delay;
            step.nextRetryAt = now + delay;
            step.dueAt = step.nextRetryAt;
            publish(step, Publication.AGAIN);
        } else {
            step.state = StepState.ERROR;
            publish(step, Publication.FINAL);
        }
    }

    /** The attempt ran past its time: a failure that may be retried, and the token rises (04 §9.6). */
    void timedOut(StepModel step, String document, long now) {
        require(step.state == StepState.IN_PROGRESS, step + " (expected: in progress)");
        step.holder = null;
        step.token++;
        step.result = document;
        failed(step, true, null, now);
        noteState();
        fireDue(now);
    }

    /**
     * A handler saves its progress (02 §7.5); when it yields, the attempt goes on with another token, or is given back when it was not the
     * holder who said so.
     */
    Completion checkpointed(StepModel step, int token, int cursor, boolean yields, UUID session) {
        if (step.state != StepState.IN_PROGRESS || step.token != token) {
            return token > step.token ? Completion.INVALID : Completion.STALE_LEASE;
        }
        step.progress = Progress.after(step.progress, cursor);
        if (!yields) {
            return Completion.ACCEPTED;
        }
        if (!session.equals(step.holder)) {
            return rejected(step, token);
        }
        step.token++;
        step.goesOn = true;
        return Completion.ACCEPTED;
    }

    /** An operator forgets the progress of a step that does not run; whether there was any. */
    static boolean cleared(StepModel step) {
        boolean any = step.progress != null && step.state != StepState.IN_PROGRESS;
        if (any) {
            step.progress = null;
        }
        return any;
    }

    private void publish(StepModel step, Publication publication) {
        published.addAll(publication.of(step));
    }

    Completion rejected(StepModel step, int token) {
        if (step.state != StepState.IN_PROGRESS || step.token != token) {
            return Completion.STALE_LEASE;
        }
        step.holder = null;
        step.state = StepState.ENQUEUED;
        step.attempts--;
        step.token++;
        return Completion.ACCEPTED;
    }

    /** The leases of these sessions ran out, in any order. */
    void expired(Set<UUID> sessions, String document, long now) {
        List<StepModel> held = steps.stream()
                .filter(step -> step.holder != null && sessions.contains(step.holder))
                .toList();
        boolean wasBlocked = isBlocked();
        boolean someFail = held.stream().anyMatch(step -> !step.mayRetry());
        for (StepModel step : held) {
            step.holder = null;
            step.goesOn = false;
            step.token++;
            step.result = document;
            if (!step.mayRetry()) {
                step.state = StepState.ERROR;
                publish(step, Publication.FINAL);
                continue;
            }
            publish(step, Publication.AGAIN);
            step.nextRetryAt = now;
            step.backoffSeconds = 0;
            step.state = wasBlocked || someFail ? StepState.WAITING_FOR_RETRY : StepState.ENQUEUED;
            step.mayBeEnqueued = someFail && !wasBlocked; // taken back before the one that failed
        }
        if (!held.isEmpty()) {
            noteState();
        }
    }

    /** Retries that are due are enqueued; those of a blocked task wait for its repair. */
    void fireDue(long now) {
        boolean fired = false;
        for (StepModel step : steps) {
            if (step.dueAt == null || step.dueAt > now) {
                continue;
            }
            step.dueAt = null;
            if (!isBlocked()) {
                step.state = StepState.ENQUEUED;
                fired = true;
            }
        }
        if (fired) {
            noteState();
        }
    }

    /** What an operator asks for; false when it is refused, or asks for steps that cannot be added. The result of a manual completion is noted by the caller. */
    boolean operated(StepModel step, Action.Kind kind, Wish wish, long now) {
        if (cancelled || step.state.isTerminal() || (kind == Action.Kind.RESET && step.state != StepState.ERROR)) {
            return false;
        }
        if (kind == Action.Kind.COMPLETE && !Growth.of(this, step, wish)) {
            return false;
        }
        barriers.clear();
        boolean wasBlocked = isBlocked();
        endLease(step);
        switch (kind) {
            case RESET -> {
                step.state = StepState.PENDING;
                step.attempts = 0;
                step.backoffSeconds = null;
                step.nextRetryAt = null;
            }
            case RESOLVE -> step.state = StepState.RESOLVED_MANUALLY;
            case COMPLETE -> step.state = StepState.COMPLETE;
        }
        if (step.satisfied()) {
            byHand = true;
            satisfied(step);
        }
        startReleased();
        if (wasBlocked && !isBlocked()) {
            steps.forEach(waiting -> repaired(waiting, now));
        }
        noteState();
        return true;
    }

    private static void repaired(StepModel step, long now) {
        if (step.state != StepState.WAITING_FOR_RETRY || step.nextRetryAt == null) {
            return;
        }
        step.mayBeEnqueued = false;
        if (step.nextRetryAt <= now) {
            step.state = StepState.ENQUEUED;
            step.dueAt = null;
        } else {
            step.dueAt = step.nextRetryAt;
        }
    }

    /** The task is cancelled; false when it had ended. */
    boolean cancel() {
        if (state().isTerminal()) {
            return false;
        }
        for (StepModel step : steps) {
            if (!step.state.isTerminal()) {
                endLease(step);
                step.state = StepState.CANCELLED;
            }
        }
        cancelled = true;
        noteState();
        return true;
    }

    private static void endLease(StepModel step) {
        if (step.state == StepState.IN_PROGRESS) {
            step.token++;
            step.holder = null;
        }
        step.goesOn = false;
        step.dueAt = null;
        step.mayBeEnqueued = false;
    }

    private Completion judged(StepModel step, int token) {
        if (token != step.token) {
            return token < step.token ? Completion.STALE_LEASE : Completion.INVALID;
        }
        return step.state == StepState.IN_PROGRESS ? Completion.ACCEPTED : Completion.DUPLICATE;
    }

    private void startReleased() {
        if (isBlocked()) {
            return;
        }
        for (StepModel step : steps) {
            if (step.state == StepState.PENDING && step.pendingParents() == 0) {
                step.state = StepState.ENQUEUED;
            }
        }
    }

    private static int delay(StepModel step) {
        Backoff backoff = step.planned.retry().backoff();
        int attempt = step.attempts;
        if (backoff == null) {
            return (int) Math.min(CONFIG_BASE_SECONDS * Math.pow(2, attempt), CONFIG_MAX_SECONDS);
        }
        long base = backoff.base().toSeconds();
        long delay = switch (backoff.strategy()) {
            case NONE -> 0;
            case LINEAR -> base * attempt;
            case EXPONENTIAL -> base * (1L << (attempt - 1));
            case FIBONACCI -> base * new int[] {0, 1, 1, 2, 3, 5}[attempt];
        };
        return (int) Math.min(delay, backoff.max().toSeconds());
    }

    boolean isBlocked() {
        return count(StepState.ERROR) > 0;
    }

    int count(StepState state) {
        return (int) steps.stream().filter(step -> step.state == state).count();
    }

    int satisfiedSteps() {
        return (int) steps.stream().filter(StepModel::satisfied).count();
    }

    int active() {
        return (int) steps.stream().filter(step -> step.state.isActive()).count();
    }

    TaskState state() {
        if (cancelled) {
            return TaskState.CANCELLED;
        }
        if (isBlocked()) {
            return TaskState.BLOCKED_BY_FAILURES;
        }
        if (active() > 0) {
            return TaskState.STEPS_IN_PROCESS;
        }
        return satisfiedSteps() == steps.size() ? TaskState.COMPLETE : TaskState.WAITING_FOR_RETRY;
    }

    /** The execution status by the precedence of 01 §3.3. */
    String executionStatus(long now) {
        if (isBlocked()) {
            return "blocked_by_failures";
        }
        if (steps.stream().anyMatch(step -> step.showsReady(now))) {
            return "has_ready_steps";
        }
        if (active() > 0) {
            return "processing";
        }
        return satisfiedSteps() == steps.size() ? "all_complete" : "waiting_for_dependencies";
    }

    /** Callables of steps that wait in a queue. */
    Set<String> waitingCallables() {
        Set<String> callables = new TreeSet<>();
        steps.stream()
                .filter(step -> step.state == StepState.ENQUEUED)
                .forEach(step -> callables.add(step.planned.callable()));
        return callables;
    }

    private void noteState() {
        TaskState state = state();
        if (states.isEmpty() || states.getLast() != state) {
            states.add(state);
        }
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }
}
