package dev.tasker.cli;

import java.io.Console;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Asks before something is changed that cannot be changed back (07 §4.1). */
final class Confirmation {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    /**
     * Goes on when the person agrees.
     *
     * @throws CommandException when they do not
     * @throws ParameterException when there is nobody to ask
     */
    void require(String question) {
        require(question, person(System.console()));
    }

    private static @Nullable UnaryOperator<String> person(@Nullable Console console) {
        return console == null || !console.isTerminal()
                ? null
                : question -> String.valueOf(console.readLine("%s", question));
    }

    /**
     * As {@link #require(String)}.
     *
     * @param person answers a question, null when there is none
     */
    void require(String question, @Nullable UnaryOperator<String> person) {
        if (yes) {
            return;
        }
        if (person == null) {
            throw new ParameterException(spec.commandLine(), question + " Nobody can be asked: add --yes.");
        }
        String answer = person.apply(question + " [y/N] ").strip().toLowerCase(Locale.ROOT);
        if (!answer.equals("y") && !answer.equals("yes")) {
            throw new CommandException("Nothing was changed.");
        }
    }
}
