package dev.tasker.cli;

import dev.tasker.client.TaskQuery;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Conditions as a person writes them: {@code namespace=shop status=active created>2026-01-01T00:00:00Z}. */
final class TaskQueryText {
    private static final Pattern CONDITION = Pattern.compile("([\\w.-]+)([=<>])(\\S+)");

    private TaskQueryText() {}

    /** All of them must hold; no text is no condition. */
    static TaskQuery parse(@Nullable String text) {
        TaskQuery query = TaskQuery.all();
        if (text == null || text.isBlank()) {
            return query;
        }
        for (String condition : text.strip().split("\\s+", -1)) {
            Matcher parts = CONDITION.matcher(condition);
            if (!parts.matches()) {
                throw refused(condition);
            }
            query = with(query, parts.group(1) + parts.group(2), parts.group(3), condition);
        }
        return query;
    }

    private static TaskQuery with(TaskQuery query, String condition, String value, String whole) {
        return switch (condition) {
            case "namespace=" -> query.namespace(value);
            case "name=" -> query.name(value);
            case "version=" -> query.version(value);
            case "status=" -> query.status(value);
            case "tag=" -> query.tag(value);
            case "initiator=" -> query.initiator(value);
            case "source_system=" -> query.sourceSystem(value);
            case "created>" -> query.createdAfter(time(value, whole));
            case "created<" -> query.createdBefore(time(value, whole));
            case "q=" -> query.words(value);
            default -> {
                if (condition.startsWith("context.") && condition.endsWith("=")) {
                    yield query.context(condition.substring("context.".length(), condition.length() - 1), value);
                }
                throw refused(whole);
            }
        };
    }

    private static Instant time(String text, String whole) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw refused(whole);
        }
    }

    private static CommandException refused(String condition) {
        return new CommandException(
                CommandException.USAGE,
                "--query: " + condition + " (expected: namespace=, name=, version=, status=, tag=, initiator=,"
                        + " source_system=, q=WORD, context.PATH=VALUE, created>TIME, created<TIME)",
                null);
    }
}
