package dev.tasker.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The entry point. */
public final class Main {
    /** Commands whose output is for a person, with a log only when something is wrong. */
    private static final Set<String> QUIET =
            Set.of("demo", "bench", "template", "migrate", "doctor", "task", "dlq", "analytics", "system", "auth");

    /** Commands that only call a server, or none. */
    private static final Set<String> CALLING = Set.of("task", "dlq", "analytics", "system", "auth");

    private Main() {}

    public static void main(String[] args) {
        System.setProperty("tasker.log.level", logLevel(args, System.getenv()));
        String command = command(args);
        if (!CALLING.contains(command)) { // those log nothing, and setting a log up is a third of their start
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        System.exit(TaskerCommand.commandLine(command).execute(args));
    }

    /** {@code TASKER_LOG} decides, or {@code RUST_LOG}, which earlier deployments set, or the command. */
    static String logLevel(String[] args, Map<String, String> environment) {
        for (String variable : new String[] {"TASKER_LOG", "RUST_LOG"}) {
            String wanted = environment.getOrDefault(variable, "").toUpperCase(Locale.ROOT);
            if (Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF").contains(wanted)) {
                return wanted;
            }
        }
        String command = command(args);
        return command.isEmpty() || QUIET.contains(command) ? "WARN" : "INFO";
    }

    /** The first word that is no option; empty when there is none. */
    private static String command(String[] args) {
        return Arrays.stream(args)
                .filter(argument -> !argument.startsWith("-"))
                .findFirst()
                .orElse("");
    }
}
