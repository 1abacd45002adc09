package dev.tasker.testkit.model;

import dev.tasker.engine.ActionOutcome;
import dev.tasker.engine.Assignment;
import dev.tasker.engine.BackoffConfig;
import dev.tasker.engine.Cancellation;
import dev.tasker.engine.Completion;
import dev.tasker.engine.Creation;
import dev.tasker.engine.DispatchConfig;
import dev.tasker.engine.EngineConfig;
import dev.tasker.engine.Operator;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.engine.StepAction;
import dev.tasker.engine.StepResult;
import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskRequest;
import dev.tasker.engine.TaskState;
import dev.tasker.template.TemplatePlan;
import dev.tasker.testkit.Eventually;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.RandomTemplate;
import dev.tasker.testkit.Results;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.TestDatabase;
import dev.tasker.testkit.TestNode;
import dev.tasker.testkit.model.Action.Outcome;
import dev.tasker.testkit.model.Answers.Answer;
import dev.tasker.testkit.model.TaskModel.StepModel;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run of a program: each command goes to the engine and to the model; then, once everything has come to rest, both must agree. Which
 * of two sessions is given a waiting step is the engine's choice: the model follows what arrives, and refuses what may not.
 */
final class Run implements AutoCloseable {
    private static final int UNIT = RandomTemplate.DELAY_UNIT_SECONDS;
    private static final int FIXED_TEMPLATES = 3; // their graphs do not grow
    private static final int AUDIT_EVERY = 6;
    private static final List<String> CALLABLES = List.of("red", "blue");
    private static final EngineConfig CONFIG = TestNode.CONFIG
            .withDispatch(new DispatchConfig(false, Duration.ofMillis(10), 64, 1 << 20))
            .withBackoff(new BackoffConfig(
                    Duration.ofSeconds(TaskModel.CONFIG_BASE_SECONDS),
                    2,
                    Duration.ofSeconds(TaskModel.CONFIG_MAX_SECONDS),
                    0));

    private final TestDatabase database;
    private final Comparison comparison;
    private final long seed;
    private final Duration patience;
    private final List<TemplateFixture> templates = new ArrayList<>();
    private final List<TemplatePlan> plans = new ArrayList<>();
    private final Map<UUID, TaskModel> tasks = new LinkedHashMap<>();
    private final List<UUID> order = new ArrayList<>();
    private final List<SessionModel> sessions = new ArrayList<>();
    private final Map<UUID, SessionModel> orphaned = new LinkedHashMap<>(); // sessions of closed engines
    private final List<Assignment> ended = new ArrayList<>();
    private TestNode node;
    private long now;
    private int events;

    private record Lease(SessionModel session, Assignment assignment) {}

    Run(TestDatabase database, long seed, Duration patience) throws SQLException {
        this.database = database;
        this.seed = seed;
        this.patience = patience;
        this.comparison = new Comparison(database, tasks);
        SplittableRandom random = new SplittableRandom(seed);
        node = TestNode.open(database, CONFIG);
        List<TemplateFixture> all = new ArrayList<>();
        for (int i = 0; i < FIXED_TEMPLATES; i++) {
            all.add(RandomTemplate.of(node.namespace(), "t" + i, CALLABLES, random));
        }
        all.addAll(GrowingTemplates.of(node.namespace(), CALLABLES, random));
        for (TemplateFixture one : all) {
            TemplateFixture template = one.with("identity_strategy: caller_provided");
            templates.add(node.register(template));
            plans.add(TemplatePlan.compile(template.template()));
        }
        openSessions();
    }

    private void openSessions() {
        open(CALLABLES, 2);
        open(List.of(CALLABLES.getLast()), 3);
    }

