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

    private Main() {}

    public static void main(String[] args) {
        System.setProperty("tasker.log.level", logLevel(args, System.getenv()));
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        System.exit(TaskerCommand.commandLine().execute(args));
    }

    /** {@code TASKER_LOG} decides, or {@code RUST_LOG}, which earlier deployments set, or the command. */
    static String logLevel(String[] args, Map<String, String> environment) {
        for (String variable : new String[] {"TASKER_LOG", "RUST_LOG"}) {
            String wanted = environment.getOrDefault(variable, "").toUpperCase(Locale.ROOT);
            if (Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF").contains(wanted)) {
                return wanted;
            }
        }
        boolean quiet = Arrays.stream(args)
                .filter(argument -> !argument.startsWith("-"))
                .findFirst()
                .map(QUIET::contains)
                .orElse(true);
        return quiet ? "WARN" : "INFO";
    }
}
