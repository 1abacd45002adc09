package dev.tasker.cli;

import dev.tasker.client.Step;
import dev.tasker.client.Task;
import dev.tasker.client.TaskPage;
import dev.tasker.client.TaskQuery;
import dev.tasker.client.TaskerClient;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** What a person calls tasks and steps (07 §4.1). */
final class References {
    private static final int PREFIX_MIN = 8;
    private static final int DIGITS = 32;
    private static final int TIME_DIGITS = 12;
    private static final int PAGES_MAX = 50;
    private static final int PAGE = 100;
    private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);

    private References() {}

    /** The task of a UUID, or of the first digits of one: they tell when it was created, so only tasks of that time are looked at. */
    static UUID task(TaskerClient client, String text) throws InterruptedException {
        String digits = text.replace("-", "").toLowerCase(Locale.ROOT);
        if (!digits.matches("[0-9a-f]{" + PREFIX_MIN + "," + DIGITS + "}")) {
            throw new CommandException(
                    CommandException.USAGE,
                    text + ": not a task (expected: a UUID, or its first 8 digits or more)",
                    null);
        }
        if (digits.length() == DIGITS) {
            return UUID.fromString(text.contains("-") ? text : dashed(digits));
        }
        Set<UUID> found = found(client, digits);
        if (found.isEmpty()) {
            throw new CommandException(CommandException.NOT_FOUND, "No task begins with " + text + ".", null);
        }
        if (found.size() > 1) {
            throw new CommandException(
                    CommandException.USAGE, text + " is the beginning of several tasks: " + found + ".", null);
        }
        return found.iterator().next();
    }

    /** The step of a task by its name or UUID. */
    static Step step(TaskerClient client, UUID task, String text) throws InterruptedException {
        List<Step> steps = client.steps().list(task);
        return steps.stream()
                .filter(step ->
                        step.name().equals(text) || step.stepUuid().toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        CommandException.NOT_FOUND,
                        steps.isEmpty()
                                ? "Task " + task + " does not exist."
                                : "Task " + task + " has no step " + text + " (expected: one of "
                                        + steps.stream().map(Step::name).toList() + ").",
                        null));
    }

    private static Set<UUID> found(TaskerClient client, String digits) throws InterruptedException {
        TaskQuery query = TaskQuery.all()
                .createdAfter(time(digits, '0').minus(CLOCKS_APART_MAX))
                .createdBefore(time(digits, 'f').plus(CLOCKS_APART_MAX));
        Set<UUID> found = new LinkedHashSet<>();
        for (int page = 1; page <= PAGES_MAX; page++) {
            TaskPage tasks = client.tasks().list(query, page, PAGE);
            tasks.tasks().stream()
                    .map(Task::taskUuid)
                    .filter(uuid -> uuid.toString().replace("-", "").startsWith(digits))
                    .forEach(found::add);
            if (!tasks.pagination().hasNext()) {
                break;
            }
        }
        return found;
    }

    /** The first twelve digits are milliseconds. */
    private static Instant time(String digits, char filler) {
        String all = (digits + String.valueOf(filler).repeat(TIME_DIGITS)).substring(0, TIME_DIGITS);
        return Instant.ofEpochMilli(Long.parseLong(all, 16));
    }

    private static String dashed(String digits) {
        return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
