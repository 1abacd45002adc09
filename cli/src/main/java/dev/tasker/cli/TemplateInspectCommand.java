package dev.tasker.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tasker template inspect} (07 §7). */
@Command(
        name = "inspect",
        description = "Shows the graph of a template in an order in which its steps can run.",
        mixinStandardHelpOptions = true)
final class TemplateInspectCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Parameters(paramLabel = "TEMPLATE", description = "File, or NAMESPACE/NAME[/VERSION] of a registered one.")
    private String template = "";

    @Override
    public Integer call() throws InterruptedException {
        TemplateOutline outline = TemplateOutline.of(TemplateText.read(connection, template));
        connection
                .output()
                .showAll(
                        outline,
                        outline.steps(),
                        () -> Table.plain()
                                        .row("Template", outline.template())
                                        .row("Hash", outline.hash())
                                        .row("Steps", outline.steps().size())
                                + "\n" + outline,
                        TemplateOutline.OutlinedStep::name);
        return 0;
    }
}
