package dev.tasker.template;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A seeded random template of up to forty steps in random order, with the plain recursive answers to compare with. */
final class RandomGraph {
    private final Random random;
    private final Map<String, Set<String>> parents = new HashMap<>();
    private final Map<String, StepType> types = new HashMap<>();
    private final List<String> listed = new ArrayList<>();

    RandomGraph(long seed) {
        random = new Random(seed);
        int size = 2 + random.nextInt(39);
        for (int i = 0; i < size; i++) {
            Set<String> own = new TreeSet<>();
            for (int tries = i == 0 ? 0 : random.nextInt(4); tries > 0; tries--) {
                own.add("s" + random.nextInt(i));
            }
            StepType type = random.nextInt(4) == 0 ? StepType.values()[random.nextInt(5)] : StepType.STANDARD;
            parents.put("s" + i, own);
            types.put("s" + i, type == StepType.DECISION && own.isEmpty() ? StepType.STANDARD : type);
            listed.add("s" + i);
        }
        Collections.shuffle(listed, random);
    }

    /** Adds an edge from the last step back to one above it; makes sure there is one. */
    void closeCycle() {
        String last = "s" + (listed.size() - 1);
        parents(last).add("s0");
        List<String> above = List.copyOf(above(last));
        parents(above.get(random.nextInt(above.size()))).add(last);
    }

    String yaml() {
        return Yaml.withSteps(listed.stream()
                .map(name -> name + ":" + String.join(",", parents(name)) + ":"
                        + type(name).text())
                .toArray(String[]::new));
    }

    TaskTemplate template() {
        return Yaml.template(yaml());
    }

    Set<String> parents(String name) {
        return requireNonNull(parents.get(name));
    }

    Set<String> above(String name) {
        Set<String> above = new TreeSet<>();
        parents(name).forEach(parent -> {
            above.add(parent);
            above.addAll(above(parent));
        });
        return above;
    }

    int level(String name) {
        return parents(name).stream()
                .mapToInt(parent -> level(parent) + 1)
                .max()
                .orElse(0);
    }

    boolean initial(String name) {
        Set<StepType> late = Set.of(StepType.DECISION, StepType.BATCH_WORKER, StepType.DEFERRED_CONVERGENCE);
        Set<StepType> never = Set.of(StepType.BATCH_WORKER, StepType.DEFERRED_CONVERGENCE);
        return !never.contains(type(name))
                && above(name).stream().map(this::type).noneMatch(late::contains);
    }

    private StepType type(String name) {
        return requireNonNull(types.get(name));
    }
}
