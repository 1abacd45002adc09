package dev.tasker.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tasker completion}: for shells (07 §17.4). */
@Command(
        name = "completion",
        description = "Prints what makes bash and zsh complete commands, options and their values.",
        footer = {"", "Example: source <(tasker completion)"},
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().getOut().print(AutoComplete.bash("tasker", TaskerCommand.commandLine()));
        spec.commandLine().getOut().flush();
    }
}