    private void open(List<String> callables, int slots) {
        List<HandlerKey> keys = callables.stream()
                .map(callable -> new HandlerKey(node.namespace(), callable))
                .toList();
        HandDrivenWorker worker = node.worker(0, new SessionRequest("model", keys, false));
        database.query(
                "UPDATE tasker.worker_sessions SET lease_duration = '1000 h', expires_at = tasker.engine_now() +"
                        + " interval '1000 h' WHERE session_uuid = ? RETURNING session_id",
                worker.uuid());
        sessions.add(new SessionModel(worker.grant(slots), callables, slots));
    }

    /** Runs one command and compares. */
    void step(Action action) {
        @Nullable UUID touched = perform(action);
        settle();
        if (touched != null) {
            comparison.compareView(node, touched, now);
        }
        if (++events % AUDIT_EVERY == 0) {
            audit();
        }
    }

    private @Nullable UUID perform(Action action) {
        return switch (action) {
            case Action.Create create -> create(create);
            case Action.Report report -> report(report);
            case Action.Burst burst -> burst(burst);
            case Action.Reject reject -> reject(reject);
            case Action.Late late -> late(late);
            case Action.Advance advance -> advance(advance.units());
            case Action.Expire expire -> expire(chosen(sessions, expire.session()));
            case Action.Heartbeat heartbeat -> heartbeat(chosen(sessions, heartbeat.session()));
            case Action.Close close -> close(chosen(sessions, close.session()));
            case Action.Drain drain -> drain(chosen(sessions, drain.session()));
            case Action.Operate operate -> operate(operate);
            case Action.Cancel cancel -> cancel(cancel);
            case Action.Restart _ -> restart();
            case Action.ExpireOrphans _ -> expireOrphans();
        };
    }

    private UUID create(Action.Create create) {
        int index = create.template() % templates.size();
        boolean again = create.again() && !order.isEmpty();
        UUID known = again ? order.get(create.template() % order.size()) : new UUID(0, 0);
        String key = again ? String.valueOf(keys.get(known)) : "key" + order.size();
        int template = again ? Integer.parseInt(key.substring(key.indexOf('/') + 1)) : index;
        String full = again ? key : key + "/" + template;
        TaskRequest request = templates.get(template).request("{}").withIdempotencyKey(full);
        Creation creation = HandDrivenWorker.answer(node.engine().create(request));
        if (again) {
            require(
                    new Creation.Duplicate(known).equals(creation),
                    creation + " (expected: Duplicate of " + known + ")");
            return known;
        }
        require(creation instanceof Creation.Created, creation + " (expected: Created)");
        UUID uuid = creation.taskUuid();
        keys.put(uuid, full);
        order.add(uuid);
        tasks.put(uuid, new TaskModel(uuid, plans.get(template)));
        return uuid;
    }

    private final Map<UUID, String> keys = new HashMap<>();

    private @Nullable UUID report(Action.Report report) {
        List<Lease> leases = leases();
        if (leases.isEmpty()) {
            return null;
        }
        Lease lease = chosen(leases, report.lease());
        return report(lease.session(), lease.assignment(), report.outcome(), report.lease());
    }

    private UUID report(SessionModel session, Assignment lease, Outcome outcome, int number) {
        StepResult result = result(lease, outcome, number);
        Completion expected = expected(lease, outcome, result, number);
        Completion found = session.worker.report(lease.stepUuid(), lease.leaseToken(), result);
        require(found == expected, lease.step().name() + ": " + found + " (expected: " + expected + ")");
        ended(session, lease);
        return lease.taskUuid();
    }

    private Completion expected(Assignment lease, Outcome outcome, StepResult result, int number) {
        StepModel step = stepOf(lease);
        int token = lease.leaseToken();
        return switch (outcome) {
            case SUCCESS ->
                step.task.succeeded(
                        step, token, result.document(), answer(lease, number).wish());
            case RETRYABLE -> step.task.failed(step, token, true, null, result.document(), now);
            case RETRY_AFTER -> step.task.failed(step, token, true, 2 * UNIT, result.document(), now);
            case PERMANENT -> step.task.failed(step, token, false, null, result.document(), now);
        };
    }

