package dev.tasker.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * The static graph of a template: an edge leads from each dependency to the step that names it. Names that do not
 * exist and repeated edges are left out, of equal names the first counts. All walks are iterative.
 */
final class StepGraph {
    private final List<StepDefinition> steps;
    private final Map<String, Integer> indices;
    private final int[][] parents;
    private final int[][] children;
    private final int[] topological;

    private StepGraph(List<StepDefinition> steps, Map<String, Integer> indices, int[][] parents) {
        this.steps = steps;
        this.indices = indices;
        this.parents = parents;
        this.children = reversed(parents);
        this.topological = sorted();
    }

    static StepGraph of(List<StepDefinition> steps) {
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            indices.putIfAbsent(steps.get(i).name(), i);
        }
        int[][] parents = steps.stream()
                .map(step -> step.dependencies().stream()
                        .map(indices::get)
                        .filter(Objects::nonNull)
                        .mapToInt(Integer::intValue)
                        .distinct()
                        .toArray())
                .toArray(int[][]::new);
        return new StepGraph(steps, indices, parents);
    }

    int indexOf(String name) {
        return indices.getOrDefault(name, -1);
    }

    Map<String, Integer> indices() {
        return Collections.unmodifiableMap(indices);
    }

    int[] parents(int index) {
        return parents[index].clone();
    }

    int[] children(int index) {
        return children[index].clone();
    }

    /** Each step after all its parents, otherwise in the order of the template; steps on or behind a cycle are missing. */
    int[] topological() {
        return topological.clone();
    }

    /** The names along a cycle in order of execution, the first repeated at the end; empty when there is none. */
    List<String> cycle() {
        BitSet left = new BitSet();
        left.set(0, steps.size());
        for (int index : topological) {
            left.clear(index);
        }
        if (left.isEmpty()) {
            return List.of();
        }
        // every step left has a parent that is left too, so walking up must come round
        List<Integer> walked = new ArrayList<>();
        BitSet seen = new BitSet();
        int current = left.nextSetBit(0);
        while (!seen.get(current)) {
            seen.set(current);
            walked.add(current);
            current = Arrays.stream(parents[current])
                    .filter(left::get)
                    .findFirst()
                    .orElseThrow();
        }
        return names(walked.subList(walked.indexOf(current), walked.size()));
    }

    /** The length of the longest path from a step without parents, for each step; meaningless with cycles. */
    int[] levels() {
        int[] levels = new int[steps.size()];
        for (int index : topological) {
            for (int parent : parents[index]) {
                levels[index] = Math.max(levels[index], levels[parent] + 1);
            }
        }
        return levels;
    }

    /** All steps before each step, at any distance; meaningless with cycles. */
    BitSet[] ancestors() {
        BitSet[] ancestors = new BitSet[steps.size()];
        for (int index : topological) {
            ancestors[index] = new BitSet();
            for (int parent : parents[index]) {
                ancestors[index].or(ancestors[parent]);
                ancestors[index].set(parent);
            }
        }
        return ancestors;
    }

    /** Steps that exist from the start of a task (spec 02 §6.2); meaningless with cycles. */
    BitSet initial() {
        BitSet initial = new BitSet();
        BitSet dynamic = new BitSet();
        for (int index : topological) {
            StepType type = steps.get(index).type();
            boolean behindDynamic = Arrays.stream(parents[index])
                    .anyMatch(parent ->
                            dynamic.get(parent) || steps.get(parent).type().opensDynamicGraph());
            dynamic.set(index, behindDynamic);
            initial.set(index, type.mayStartTask() && !behindDynamic);
        }
        return initial;
    }

    /** A walk found going up, turned round so that it begins with its first step in the template. */
    private List<String> names(List<Integer> upwards) {
        List<Integer> downwards = new ArrayList<>(upwards.reversed());
        Collections.rotate(downwards, -downwards.indexOf(Collections.min(downwards)));
        downwards.add(downwards.getFirst());
        return downwards.stream().map(index -> steps.get(index).name()).toList();
    }

    private int[] sorted() {
        int[] waiting = Arrays.stream(parents).mapToInt(own -> own.length).toArray();
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int i = 0; i < waiting.length; i++) {
            if (waiting[i] == 0) {
                ready.add(i);
            }
        }
        IntStream.Builder order = IntStream.builder();
        for (Integer index = ready.poll(); index != null; index = ready.poll()) {
            order.add(index);
            for (int child : children[index]) {
                waiting[child]--;
                if (waiting[child] == 0) {
                    ready.add(child);
                }
            }
        }
        return order.build().toArray();
    }

    private static int[][] reversed(int[][] parents) {
        int[] counts = new int[parents.length];
        for (int[] own : parents) {
            for (int parent : own) {
                counts[parent]++;
            }
        }
        int[][] children = new int[parents.length][];
        for (int i = 0; i < parents.length; i++) {
            children[i] = new int[counts[i]];
        }
        for (int child = parents.length - 1; child >= 0; child--) {
            for (int parent : parents[child]) {
                counts[parent]--;
                children[parent][counts[parent]] = child;
            }
        }
        return children;
    }
}
