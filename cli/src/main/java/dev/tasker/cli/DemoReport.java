package dev.tasker.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code tasker demo} shows: on a terminal a table that is redrawn in place, in a pipe one line per change, with {@code --json} one
 * object at the end.
 */
final class DemoReport {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int RESULT_CHARS_MAX = 100;
    private static final String ERASE_LINE = "\u001b[2K";

    private final PrintWriter out;
    private final Form form;
    private final Map<String, TaskProgress.Step> shown = new HashMap<>();
    private int drawnLines;
    private String shownState = "";

    private enum Form {
        TERMINAL,
        LINES,
        JSON
    }

    private DemoReport(PrintWriter out, Form form) {
        this.out = out;
        this.form = form;
    }

    /** @param console the terminal, null or not one when output goes elsewhere */
    static DemoReport forPeople(PrintWriter out, @Nullable Console console) {
        return console != null && console.isTerminal() ? terminal(out) : new DemoReport(out, Form.LINES);
    }

    static DemoReport terminal(PrintWriter out) {
        return new DemoReport(out, Form.TERMINAL);
    }

    static DemoReport silent(PrintWriter out) {
        return new DemoReport(out, Form.JSON);
    }

    void say(String sentence) {
        if (form != Form.JSON) {
            out.println(sentence);
            out.flush();
        }
    }

    void started(URI rest, int grpcPort, String database) {
        say("REST " + rest + ", gRPC 127.0.0.1:" + grpcPort + ", " + database);
    }

    void submitted(URI task) {
        say("Order submitted: " + task);
    }

    void changed(TaskProgress progress) {
        switch (form) {
            case TERMINAL -> redraw(progress);
            case LINES -> printChanges(progress);
            case JSON -> {}
        }
    }

    void finished(TaskProgress progress) {
        if (form == Form.JSON) {
            out.println(json(progress));
            out.flush();
            return;
        }
        say("");
        for (TaskProgress.Step step : progress.steps()) {
            say(String.format(Locale.ROOT, "  %-16s %s", step.name(), shortened(step.result())));
        }
        say("");
        int attempts =
                progress.steps().stream().mapToInt(TaskProgress.Step::attempts).sum();
        say("Task " + progress.state() + ": " + progress.steps().size() + " steps, " + attempts + " attempts, "
                + milliseconds(progress.elapsed()) + " ms");
    }

    private void redraw(TaskProgress progress) {
        if (drawnLines > 0) {
            out.print("\u001b[" + drawnLines + "A");
        }
        for (TaskProgress.Step step : progress.steps()) {
            out.print(ERASE_LINE + colour(step.state()) + line(step) + "\u001b[0m\n");
        }
        out.flush();
        drawnLines = progress.steps().size();
    }

    private void printChanges(TaskProgress progress) {
        for (TaskProgress.Step step : progress.steps()) {
            TaskProgress.Step before = shown.put(step.name(), step);
            boolean same =
                    before != null && before.state().equals(step.state()) && before.attempts() == step.attempts();
            if (!same) {
                out.println(line(step));
            }
        }
        if (!progress.state().equals(shownState)) {
            shownState = progress.state();
            out.println("  task             " + shownState);
        }
        out.flush();
    }

    private static String line(TaskProgress.Step step) {
        String time = step.elapsed().isZero() ? "" : milliseconds(step.elapsed()) + " ms";
        return String.format(
                        Locale.ROOT, "  %-16s %-28s attempt %d  %10s", step.name(), step.state(), step.attempts(), time)
                .stripTrailing();
    }

    private static String colour(String state) {
        return switch (state) {
            case "complete" -> "\u001b[32m";
            case "error", "cancelled" -> "\u001b[31m";
            case "waiting_for_retry" -> "\u001b[33m";
            case "pending" -> "\u001b[2m";
            default -> "\u001b[36m";
        };
    }

    private static String json(TaskProgress progress) {
        ObjectNode object = JSON.createObjectNode()
                .put("task_uuid", progress.taskUuid())
                .put("state", progress.state())
                .put("elapsed_ms", number(progress.elapsed()));
        ArrayNode steps = object.putArray("steps");
        List<TaskProgress.Step> all = progress.steps();
        for (TaskProgress.Step step : all) {
            steps.addObject()
                    .put("name", step.name())
                    .put("state", step.state())
                    .put("attempts", step.attempts())
                    .put("elapsed_ms", number(step.elapsed()));
        }
        return JSON.writeValueAsString(object);
    }

    private static String shortened(String text) {
        return text.length() <= RESULT_CHARS_MAX ? text : text.substring(0, RESULT_CHARS_MAX - 3) + "...";
    }

    private static String milliseconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", number(duration));
    }

    private static double number(Duration duration) {
        long tenths = duration.toNanos() / 100_000;
        return tenths / 10.0;
    }
}