    private StepResult result(Assignment lease, Outcome outcome, int number) {
        return switch (outcome) {
            case SUCCESS -> StepResult.success(answer(lease, number).result());
            case RETRYABLE -> Results.retryable();
            case RETRY_AFTER -> Results.retryAfter(Duration.ofSeconds(2L * UNIT));
            case PERMANENT -> Results.permanent();
        };
    }

    private Answer answer(Assignment lease, int number) {
        StepModel step = stepOf(lease);
        return Answers.of(step.task.plan, step.planned, step.name, lease.leaseToken(), number);
    }

    private void ended(SessionModel session, Assignment lease) {
        session.forget(lease);
        orphaned.values().forEach(orphan -> orphan.forget(lease));
        if (!ended.contains(lease)) {
            ended.add(lease);
        }
    }

    private @Nullable UUID burst(Action.Burst burst) {
        List<Lease> leases = leases();
        List<Lease> some = leases.subList(0, Math.min(burst.leases(), leases.size()));
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        for (Lease lease : some) {
            answers.add(lease.session()
                    .worker
                    .session()
                    .complete(lease.assignment(), result(lease.assignment(), Outcome.SUCCESS, numberOf(lease))));
        }
        tasks.values().forEach(TaskModel::burstBegins);
        for (int i = 0; i < some.size(); i++) {
            Lease lease = some.get(i);
            StepResult result = result(lease.assignment(), Outcome.SUCCESS, numberOf(lease));
            Completion expected = expected(lease.assignment(), Outcome.SUCCESS, result, numberOf(lease));
            Completion found = HandDrivenWorker.answer(answers.get(i));
            require(
                    found == expected,
                    lease.assignment().step().name() + ": " + found + " (expected: " + expected + ")");
            ended(lease.session(), lease.assignment());
        }
        tasks.values().forEach(TaskModel::burstEnds);
        return some.isEmpty() ? null : some.getFirst().assignment().taskUuid();
    }

    /** Chooses what is answered where no command says it: something that can be carried out. */
    private int numberOf(Lease lease) {
        long number = seed
                + order.indexOf(lease.assignment().taskUuid()) * 37L
                + lease.assignment().step().name().hashCode()
                + lease.assignment().leaseToken() * 7L;
        return Answers.valid(Math.floorMod(number, 1000));
    }

    private @Nullable UUID reject(Action.Reject reject) {
        List<Lease> leases = leases();
        if (leases.isEmpty()) {
            return null;
        }
        Lease lease = chosen(leases, reject.lease());
        StepModel step = stepOf(lease.assignment());
        Completion expected = step.task.rejected(step, lease.assignment().leaseToken());
        Completion found = lease.session().worker.reject(lease.assignment());
        require(found == expected, "reject " + step + ": " + found + " (expected: " + expected + ")");
        ended(lease.session(), lease.assignment());
        return step.task.uuid;
    }

    private @Nullable UUID late(Action.Late late) {
        List<Assignment> candidates = new ArrayList<>(ended);
        orphaned.values().forEach(orphan -> candidates.addAll(orphan.held.values()));
        if (candidates.isEmpty()) {
            return null;
        }
        return report(chosen(sessions, late.session()), chosen(candidates, late.lease()), late.outcome(), late.lease());
    }

    private @Nullable UUID advance(int units) {
        now += (long) units * UNIT;
        tasks.values().forEach(task -> task.fireDue(now));
        database.advance(Duration.ofSeconds((long) units * UNIT));
        return null;
    }

    private @Nullable UUID expire(SessionModel session) {
        if (session.held.isEmpty() || session.silent) {
            return null;
        }
        endSoon(session.worker.uuid());
        advance(1);
        session.silent = true;
        expired(List.of(session));
        return null;
    }

