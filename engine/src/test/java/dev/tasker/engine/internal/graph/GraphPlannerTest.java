package dev.tasker.engine.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tasker.engine.GraphConfig;
import dev.tasker.engine.internal.graph.Growth.Edge;
import dev.tasker.engine.internal.graph.Growth.Gain;
import dev.tasker.engine.internal.graph.Growth.NewStep;
import dev.tasker.engine.internal.graph.InvalidOutcomeException.Kind;
import dev.tasker.template.PlannedStep;
import dev.tasker.template.TemplateParser;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What outcomes add to a task (01 §1.14, 02 §6.5, §6.6, §7.3). */
class GraphPlannerTest {
    private static final GraphPlanner PLANNER = new GraphPlanner(GraphConfig.DEFAULT);

    /** A template of steps written as {@code name type parent parent}. */
    private static TemplatePlan plan(String... steps) {
        StringBuilder yaml = new StringBuilder("name: t\nnamespace_name: n\nversion: \"1.0.0\"\nsteps:\n");
        for (String step : steps) {
            String[] words = step.split(" ");
            String type = switch (words[1]) {
                case "d" -> "decision";
                case "c" -> "deferred_convergence";
                case "b" -> "batchable";
                case "w" -> "batch_worker";
                default -> "standard";
            };
            yaml.append("  - {name: ").append(words[0]).append(", type: ").append(type);
            yaml.append(", handler: {callable: x}, dependencies: ")
                    .append(List.of(words).subList(2, words.length))
                    .append("}\n");
        }
        return TemplatePlan.compile(
                TemplateParser.parse("t.yaml", yaml.toString()).template());
    }

    /** A task on its way: the graph after each outcome. */
    private static final class Walk {
        private final TemplatePlan plan;
        private TaskGraph graph;

        private Walk(TemplatePlan plan) {
            this.plan = plan;
            this.graph = TaskGraph.initial(plan);
        }

        private @Nullable Growth outcome(String step, Outcome outcome) throws InvalidOutcomeException {
            PlannedStep decider = plan.step(step).orElseThrow();
            Growth growth = PLANNER.plan(plan, graph, decider, outcome);
            if (growth != null) {
                graph = graph.plus(growth);
            }
            return growth;
        }

        private Growth decides(String step, String... names) throws InvalidOutcomeException {
            return Objects.requireNonNull(outcome(step, new Outcome.CreateSteps(List.of(names))));
        }

        private Growth cuts(String step, String worker, int count) throws InvalidOutcomeException {
            return Objects.requireNonNull(outcome(
                    step,
                    new Outcome.CreateBatches(
                            worker,
                            IntStream.rangeClosed(1, count)
                                    .mapToObj("%03d"::formatted)
                                    .map(id -> new Outcome.Cursor(
                                            id,
                                            OutcomeParser.JSON
                                                    .createObjectNode()
                                                    .put("batch_id", id)))
                                    .toList())));
        }

        private String name(int index) {
            return index < plan.steps().size()
                    ? plan.steps().get(index).name()
                    : "#" + (index - plan.steps().size() + 1);
        }

        private List<String> created(Growth growth) {
            return growth.steps().stream().map(step -> name(step.index())).toList();
        }

        /** All edges of a growth, sorted; {@code !} stands before one that only holds back. */
        private List<String> edges(Growth growth) {
            List<String> edges = new ArrayList<>();
            for (Edge edge : growth.edges()) {
                edges.add((edge.barrier() ? "!" : "") + name(edge.from()) + ">" + name(edge.to()));
            }
            for (NewStep step : growth.steps()) {
                for (int child : step.children()) {
                    edges.add(name(step.index()) + ">" + name(child));
                }
            }
            assertThat(edges).doesNotHaveDuplicates();
            return edges.stream().sorted().toList();
        }
    }

    private static final String[] APPROVAL = {
        "check s",
        "route d check",
        "auto s route",
        "manager s route",
        "finance s route",
        "finish c auto manager finance"
    };

    @Test
    void chosenBranchesAndTheirConvergenceAreCreated() throws InvalidOutcomeException {
        Walk walk = new Walk(plan(APPROVAL));
        Growth growth = walk.decides("route", "manager", "finance");
        assertThat(walk.created(growth)).containsExactly("manager", "finance", "finish");
        assertThat(walk.edges(growth))
                .containsExactly("finance>finish", "manager>finish", "route>finance", "route>manager");
    }

