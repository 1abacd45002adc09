package dev.tasker.cli;

import dev.tasker.client.TaskerException;
import dev.tasker.client.TaskerException.Violation;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a person, or a program, is told when a server did not do what was asked (07 §3.4), and with which code the command exits. */
record RefusalText(TaskerException failure, CommandLine command) {

    /** Prints it where errors go; returns the exit code of 07 §3.3. */
    int print() {
        PrintWriter err = command.getErr();
        if (isForPrograms()) {
            ObjectNode error = JsonMapper.shared()
                    .createObjectNode()
                    .put("code", failure.code())
                    .put("message", sentence())
                    .put("status", failure.status())
                    .put("request_id", failure.requestId())
                    .put("hint", hint());
            err.println(error);
        } else {
            String hint = hint();
            err.println("tasker: " + sentence() + (hint.isEmpty() ? "" : " " + hint));
        }
        err.flush();
        return exitCode();
    }

    private int exitCode() {
        return switch (failure) {
            case TaskerException.NotFound _ -> CommandException.NOT_FOUND;
            case TaskerException.Conflict _ -> CommandException.CONFLICT;
            case TaskerException.Validation _ -> CommandException.INVALID;
            case TaskerException.Unauthorized _, TaskerException.Forbidden _ -> CommandException.NOT_PERMITTED;
            case TaskerException.Unavailable gone -> gone.status() == 0 ? CommandException.UNREACHABLE : 1;
            case TaskerException.Timeout _ -> CommandException.UNREACHABLE;
            case TaskerException.Unsupported _ -> CommandException.USAGE;
            case TaskerException.Backpressure _, TaskerException.Protocol _ -> 1;
        };
    }

    private String sentence() {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case TaskerException.NotFound _ -> "Not found: " + named() + ended(message);
            case TaskerException.Validation invalid -> ended(message) + violations(invalid.violations(), message);
            case TaskerException.Conflict conflict ->
                ended(message)
                        + conflict.existingTask()
                                .map(task -> " It is " + task + ".")
                                .orElse("");
            case TaskerException.Unauthorized _,
                    TaskerException.Forbidden _,
                    TaskerException.Backpressure _,
                    TaskerException.Unavailable _,
                    TaskerException.Timeout _,
                    TaskerException.Unsupported _,
                    TaskerException.Protocol _ -> ended(message);
        };
    }

    private String hint() {
        return switch (failure) {
            case TaskerException.Unauthorized _ -> "Set TASKER_AUTH_TOKEN or TASKER_API_KEY, or use --token-file.";
            case TaskerException.Unavailable gone
            when gone.status() == 0 -> "Is it running? --url or TASKER_ORCHESTRATION_URL name another.";
            case TaskerException.Backpressure busy ->
                busy.retryAfter()
                        .map(after -> "Try again in " + after.toSeconds() + " s.")
                        .orElse("Try again later.");
            case TaskerException.Unsupported _ -> "Use --transport rest, and the address of that.";
            case TaskerException.NotFound _,
                    TaskerException.Conflict _,
                    TaskerException.Validation _,
                    TaskerException.Forbidden _,
                    TaskerException.Unavailable _,
                    TaskerException.Timeout _,
                    TaskerException.Protocol _ -> "";
        };
    }

    /** What the command was about. */
    private String named() {
        CommandLine.ParseResult parsed = command.getParseResult();
        List<String> values = parsed == null
                ? List.of()
                : parsed.matchedPositionals().stream()
                        .map(ArgSpec::stringValues)
                        .flatMap(List::stream)
                        .toList();
        return values.isEmpty() ? "" : String.join(" ", values) + ". ";
    }

    private static String violations(List<Violation> violations, String message) {
        return violations.stream()
                .filter(violation -> !message.contains(violation.message()))
                .map(violation -> " " + ended(violation.toString()))
                .collect(Collectors.joining());
    }

    private static String ended(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }

    private boolean isForPrograms() {
        return command.getCommandSpec().mixins().values().stream()
                .map(CommandLine.Model.CommandSpec::userObject)
                .anyMatch(mixin -> mixin instanceof Connection connection
                        && connection.format() != Connection.Format.table
                        && connection.format() != Connection.Format.id);
    }
}
