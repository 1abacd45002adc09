package dev.tasker.testkit.model;

import dev.tasker.engine.Assignment;
import dev.tasker.engine.SessionRequest;
import dev.tasker.engine.SessionRequest.HandlerKey;
import dev.tasker.template.TemplatePlan;
import dev.tasker.testkit.HandDrivenWorker;
import dev.tasker.testkit.RandomTemplate;
import dev.tasker.testkit.TemplateFixture;
import dev.tasker.testkit.model.Ground.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What there is in one program: its templates, the models of its tasks, and the sessions of both nodes. */
final class World {
    /** Seconds of a unit of delay. */
    static final int UNIT = RandomTemplate.DELAY_UNIT_SECONDS;

    private static final int FIXED_TEMPLATES = 3; // their graphs do not grow
    private static final List<String> CALLABLES = List.of("red", "blue");
    private static final long LOST_MILLIS = 50;
    private static final Duration HASTE = Duration.ofMillis(4);

    final Ground ground;
    final long seed;
    final Map<UUID, TaskModel> tasks = new LinkedHashMap<>();
    final List<UUID> order = new ArrayList<>();
    final List<SessionModel> sessions = new ArrayList<>();
    final Map<UUID, SessionModel> orphaned = new LinkedHashMap<>(); // sessions of closed nodes
    final List<Assignment> ended = new ArrayList<>();
    long now;
    private final List<TemplateFixture> templates = new ArrayList<>();
    private final List<TemplatePlan> plans = new ArrayList<>();
    private final Set<Integer> registered = new HashSet<>();

    /** A lease as a session knows it. */
    record Lease(SessionModel session, Assignment assignment) {}

    World(Ground ground, long seed) {
        this.ground = ground;
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        String prefix = "p" + ground.nextProgram() + "_";
        String namespace = ground.place(0).node.namespace();
        List<TemplateFixture> all = new ArrayList<>();
        for (int i = 0; i < FIXED_TEMPLATES; i++) {
            all.add(RandomTemplate.of(
                    namespace, prefix + "t" + i, CALLABLES, random, () -> GrowingTemplates.events(random)));
        }
        all.addAll(GrowingTemplates.of(namespace, prefix, CALLABLES, random));
        for (TemplateFixture one : all) {
            TemplateFixture template = one.with("identity_strategy: caller_provided");
            templates.add(template);
            plans.add(TemplatePlan.compile(template.template()));
        }
        for (int place = 0; place < Ground.NODES; place++) {
            openSessions(ground.place(place));
        }
    }

    int templates() {
        return templates.size();
    }

    TemplatePlan plan(int template) {
        return plans.get(template);
    }

    /** The template, registered at the node there unless it was at another. */
    TemplateFixture registered(int template, Place place) {
        if (registered.add(template)) {
            place.node.register(templates.get(template));
        }
        return templates.get(template);
    }

    /** The ordinary sessions of a node: for everything at the first, for one kind of step at the other. */
    void openSessions(Place place) {
        if (place == ground.place(0)) {
            open(place, CALLABLES, 3, false);
        } else {
            open(place, CALLABLES, 1, false);
            open(place, List.of(CALLABLES.getLast()), 2, false);
        }
    }

    SessionModel open(Place place, List<String> callables, int slots, boolean hasty) {
        String namespace = place.node.namespace();
        List<HandlerKey> keys = callables.stream()
                .map(callable -> new HandlerKey(namespace, callable))
                .toList();
        SessionRequest request = new SessionRequest("model", keys, false, hasty ? HASTE : null);
        HandDrivenWorker worker = HandDrivenWorker.open(place.node.engine(), request);
        ground.query(
                "UPDATE tasker.worker_sessions SET lease_duration = '100000 h', expires_at = tasker.engine_now() +"
                        + " interval '100000 h' WHERE session_uuid = ? RETURNING session_id",
                worker.uuid());
        SessionModel session = new SessionModel(place, worker.grant(slots), callables, slots, hasty);
        sessions.add(session);
        return session;
    }

    /** Moves the clock; retries that are due fire. */
    void advance(long seconds) {
        now += seconds;
        tasks.values().forEach(task -> task.fireDue(now));
        ground.advance(seconds);
    }

    /** Live leases of the sessions, in an order that a replay repeats. */
    List<Lease> leases() {
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

    boolean isLive(SessionModel session, Assignment lease) {
        StepModel step = stepOf(lease);
        return step.token == lease.leaseToken() && session.worker.uuid().equals(step.holder);
    }

    /** Live leases of the step: one at most, of a session of either node or of a closed one. */
    List<Lease> leasesOf(StepModel step) {
        List<SessionModel> all = new ArrayList<>(sessions);
        all.addAll(orphaned.values());
        return all.stream()
                .flatMap(session -> session.held.values().stream()
                        .filter(lease -> stepOf(lease) == step && isLive(session, lease))
                        .map(lease -> new Lease(session, lease)))
                .toList();
    }

    /** The lease has ended, and {@code told} knows, if it held it. */
    void ended(@Nullable SessionModel told, Assignment lease) {
        if (told != null) {
            told.forget(lease);
        }
        orphaned.values().forEach(orphan -> orphan.forget(lease));
        if (!ended.contains(lease)) {
            ended.add(lease);
        }
    }

    /**
     * These leases were ended by a call at {@code place}: sessions of that node are told at once, others by their heartbeat; so are all when
     * the call's answer was lost.
     */
    void told(List<Lease> leases, Place place, boolean struck) {
        List<Lease> own = leases.stream()
                .filter(lease -> sessions.contains(lease.session()) && lease.session().place == place)
                .toList();
        for (Lease lease : own) {
            Assignment lost = struck
                    ? lease.session().worker.pollLost(LOST_MILLIS)
                    : lease.session().worker.nextLost();
            TaskModel.require(
                    lost == null
                            || own.stream().anyMatch(one -> one.assignment().equals(lost)),
                    "lost " + lost + " (expected: one of " + own + ")");
            if (lost != null) {
                lease.session().forget(lost);
            }
        }
        leases.forEach(lease -> ended(null, lease.assignment()));
    }

    TaskModel modelOf(UUID task) {
        return Objects.requireNonNull(tasks.get(task), () -> "task " + task);
    }

    StepModel stepOf(Assignment assignment) {
        return modelOf(assignment.taskUuid()).steps.stream()
                .filter(step -> step.name.equals(assignment.step().name()))
                .findFirst()
                .orElseThrow();
    }

    /** Chooses what is answered where no command says it: something that can be carried out. */
    int numberOf(Assignment lease) {
        long number = seed
                + order.indexOf(lease.taskUuid()) * 37L
                + lease.step().name().hashCode()
                + lease.leaseToken() * 7L;
        return Answers.valid(Math.floorMod(number, 1000));
    }

    static <T> T chosen(List<T> candidates, int choice) {
        return candidates.get(choice % candidates.size());
    }
}