    private void endSoon(UUID session) {
        database.query(
                "UPDATE tasker.worker_sessions SET expires_at = tasker.engine_now() + interval '50 s' WHERE"
                        + " session_uuid = ? RETURNING session_id",
                session);
    }

    private void expired(Collection<SessionModel> silent) {
        Set<UUID> uuids = silent.stream().map(session -> session.worker.uuid()).collect(Collectors.toSet());
        tasks.values().forEach(task -> task.expired(uuids, Comparison.LEASE_EXPIRED, now));
        for (SessionModel session : silent) {
            session.held.values().stream()
                    .filter(lease -> !ended.contains(lease))
                    .forEach(ended::add);
        }
    }

    private @Nullable UUID heartbeat(SessionModel session) {
        if (session.held.isEmpty()) {
            return null; // may write nothing: there would be nothing to wait for
        }
        List<String> before = expiryOf(session);
        List<Assignment> lost = session.held.values().stream()
                .filter(lease -> !isLive(session, lease))
                .toList();
        session.worker.session().heartbeat();
        List<String> ignored =
                Eventually.get("the lease's time", () -> expiryOf(session), after -> !after.equals(before));
        List<Assignment> told = new ArrayList<>();
        while (told.size() < lost.size()) {
            told.add(session.worker.nextLost());
        }
        require(told.containsAll(lost), "lost " + told + " (expected: " + lost + ")");
        lost.forEach(session::forget);
        if (session.silent) {
            session.silent = false; // all it holds was lost, or nothing
        }
        return null;
    }

    private List<String> expiryOf(SessionModel session) {
        return database.query(
                "SELECT expires_at FROM tasker.worker_sessions WHERE session_uuid = ?", session.worker.uuid());
    }

    private boolean isLive(SessionModel session, Assignment lease) {
        StepModel step = stepOf(lease);
        return step.token == lease.leaseToken() && session.worker.uuid().equals(step.holder);
    }

    private @Nullable UUID close(SessionModel session) {
        sessions.remove(session);
        session.worker.close();
        expired(List.of(session));
        open(session.callables, session.slots);
        return null;
    }

    private @Nullable UUID operate(Action.Operate operate) {
        if (order.isEmpty()) {
            return null;
        }
        List<TaskModel> blocked =
                tasks.values().stream().filter(TaskModel::isBlocked).toList();
        TaskModel task = blocked.isEmpty() || operate.step() % 4 == 0
                ? modelOf(chosen(order, operate.task()))
                : chosen(blocked, operate.task());
        List<StepModel> failed = task.steps.stream()
                .filter(step -> step.state == StepState.ERROR)
                .toList();
        operate(chosen(failed.isEmpty() ? task.steps : failed, operate.step()), operate.kind());
        return task.uuid;
    }

    private void operate(StepModel step, Action.Kind kind) {
        Operator operator = new Operator("model", null);
        StepAction action = switch (kind) {
            case RESET -> new StepAction.ResetForRetry("again", operator, false);
            case RESOLVE -> new StepAction.ResolveManually("waived", operator);
            case COMPLETE -> new StepAction.CompleteManually("\"by hand\"", null, "supplied", operator);
        };
        List<Lease> leases = leasesOf(step);
        UUID stepUuid = node.step(step.task.uuid, step.name).stepUuid();
        boolean allowed = step.task.operated(step, kind, now);
        ActionOutcome found = HandDrivenWorker.answer(node.engine().operate(step.task.uuid, stepUuid, action));
        require(
                allowed ? found.equals(new ActionOutcome.Done()) : found instanceof ActionOutcome.Refused,
                kind + " of " + step + ": " + found + " (expected: " + (allowed ? "Done" : "Refused") + ")");
        if (allowed) {
            told(leases);
            if (kind == Action.Kind.COMPLETE) {
                step.result = node.step(step.task.uuid, step.name).result();
                require(
                        String.valueOf(step.result).contains("\"result\":\"by hand\""),
                        step + ": result " + step.result + " (expected: the operator's)");
            }
        }
    }

