package dev.tasker.cli;

import dev.tasker.client.DeadLetter;
import dev.tasker.client.DeadLetterStats;
import dev.tasker.client.DeadLetterUpdate;
import dev.tasker.client.QueuedDeadLetter;
import dev.tasker.client.StaleTask;
import dev.tasker.client.Task;
import dev.tasker.client.TaskerClient;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tasker dlq …} (07 §4.4). */
@Command(
        name = "dlq",
        description = "Looks into tasks that went wrong.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
final class DlqCommand extends CommandGroup {
    private static final String STATUSES = "pending, manually_resolved, permanently_failed or cancelled";

    private static final int PAGE = 1_000;
    private static final int ENTRIES_MAX = 100_000;

    @Command(name = "list", description = "Lists investigations, the newest first.", mixinStandardHelpOptions = true)
    void list(
            @Mixin Connection connection,
            @Option(
                            names = {"-s", "--status"},
                            description = "Only " + STATUSES + ".")
                    @Nullable
                    String status,
            @Option(
                            names = {"-l", "--limit"},
                            defaultValue = "50",
                            description = "Default: ${DEFAULT-VALUE}")
                    int limit,
            @Option(
                            names = {"-o", "--offset"},
                            defaultValue = "0",
                            description = "Default: ${DEFAULT-VALUE}")
                    int offset)
            throws InterruptedException {
        DeadLetter.Status wanted = status(connection, status);
        try (TaskerClient client = connection.open()) {
            List<DeadLetter> letters = client.deadLetters().list(wanted, limit, offset);
            Table table = Table.titled("ENTRY", "TASK", "REASON", "STATUS", "CREATED");
            for (DeadLetter letter : letters) {
                table.row(
                        letter.dlqEntryUuid(),
                        letter.taskUuid(),
                        letter.dlqReason().text(),
                        letter.resolutionStatus().text(),
                        letter.createdAt());
            }
            connection.output().showAll(letters, letters, table::toString, DeadLetter::dlqEntryUuid);
        }
    }

    @Command(name = "get", description = "Shows the newest investigation of a task.", mixinStandardHelpOptions = true)
    void get(
            @Mixin Connection connection,
            @Parameters(paramLabel = "TASK", description = "UUID, or its first digits.") String task)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            DeadLetter letter = client.deadLetters().ofTask(References.task(client, task));
            connection.output().show(letter, letter.dlqEntryUuid(), () -> details(letter));
        }
    }

    @Command(
            name = "retry",
            description = "Tries the failed steps of the task again, and closes the investigation.",
            mixinStandardHelpOptions = true)
    void retry(
            @Mixin Connection connection,
            @Parameters(paramLabel = "ENTRY", description = "UUID of the investigation.") UUID entry,
            @Option(
                            names = {"-r", "--reason"},
                            defaultValue = "Retried by tasker dlq retry",
                            description = "For the history of the task, and the notes.")
                    String reason,
            @Option(
                            names = {"-b", "--resolved-by"},
                            defaultValue = StepCommands.OPERATOR,
                            description = "Default: ${DEFAULT-VALUE}")
                    String resolvedBy)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            DeadLetter letter = find(client, entry);
            Task task = client.tasks().retry(letter.taskUuid(), reason);
            client.deadLetters()
                    .update(entry, new DeadLetterUpdate(DeadLetter.Status.MANUALLY_RESOLVED, reason, resolvedBy, null));
            connection.output().show(task, task.taskUuid(), () -> TaskText.details(task));
        }
    }

    /** Only open ones are worth a retry; they are not many. */
    private static DeadLetter find(TaskerClient client, UUID entry) throws InterruptedException {
        for (int offset = 0; offset < ENTRIES_MAX; offset += PAGE) {
            List<DeadLetter> letters = client.deadLetters().list(DeadLetter.Status.PENDING, PAGE, offset);
            for (DeadLetter letter : letters) {
                if (letter.dlqEntryUuid().equals(entry)) {
                    return letter;
                }
            }
            if (letters.size() < PAGE) {
                break;
            }
        }
        throw new CommandException(CommandException.NOT_FOUND, "No open investigation is " + entry + ".", null);
    }

    @Command(
            name = "update",
            description = "Notes what is known of an investigation; does not touch the task.",
            mixinStandardHelpOptions = true)
    void update(
            @Mixin Connection connection,
            @Parameters(paramLabel = "ENTRY", description = "UUID of the investigation.") UUID entry,
            @Option(
                            names = {"-s", "--status"},
                            description = "Becomes " + STATUSES + ".")
                    @Nullable
                    String status,
            @Option(
                            names = {"-n", "--notes"},
                            description = "What was found out.")
                    @Nullable
                    String notes,
            @Option(
                            names = {"-b", "--resolved-by"},
                            description = "Who did.")
                    @Nullable
                    String resolvedBy)
            throws InterruptedException {
        DeadLetter.Status becomes = status(connection, status);
        if (becomes == null && notes == null && resolvedBy == null) {
            throw connection.wrong("Nothing to note: one of --status, --notes, --resolved-by is wanted");
        }
        try (TaskerClient client = connection.open()) {
            client.deadLetters().update(entry, new DeadLetterUpdate(becomes, notes, resolvedBy, null));
            connection.output().show(new Updated(entry, true), entry, () -> "Noted.\n");
        }
    }

    /** What {@code update} tells a program. */
    record Updated(UUID dlqEntryUuid, boolean success) {}

    @Command(name = "stats", description = "Counts investigations by their reason.", mixinStandardHelpOptions = true)
    void stats(@Mixin Connection connection) throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            List<DeadLetterStats> stats = client.deadLetters().stats();
            Table table =
                    Table.titled("REASON", "TOTAL", "PENDING", "RESOLVED", "FAILED", "CANCELLED", "OLDEST", "NEWEST");
            for (DeadLetterStats each : stats) {
                table.row(
                        each.dlqReason().text(),
                        each.totalEntries(),
                        each.pending(),
                        each.manuallyResolved(),
                        each.permanentFailures(),
                        each.cancelled(),
                        each.oldestEntry(),
                        each.newestEntry());
            }
            connection
                    .output()
                    .showAll(
                            stats,
                            stats,
                            table::toString,
                            each -> each.dlqReason().text());
        }
    }

    @Command(
            name = "queue",
            description = "Lists open investigations, the most urgent first.",
            mixinStandardHelpOptions = true)
    void queue(
            @Mixin Connection connection,
            @Option(
                            names = {"-l", "--limit"},
                            defaultValue = "100",
                            description = "Default: ${DEFAULT-VALUE}")
                    int limit)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            List<QueuedDeadLetter> queue = client.deadLetters().queue(limit);
            Table table = Table.titled("SCORE", "TASK", "TEMPLATE", "REASON", "STATE", "MINUTES");
            for (QueuedDeadLetter each : queue) {
                table.row(
                        each.priorityScore(),
                        each.taskUuid(),
                        template(each.namespaceName(), each.taskName()),
                        each.dlqReason().text(),
                        each.currentState(),
                        each.minutesInDlq());
            }
            connection.output().showAll(queue, queue, table::toString, QueuedDeadLetter::dlqEntryUuid);
        }
    }

    @Command(
            name = "staleness",
            description = "Lists waiting tasks, the stalest first.",
            mixinStandardHelpOptions = true)
    void staleness(
            @Mixin Connection connection,
            @Option(
                            names = {"-l", "--limit"},
                            defaultValue = "100",
                            description = "Default: ${DEFAULT-VALUE}")
                    int limit)
            throws InterruptedException {
        try (TaskerClient client = connection.open()) {
            List<StaleTask> tasks = client.deadLetters().staleness(limit);
            Table table = Table.titled("TASK", "TEMPLATE", "STATE", "HEALTH", "MINUTES", "THRESHOLD");
            for (StaleTask each : tasks) {
                table.row(
                        each.taskUuid(),
                        template(each.namespaceName(), each.taskName()),
                        each.currentState().text(),
                        each.healthStatus(),
                        each.timeInStateMinutes(),
                        each.stalenessThresholdMinutes());
            }
            connection.output().showAll(tasks, tasks, table::toString, StaleTask::taskUuid);
        }
    }

    private static DeadLetter.@Nullable Status status(Connection connection, @Nullable String text) {
        if (text == null) {
            return null;
        }
        DeadLetter.Status status = DeadLetter.Status.of(text);
        if (status == DeadLetter.Status.UNKNOWN) {
            throw connection.wrong("--status: " + text + " (expected: " + STATUSES + ")");
        }
        return status;
    }

    private static @Nullable String template(@Nullable String namespace, @Nullable String name) {
        return namespace == null || name == null ? null : namespace + "/" + name;
    }

    private static String details(DeadLetter letter) {
        return Table.plain()
                        .row("Entry", letter.dlqEntryUuid())
                        .row("Task", letter.taskUuid())
                        .row("Reason", letter.dlqReason().text())
                        .row("Status", letter.resolutionStatus().text())
                        .row("State then", letter.originalState())
                        .row("Entered", letter.dlqTimestamp())
                        .row("Resolved", letter.resolutionTimestamp())
                        .row("Resolved by", letter.resolvedBy())
                        .row("Notes", letter.resolutionNotes())
                        .row("Created", letter.createdAt())
                        .row("Updated", letter.updatedAt())
                + letter.taskSnapshot().toPrettyString() + "\n";
    }
}
