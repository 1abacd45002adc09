package dev.tasker.engine.internal.state;

import static java.util.stream.Collectors.joining;

import dev.tasker.engine.StepState;
import dev.tasker.engine.TaskState;
import dev.tasker.engine.internal.state.EventSamples.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The text of {@code docs/state-machines.md}, printed from the two machines. */
final class StateMachinesDocument {
    private static final String INTRODUCTION = """
        # State machines

        <!-- Printed from TaskStateMachine and StepStateMachine. Do not edit; StateMachinesDocumentTest says how to print it anew. -->

        What a task and a step can be, and what leads from one state to the next. The engine makes these transitions inside its SQL calls and
        often several in one transaction: history then shows the state before and the one the transaction left behind, and the views
        `task_transitions` and `workflow_step_transitions` add the states passed through as `via`.

        A pair of state and event that is in no table below is refused and changes nothing. In the pictures, the events that lead from every
        unfinished state to the same end start at the box *any unfinished state*.
        """;

    private static final String TASK_NOTE = """
        Terminal states are never left, with one exception: `error` accepts `Reset`, after an operator repaired the steps.
        """;

    private static final String STEP_NOTE = """
        A step in a satisfying state lets its dependants start, and never leaves that state. `error` is not terminal: nothing leaves it by
        itself, but an operator can retry, resolve or complete the step.
        """;

    /** A machine with what its tables show besides the transitions. */
    private record Machine<S extends Enum<S>, E>(
            List<S> states,
            List<Sample<E>> samples,
            BiFunction<S, E, Optional<S>> next,
            Function<S, String> text,
            Predicate<S> isTerminal,
            BiFunction<S, S, List<String>> lifecycle) {}

    /** Samples of one event that lead from one state to another. */
    private record Transition<S>(S from, String event, String figures, S to) {}

    private StateMachinesDocument() {}

    static String print() {
        Machine<TaskState, TaskEvent> tasks = new Machine<>(
                List.of(TaskState.values()),
                EventSamples.ofTasks(),
                TaskStateMachine::next,
                TaskState::text,
                TaskState::isTerminal,
                (from, to) -> TaskStateMachine.lifecycleEvent(from, to).stream().toList());
        Machine<StepState, StepEvent> steps = new Machine<>(
                List.of(StepState.values()),
                EventSamples.ofSteps(),
                StepStateMachine::next,
                StepState::text,
                StepState::isTerminal,
                StepStateMachine::lifecycleEvents);
        return String.join(
                "\n",
                INTRODUCTION,
                "## Task\n",
                table(
                        "| State | Code | Terminal |",
                        Arrays.stream(TaskState.values())
                                .map(state -> List.of(
                                        code(state.text()), String.valueOf(state.ordinal()), yes(state.isTerminal())))),
                TASK_NOTE,
                body(tasks),
                "## Step\n",
                table(
                        "| State | Code | Terminal | Satisfies dependants | Counts as active |",
                        Arrays.stream(StepState.values())
                                .map(state -> List.of(
                                        code(state.text()),
                                        String.valueOf(state.ordinal()),
                                        yes(state.isTerminal()),
                                        yes(state.satisfies()),
                                        yes(state.isActive())))),
                STEP_NOTE,
                body(steps));
    }

    private static <S extends Enum<S>, E> String body(Machine<S, E> machine) {
        List<Transition<S>> transitions = transitions(machine);
        Map<String, S> fromAnywhere = fromAnywhere(machine, transitions);
        List<Transition<S>> special = transitions.stream()
                .filter(transition -> !fromAnywhere.containsKey(transition.event()))
                .toList();
        return String.join(
                "\n",
                picture(machine, special, fromAnywhere),
                "### Transitions\n",
                transitionTable(machine, special, fromAnywhere),
                "### Lifecycle events\n",
                lifecycleTable(machine, transitions));
    }

    private static <S extends Enum<S>, E> List<Transition<S>> transitions(Machine<S, E> machine) {
        Map<String, List<Sample<E>>> byEvent = new LinkedHashMap<>();
        for (Sample<E> sample : machine.samples()) {
            byEvent.computeIfAbsent(sample.event().getClass().getSimpleName(), _ -> new ArrayList<>())
                    .add(sample);
        }
        List<Transition<S>> found = new ArrayList<>();
        for (S from : machine.states()) {
            byEvent.forEach((event, samples) -> {
                Map<S, List<String>> figures = new LinkedHashMap<>();
                for (Sample<E> sample : samples) {
                    machine.next()
                            .apply(from, sample.event())
                            .ifPresent(to -> figures.computeIfAbsent(to, _ -> new ArrayList<>())
                                    .add(sample.figures()));
                }
                figures.forEach((to, accepted) -> found.add(new Transition<>(
                        from, event, accepted.size() == samples.size() ? "" : String.join(" or ", accepted), to)));
            });
        }
        return found;
    }