    private @Nullable UUID cancel(Action.Cancel cancel) {
        if (order.isEmpty()) {
            return null;
        }
        TaskModel task = modelOf(chosen(order, cancel.task()));
        List<Lease> leases =
                task.steps.stream().flatMap(step -> leasesOf(step).stream()).toList();
        boolean allowed = task.cancel();
        ActionOutcome found = HandDrivenWorker.answer(node.engine().cancel(task.uuid, Cancellation.UNEXPLAINED));
        require(
                allowed ? found.equals(new ActionOutcome.Done()) : found instanceof ActionOutcome.Refused,
                "cancellation of " + task.uuid + ": " + found + " (expected: " + (allowed ? "Done" : "Refused") + ")");
        if (allowed) {
            told(leases);
        }
        return task.uuid;
    }

    /** Live leases of the step: one at most, of a session of this engine or of a closed one. */
    private List<Lease> leasesOf(StepModel step) {
        List<SessionModel> all = new ArrayList<>(sessions);
        all.addAll(orphaned.values());
        return all.stream()
                .flatMap(session -> session.held.values().stream()
                        .filter(lease -> stepOf(lease) == step && isLive(session, lease))
                        .map(lease -> new Lease(session, lease)))
                .toList();
    }

    /** These leases were ended: sessions of this engine are told at once. */
    private void told(List<Lease> leases) {
        List<Lease> own = leases.stream()
                .filter(lease -> sessions.contains(lease.session()))
                .toList();
        for (Lease lease : own) {
            Assignment lost = lease.session().worker.nextLost();
            require(
                    own.stream().anyMatch(one -> one.assignment().equals(lost)),
                    "lost " + lost + " (expected: one of " + own + ")");
        }
        leases.forEach(lease -> ended(lease.session(), lease.assignment()));
    }

    private @Nullable UUID drain(SessionModel session) {
        session.worker.session().drain();
        session.draining = true;
        return null;
    }

    private @Nullable UUID restart() {
        node.close();
        sessions.forEach(session -> orphaned.put(session.worker.uuid(), session));
        sessions.forEach(session -> session.held.values().removeIf(lease -> !isLive(session, lease)));
        sessions.clear();
        node = node.another(CONFIG);
        openSessions();
        return null;
    }

    private @Nullable UUID expireOrphans() {
        if (orphaned.isEmpty()) {
            return null;
        }
        orphaned.keySet().forEach(this::endSoon);
        advance(1);
        expired(orphaned.values());
        orphaned.clear();
        return null;
    }

    /** Lets every task come to its end: leases are reported, retries fire, dead sessions expire. */
    void finish() {
        expireOrphans();
        settle();
        for (SessionModel session : List.copyOf(sessions)) {
            close(session);
            settle();
        }
        end();
        for (TaskModel task : tasks.values()) {
            for (StepModel step : task.steps) {
                if (step.state == StepState.ERROR) {
                    operate(step, step.token % 2 == 0 ? Action.Kind.RESET : Action.Kind.RESOLVE);
                    settle();
                }
            }
        }
        end();
        require(
                tasks.values().stream().allMatch(task -> task.state().isTerminal()),
                "repaired tasks have not ended: "
                        + tasks.values().stream().map(task -> task.steps).toList());
        tasks.values().forEach(task -> {
            comparison.compareView(node, task.uuid, now);
            comparison.compareHistory(task);
            comparison.compareEdges(node, task);
        });
        audit();
    }

    private void end() {
        for (int round = 0; round < 300 && unfinished(); round++) {
            List<Lease> leases = leases();
            if (leases.isEmpty()) {
                advance(5);
            } else {
                report(
                        leases.getFirst().session(),
                        leases.getFirst().assignment(),
                        Outcome.SUCCESS,
                        numberOf(leases.getFirst()));
            }
            settle();
        }
        require(
                !unfinished(),
                "tasks are not at rest after all was done: "
                        + tasks.values().stream().map(task -> task.steps).toList());
    }

