package dev.tasker.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tasker template diff} (07 §7). */
@Command(
        name = "diff",
        description = "Tells what changed between two templates, and what of it breaks those who use it.",
        mixinStandardHelpOptions = true)
final class TemplateDiffCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "OLD", description = "File, or NAMESPACE/NAME[/VERSION] of a registered one.")
    private String before = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "The same.")
    private String after = "";

    @Option(names = "--exit-code", description = "Exit with 10 when anything changed.")
    private boolean exitCode;

    @Override
    public Integer call() throws InterruptedException {
        List<TemplateChange> changes =
                TemplateChange.between(TemplateText.read(connection, before), TemplateText.read(connection, after));
        connection
                .output()
                .showAll(
                        changes,
                        changes,
                        () -> {
                            Table table = Table.titled("KIND", "WHERE", "CHANGE");
                            changes.forEach(change -> table.row(change.kind(), change.where(), change.what()));
                            return changes.isEmpty() ? "Nothing changed.\n" : table.toString();
                        },
                        TemplateChange::where);
        return exitCode && !changes.isEmpty() ? CommandException.DRIFT : 0;
    }
}
