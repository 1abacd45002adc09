package dev.tasker.cli;

import dev.tasker.client.BulkResult;
import java.util.UUID;

/** What became of many tasks. */
final class BulkText {
    private BulkText() {}

    /** Prints it; returns the exit code, 1 when something was refused. */
    static int show(Output output, BulkResult result, String done) {
        output.show(result, () -> text(result, done), _ -> result.successful());
        return result.failed().isEmpty() ? 0 : 1;
    }

    private static String text(BulkResult result, String done) {
        Table table = Table.titled("TASK", "");
        for (UUID task : result.successful()) {
            table.row(task, (result.dryRun() ? "would be " : "") + done);
        }
        result.failed().forEach(table::row);
        return table + (result.hasMore() ? "\nThere are more: call again.\n" : "");
    }
}
