package dev.tasker.testkit.model;

import dev.tasker.template.PlannedStep;
import dev.tasker.template.StepType;
import dev.tasker.template.TemplatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the handlers of a program answer: derived from a number, so that a program can be replayed. */
final class Answers {
    private static final Wish NOTHING = new Wish.Nothing();

    private Answers() {}

    /** A successful result and what it asks for. */
    record Answer(String result, Wish wish) {}

    /** A number that asks for something that can be carried out. */
    static int valid(int number) {
        return number % 10 == 9 ? number - 1 : number;
    }

    static Answer of(TemplatePlan plan, PlannedStep step, String instance, int token, int number) {
        String words = "\"" + instance + " by lease " + token + "\"";
        return switch (step.type()) {
            case DECISION -> decision(plan, step, words, number);
            case BATCHABLE -> batches(plan, step, words, number);
            case STANDARD, DEFERRED_CONVERGENCE, BATCH_WORKER -> new Answer(words, NOTHING);
        };
    }

    private static Answer decision(TemplatePlan plan, PlannedStep step, String words, int number) {
        int variant = number / 10;
        if (number % 10 == 0) {
            String nothing = List.of("", type("no_branches", ""), type("create_steps", ",\"step_names\":[]"))
                    .get(variant % 3);
            return new Answer(outcome(words, "decision_point_outcome", nothing), NOTHING);
        }
        List<String> targets = plan.steps().stream()
                .filter(target -> isBranch(plan, target) && target.ancestors().contains(step.index()))
                .filter(target -> plan.steps().stream()
                        .noneMatch(between -> between.type() == StepType.DECISION
                                && between.ancestors().contains(step.index())
                                && target.ancestors().contains(between.index())))
                .map(PlannedStep::name)
                .toList();
        int chosen = 1 + variant % ((1 << targets.size()) - 1);
        List<String> names = IntStream.range(0, targets.size())
                .filter(target -> (chosen >> target & 1) == 1)
                .mapToObj(targets::get)
                .collect(Collectors.toCollection(ArrayList::new));
        if (number % 10 == 9) {
            names.add(variant % 2 == 0 ? "nowhere" : plan.steps().getFirst().name());
        }
        String list = names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(",", "[", "]"));
        return new Answer(
                outcome(words, "decision_point_outcome", type("create_steps", ",\"step_names\":" + list)),
                new Wish.Branches(List.copyOf(names)));
    }

    private static boolean isBranch(TemplatePlan plan, PlannedStep step) {
        return !joins(step)
                && step.ancestors().stream()
                        .noneMatch(index -> joins(plan.steps().get(index)));
    }

    private static boolean joins(PlannedStep step) {
        return step.type() == StepType.DEFERRED_CONVERGENCE || step.type() == StepType.BATCH_WORKER;
    }

    private static Answer batches(TemplatePlan plan, PlannedStep step, String words, int number) {
        int variant = number / 10;
        String worker = plan.steps().stream()
                .filter(one ->
                        one.type() == StepType.BATCH_WORKER && one.parents().contains(step.index()))
                .map(PlannedStep::name)
                .findFirst()
                .orElseThrow();
        if (number % 10 == 0) {
            String nothing = variant % 2 == 0 ? "" : type("no_batches", "");
            return new Answer(
                    outcome(words, "batch_processing_outcome", nothing),
                    new Wish.NoBatches(plan.canonicalJson().contains(GrowingTemplates.NAMES_WORKER) ? worker : null));
        }
        int count = 1 + variant % 4;
        List<String> ids = new ArrayList<>(
                IntStream.rangeClosed(1, count).mapToObj("%03d"::formatted).toList());
        int told = count;
        if (number % 10 == 9) {
            switch (variant % 3) {
                case 0 -> told++;
                case 1 -> worker = step.name();
                default -> {
                    ids.add(ids.getFirst());
                    told++;
                }
            }
        }
        String cursors = ids.stream()
                .map(id -> "{\"batch_id\":\"" + id + "\",\"start_cursor\":0,\"end_cursor\":9,\"batch_size\":9}")
                .collect(Collectors.joining(",", "[", "]"));
        return new Answer(
                outcome(
                        words,
                        "batch_processing_outcome",
                        type(
                                "create_batches",
                                ",\"worker_template_name\":\"" + worker + "\",\"worker_count\":" + told
                                        + ",\"total_items\":9,\"cursor_configs\":" + cursors)),
                new Wish.Batches(worker, told, List.copyOf(ids)));
    }

    private static String type(String type, String more) {
        return "{\"type\":\"" + type + "\"" + more + "}";
    }

    private static String outcome(String words, String key, String outcome) {
        return "{\"by\":" + words + (outcome.isEmpty() ? "" : ",\"" + key + "\":" + outcome) + "}";
    }
}