    private boolean unfinished() {
        return tasks.values().stream()
                .anyMatch(task -> task.active() > 0 || task.state() == TaskState.WAITING_FOR_RETRY);
    }

    /** Takes what arrives until nothing more may arrive and the database shows what the model says. */
    private void settle() {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean arrived = arrivals();
            String difference = arrived ? "" : difference();
            if (!arrived && difference == null) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not at rest after " + patience + ": " + difference);
            }
            if (!arrived) {
                Assignment next = sessions.getFirst().worker.poll(3);
                if (next != null) {
                    arrived(sessions.getFirst(), next);
                }
            }
        }
    }

    private boolean arrivals() {
        boolean any = false;
        for (SessionModel session : sessions) {
            Assignment next = session.worker.poll();
            while (next != null) {
                arrived(session, next);
                any = true;
                next = session.worker.poll();
            }
        }
        return any;
    }

    private void arrived(SessionModel session, Assignment assignment) {
        StepModel step = stepOf(assignment);
        String what = "assignment of " + step + " to " + session.callables;
        require(session.wants(step.planned.callable()), what + " (expected: one for a session that may have it)");
        step.task.leased(step, session.worker.uuid());
        require(
                assignment.attempt() == step.attempts,
                what + ": attempt " + assignment.attempt() + " (expected: " + step.attempts + ")");
        require(
                assignment.leaseToken() == step.token,
                what + ": token " + assignment.leaseToken() + " (expected: " + step.token + ")");
        require(
                assignment.step().templateStepName().equals(step.planned.name()),
                what + ": template " + assignment.step().templateStepName());
        require(
                assignment.dependencyResults().equals(step.dependencyResults()),
                what + ": " + assignment.dependencyResults() + " (expected: " + step.dependencyResults() + ")");
        require(
                Comparison.same(step.result, assignment.step().previousResult()),
                what + ": previous result " + assignment.step().previousResult() + " (expected: " + step.result + ")");
        session.held.put(assignment.stepUuid(), assignment);
    }

    /** What keeps model and engine apart, null when they agree and nothing can be handed out. */
    private @Nullable String difference() {
        for (TaskModel task : tasks.values()) {
            for (String callable : task.waitingCallables()) {
                if (sessions.stream().anyMatch(session -> session.wants(callable))) {
                    return "a waiting step is not handed out: " + task.steps;
                }
            }
        }
        return comparison.difference();
    }

    private void audit() {
        List<TestDatabase.Finding> findings = database.audit();
        require(findings.isEmpty(), "the auditor found " + findings);
    }

    private List<Lease> leases() {
        List<Lease> leases = new ArrayList<>();
        for (SessionModel session : sessions) {
            session.held.values().stream()
                    .filter(lease -> isLive(session, lease))
                    .forEach(lease -> leases.add(new Lease(session, lease)));
        }
        leases.sort(Comparator.comparingInt(
                        (Lease lease) -> order.indexOf(lease.assignment().taskUuid()))
                .thenComparing(lease -> lease.assignment().step().name()));
        return leases;
    }

    private TaskModel modelOf(UUID task) {
        return Objects.requireNonNull(tasks.get(task), () -> "task " + task);
    }

    private StepModel stepOf(Assignment assignment) {
        return modelOf(assignment.taskUuid()).steps.stream()
                .filter(step -> step.name.equals(assignment.step().name()))
                .findFirst()
                .orElseThrow();
    }

    private static <T> T chosen(List<T> candidates, int choice) {
        return candidates.get(choice % candidates.size());
    }

    private static void require(boolean holds, String message) {
        TaskModel.require(holds, message);
    }

    @Override
    public void close() {
        node.close();
        comparison.close();
    }
}