    @Test
    void followersOfABranchAreCreatedAndThoseOfOthersAreNot() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("d d x", "x s", "a s d", "b s d", "a2 s a", "b2 s b", "ab s a2 b2"));
        Growth growth = walk.decides("d", "a");
        assertThat(walk.created(growth)).containsExactly("a", "a2", "ab");
        assertThat(walk.edges(growth)).containsExactly("a2>ab", "a>a2", "d>a", "d>ab");
    }

    @Test
    void dependencyOnAnOlderStepIsKept() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("x s", "slow s", "d d x", "a s d slow"));
        assertThat(walk.edges(walk.decides("d", "a"))).containsExactly("d>a", "slow>a");
    }

    @Test
    void exitDecisionIsCreatedWithoutWhatLiesBehindIt() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("x s", "d d x", "a s d", "b s d", "e d a", "f d b", "late s e"));
        Growth growth = walk.decides("d", "a");
        assertThat(walk.created(growth)).containsExactly("a", "e");
        assertThat(walk.created(walk.decides("e", "late"))).containsExactly("late");
    }

    @Test
    void stepBehindAConvergenceIsCreatedOnceAllItsParentsAre() throws InvalidOutcomeException {
        Walk walk =
                new Walk(plan("x s", "d d x", "a s d", "b s d", "c c a b", "after s c", "both s c b", "on s after"));
        Growth growth = walk.decides("d", "a");
        assertThat(walk.created(growth)).containsExactly("a", "c", "after", "on");
        assertThat(walk.edges(growth)).containsExactly("a>c", "after>on", "c>after", "d>a");
    }

    @Test
    void convergenceWaitsForADecisionThatMayStillAddToIt() throws InvalidOutcomeException {
        Walk walk = new Walk(plan(
                "x s", "one d x", "two d x", "a s one", "b s two", "finish c a b", "unrelated d x", "u s unrelated"));
        Growth first = walk.decides("one", "a");
        assertThat(walk.edges(first)).containsExactly("!two>finish", "a>finish", "one>a");
        Growth second = walk.decides("two", "b");
        assertThat(walk.created(second)).containsExactly("b");
        assertThat(walk.edges(second)).containsExactly("b>finish", "two>b");
        assertThat(second.gains()).containsExactly(new Gain(5, 1));
    }

    @Test
    void convergenceWaitsForANewDecisionThatMayAddToIt() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("x s", "one d x", "a s one", "two d one", "b s two", "finish c a b"));
        Growth first = walk.decides("one", "a", "two");
        assertThat(walk.edges(first)).containsExactly("a>finish", "one>a", "one>two", "two>finish");
        assertThat(walk.edges(walk.decides("two", "b"))).containsExactly("b>finish", "two>b");
    }

    @Test
    void branchOfAnotherOpenDecisionIsLeftToIt() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("x s", "one d x", "two d x", "a s one", "shared s a two"));
        assertThat(walk.created(walk.decides("one", "a"))).containsExactly("a");
        Growth second = walk.decides("two", "shared");
        assertThat(walk.edges(second)).containsExactly("a>shared", "two>shared");
    }

    @Test
    void namingStepsTwiceCreatesThemOnce() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("x s", "d d x", "a s d"));
        walk.decides("d", "a");
        assertThat(walk.outcome("d", new Outcome.CreateSteps(List.of("a")))).isNull();
    }

    @Test
    void instancesStandBetweenBatchableAndConvergence() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("cut b", "work w cut", "sum c work", "tell s sum"));
        Growth growth = walk.cuts("cut", "work", 2);
        assertThat(walk.created(growth)).containsExactly("sum", "tell", "#1", "#2");
        assertThat(walk.edges(growth)).containsExactly("#1>sum", "#2>sum", "cut>#1", "cut>#2", "sum>tell");
        assertThat(growth.steps().stream().map(NewStep::name)).containsExactly(null, null, "work_001", "work_002");
        assertThat(growth.openInstances()).isEqualTo(2);
    }

    @Test
    void instancesBeyondTheLimitWaitForASlot() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("cut b", "work w cut", "sum c work"));
        Growth growth = walk.cuts("cut", "work", 60);
        assertThat(growth.openInstances()).isEqualTo(50);
        assertThat(growth.edges()).hasSize(50);
        assertThat(growth.steps().stream().filter(step -> step.batchStep() != null && step.parents() == 1))
                .hasSize(10);
        assertThat(growth.steps().getFirst().parents()).isEqualTo(60);
    }

    @Test
    void batchIsCutOnce() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("cut b", "work w cut", "sum c work"));
        walk.cuts("cut", "work", 2);
        assertThat(walk.outcome("cut", new Outcome.CreateBatches("work", List.of())))
                .isNull();
    }

    @Test
    void twoBatchesShareAConvergence() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("left b", "right b", "lw w left", "rw w right", "sum c lw rw"));
        Growth first = walk.cuts("left", "lw", 1);
        assertThat(walk.edges(first)).containsExactly("!right>sum", "#1>sum", "left>#1");
        Growth second = walk.cuts("right", "rw", 2);
        assertThat(walk.created(second)).containsExactly("#2", "#3");
        assertThat(second.gains()).containsExactly(new Gain(4, 2));
    }

    @Test
    void batchBehindADecisionHoldsItsConvergenceBack() throws InvalidOutcomeException {
        Walk walk = new Walk(plan("x s", "d d x", "plain s d", "cut b d", "work w cut", "sum c plain work"));
        Growth first = walk.decides("d", "plain", "cut");
        assertThat(walk.created(first)).containsExactly("plain", "cut", "sum");
        assertThat(walk.edges(first)).containsExactly("cut>sum", "d>cut", "d>plain", "plain>sum");
        assertThat(walk.edges(walk.cuts("cut", "work", 1))).containsExactly("#1>sum", "cut>#1");
    }

    @Test
    void outcomesThatCannotBeCarriedOutSayWhy() {
        Walk walk = new Walk(plan(APPROVAL));
        Walk batch = new Walk(plan("cut b", "work w cut", "sum c work"));
        assertRefused(
                () -> walk.decides("route", "check"),
                Kind.INVALID_DESCENDANT,
                "decision 'route' names 'check' (expected: one of [auto, manager, finance, finish],"
                        + " the steps between it and the next decisions)");
        assertRefused(
                () -> walk.decides("route", "nobody"),
                Kind.STEP_NOT_FOUND,
                "decision 'route' names 'nobody' (expected: a step of the template)");
        assertRefused(
                () -> batch.cuts("cut", "sum", 1),
                Kind.INVALID_TEMPLATE,
                "worker_template_name: 'sum' is of type deferred_convergence (expected: batch_worker)");
        assertRefused(
                () -> batch.cuts("cut", "nobody", 1),
                Kind.STEP_NOT_FOUND,
                "worker_template_name: 'nobody' (expected: a batch_worker of the template)");
    }

    private static void assertRefused(ThrowingCallable call, Kind kind, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidOutcomeException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(kind))
                .hasMessage(message);
    }

    @Test
    void limitsAreChecked() {
        String names = IntStream.rangeClosed(1, 3).mapToObj(i -> "s" + i).collect(Collectors.joining(" "));
        TemplatePlan wide = plan("x s", "d d x", "s1 s d", "s2 s d", "s3 s d");
        GraphPlanner narrow = new GraphPlanner(new GraphConfig(true, 2, 1, 20, 10, true, 50));
        assertRefused(
                () -> narrow.plan(
                        wide,
                        TaskGraph.initial(wide),
                        wide.step("d").orElseThrow(),
                        new Outcome.CreateSteps(List.of(names.split(" ")))),
                Kind.LIMIT_EXCEEDED,
                "decision 'd' names 3 steps (expected: at most 2, decision_points.max_steps_per_decision)");
        TemplatePlan deep = plan("x s", "d1 d x", "d2 d d1", "a s d2");
        GraphPlanner shallow = new GraphPlanner(new GraphConfig(true, 2, 1, 1, 1, true, 50));
        assertRefused(
                () -> shallow.plan(
                        deep,
                        TaskGraph.initial(deep),
                        deep.step("d2").orElseThrow(),
                        new Outcome.CreateSteps(List.of("a"))),
                Kind.LIMIT_EXCEEDED,
                "decision 'd2' is number 2 on its path (expected: at most 1, decision_points.max_decision_depth)");
    }

    @Test
    void everyEdgeLeadsOnwardsInTheTemplate() throws InvalidOutcomeException {
        TemplatePlan plan = plan(
                "x s",
                "one d x",
                "a s one",
                "two d one",
                "b s two",
                "cut b two",
                "w w cut",
                "finish c a b w",
                "end s finish");
        Walk walk = new Walk(plan);
        List<Integer> order =
                plan.topologicalOrder().stream().map(PlannedStep::index).toList();
        for (Growth growth :
                List.of(walk.decides("one", "a", "two"), walk.decides("two", "b", "cut"), walk.cuts("cut", "w", 3))) {
            for (String edge : walk.edges(growth)) {
                List<Integer> ends = new ArrayList<>();
                for (String name : edge.replace("!", "").split(">", -1)) {
                    ends.add(order.indexOf(plan.step(name.startsWith("#") ? "w" : name)
                            .orElseThrow()
                            .index()));
                }
                assertThat(ends.getFirst()).as(edge).isLessThan(ends.getLast());
            }
        }
    }
}