    /** The events that lead from every unfinished state, and from no other, to the same state. */
    private static <S extends Enum<S>, E> Map<String, S> fromAnywhere(
            Machine<S, E> machine, List<Transition<S>> transitions) {
        Set<S> unfinished = new LinkedHashSet<>(machine.states());
        unfinished.removeIf(machine.isTerminal());
        Map<String, Set<S>> origins = new LinkedHashMap<>();
        Map<String, Set<S>> targets = new LinkedHashMap<>();
        for (Transition<S> transition : transitions) {
            origins.computeIfAbsent(transition.event(), _ -> new LinkedHashSet<>())
                    .add(transition.from());
            targets.computeIfAbsent(transition.event(), _ -> new LinkedHashSet<>())
                    .add(transition.to());
        }
        Map<String, S> found = new LinkedHashMap<>();
        targets.forEach((event, to) -> {
            if (to.size() == 1 && unfinished.equals(origins.get(event))) {
                found.put(event, to.iterator().next());
            }
        });
        return found;
    }

    private static <S extends Enum<S>, E> String picture(
            Machine<S, E> machine, List<Transition<S>> special, Map<String, S> fromAnywhere) {
        StringBuilder picture = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        picture.append("    [*] --> ")
                .append(machine.text().apply(machine.states().getFirst()))
                .append('\n');
        Map<String, Set<String>> arrows = new LinkedHashMap<>();
        for (Transition<S> transition : special) {
            String ends = machine.text().apply(transition.from()) + " --> "
                    + machine.text().apply(transition.to());
            arrows.computeIfAbsent(ends, _ -> new LinkedHashSet<>()).add(transition.event());
        }
        arrows.forEach((ends, events) -> picture.append("    ")
                .append(ends)
                .append(" : ")
                .append(String.join(", ", events))
                .append('\n'));
        picture.append("    state \"any unfinished state\" as unfinished\n");
        fromAnywhere.forEach((event, to) -> picture.append("    unfinished --> ")
                .append(machine.text().apply(to))
                .append(" : ")
                .append(event)
                .append('\n'));
        machine.states().stream()
                .filter(machine.isTerminal())
                .filter(state -> special.stream().noneMatch(transition -> transition.from() == state))
                .forEach(state -> picture.append("    ")
                        .append(machine.text().apply(state))
                        .append(" --> [*]\n"));
        return picture.append("```\n").toString();
    }

    private static <S extends Enum<S>, E> String transitionTable(
            Machine<S, E> machine, List<Transition<S>> special, Map<String, S> fromAnywhere) {
        List<List<String>> rows = new ArrayList<>();
        for (Transition<S> transition : special) {
            rows.add(List.of(
                    code(machine.text().apply(transition.from())),
                    code(transition.event()),
                    transition.figures().isEmpty() ? "–" : transition.figures(),
                    code(machine.text().apply(transition.to()))));
        }
        fromAnywhere.forEach((event, to) -> rows.add(
                List.of("any unfinished", code(event), "–", code(machine.text().apply(to)))));
        return table("| From | Event | When | To |", rows.stream());
    }

    /** A row per transition, or one for all that enter a state where they agree. */
    private static <S extends Enum<S>, E> String lifecycleTable(Machine<S, E> machine, List<Transition<S>> found) {
        Map<S, Map<S, List<String>>> entering = new LinkedHashMap<>();
        for (Transition<S> transition : found) {
            entering.computeIfAbsent(transition.to(), _ -> new LinkedHashMap<>())
                    .put(transition.from(), machine.lifecycle().apply(transition.from(), transition.to()));
        }
        List<List<String>> rows = new ArrayList<>();
        entering.forEach((to, names) -> {
            if (names.size() > 1 && Set.copyOf(names.values()).size() == 1) {
                rows.add(List.of(
                        "any",
                        code(machine.text().apply(to)),
                        codes(names.values().iterator().next())));
                return;
            }
            names.forEach((from, published) -> rows.add(List.of(
                    code(machine.text().apply(from)), code(machine.text().apply(to)), codes(published))));
        });
        return table("| From | To | Event |", rows.stream());
    }

    private static String codes(List<String> names) {
        return names.isEmpty()
                ? "–"
                : names.stream().map(StateMachinesDocument::code).collect(joining(", "));
    }

    private static String table(String heading, Stream<List<String>> rows) {
        String rule = heading.replaceAll("[^|]+", "---");
        return heading + "\n" + rule + "\n"
                + rows.map(row -> "| " + String.join(" | ", row) + " |\n").collect(joining());
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static String yes(boolean value) {
        return value ? "yes" : "";
    }
}
