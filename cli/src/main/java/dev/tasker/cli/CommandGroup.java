package dev.tasker.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A command that holds others and, called without one, lists them. Those that are methods of it are found by their annotations;
 * {@link CommandTree} adds them, so the group's own annotation says {@code addMethodSubcommands = false}.
 */
abstract class CommandGroup implements Runnable {
    private final List<Class<?>> classes;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** @param classes commands that are classes; they are listed before the methods */
    CommandGroup(Class<?>... classes) {
        this.classes = List.of(classes);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    List<Class<?>> classes() {
        return classes;
    }

    CommandSpec spec() {
        return spec;
    }
}
