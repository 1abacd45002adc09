package dev.tasker.cli;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The commands as a parser. Reading the options of all of them takes longer than most commands take to run, so where the arguments begin with
 * the words of a command, only that one is there; in all other cases, a mistyped word or a question for help among them, everything is.
 */
final class CommandTree {
    private static final Set<String> ROOT_OPTIONS = Set.of("-p", "--profile", "-c", "--config", "--format");
    private static final Pattern ROOT_OPTION_ALONE =
            Pattern.compile("(?s)--(profile|config|format)=.*|-v+|--verbose|-q|--quiet");

    private final List<String> words;

    /** @param arguments none for all commands */
    CommandTree(String... arguments) {
        this.words = words(arguments);
    }

    /** Adds those of these commands that the arguments may mean, with what is below them. */
    CommandLine under(CommandLine root, Map<String, Class<?>> commands) {
        Class<?> only = commands.get(word(0));
        if (only == null) {
            commands.forEach((name, type) -> root.addSubcommand(name, command(type, "")));
        } else {
            root.addSubcommand(word(0), command(only, word(1)));
        }
        return root;
    }

    private static CommandLine command(Class<?> type, String word) {
        CommandLine command = new CommandLine(type);
        if (CommandGroup.class.isAssignableFrom(type)) {
            CommandGroup group = command.getCommand();
            List<AnnotatedElement> members = new ArrayList<>(group.classes());
            members.addAll(CommandLine.getCommandMethods(type, null));
            List<AnnotatedElement> named =
                    members.stream().filter(member -> isNamed(member, word)).toList();
            (named.isEmpty() ? members : named).forEach(command::addSubcommand);
        }
        return command;
    }

    private static boolean isNamed(AnnotatedElement member, String word) {
        Command command = member.getAnnotation(Command.class);
        return command.name().equals(word) || Arrays.asList(command.aliases()).contains(word);
    }

    private String word(int number) {
        return number < words.size() ? words.get(number) : "";
    }

    /** What stands behind options of the root and before any other. */
    private static List<String> words(String... arguments) {
        int at = 0;
        while (at < arguments.length
                && (ROOT_OPTIONS.contains(arguments[at])
                        || ROOT_OPTION_ALONE.matcher(arguments[at]).matches())) {
            at += ROOT_OPTIONS.contains(arguments[at]) ? 2 : 1;
        }
        return Stream.of(arguments)
                .skip(at)
                .takeWhile(argument -> !argument.startsWith("-"))
                .limit(2)
                .toList();
    }
}
