package dev.tasker.cli;

import java.io.Console;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The entry point. */
public final class Main {
    /** Commands whose output is for a person, with a log only when something is wrong. */
    private static final Set<String> QUIET = Set.of(
            "demo",
            "bench",
            "config",
            "template",
            "migrate",
            "doctor",
            "task",
            "dlq",
            "analytics",
            "system",
            "auth",
            "completion");

    /** Commands that only call a server, or none, and log nothing. */
    private static final Set<String> CALLING = Set.of("task", "dlq", "analytics", "system", "auth", "completion");

    /** Commands that run until they are stopped, and whose log is collected. */
    private static final Set<String> LASTING = Set.of("server", "worker");

    private Main() {}

    public static void main(String[] args) {
        System.setProperty("tasker.log.level", logLevel(args, System.getenv()));
        System.setProperty("tasker.log.format", logFormat(args, System.getenv(), isTerminal(System.console())));
        String command = command(args).orElse("");
        if (!CALLING.contains(command)) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        if (CALLING.contains(command)) {
            System.setProperty(
                    "otel.sdk.disabled",
                    "true"); // nobody traces them, and to ask for a trace takes a noticeable part of a start
        }
        int exitCode = TaskerCommand.commandLine(args).execute(args);
        if (exitCode == 0 && CALLING.contains(command)) {
            return; // nothing of theirs goes on; exit() would set up the log to tell that it was called
        }
        System.exit(exitCode);
    }

    /** {@code TASKER_LOG_FORMAT} decides; otherwise a process that lasts writes JSON where nobody looks at it (03 §4.6). */
    static String logFormat(String[] args, Map<String, String> environment, boolean terminal) {
        String wanted = environment.getOrDefault("TASKER_LOG_FORMAT", "");
        if (Set.of("json", "text").contains(wanted)) {
            return wanted;
        }
        return command(args).map(LASTING::contains).orElse(false) && !terminal ? "json" : "text";
    }

    /** The console is null where standard input or output is no terminal, depending on the runtime. */
    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    private static Optional<String> command(String[] args) {
        return Arrays.stream(args).filter(argument -> !argument.startsWith("-")).findFirst();
    }

    /** {@code -q} or {@code -v} decide, or {@code TASKER_LOG}, or {@code LOG_LEVEL}, or {@code RUST_LOG}, which earlier deployments set, or the command. */
    static String logLevel(String[] args, Map<String, String> environment) {
        String flagged = flaggedLevel(args);
        if (flagged != null) {
            return flagged;
        }
        for (String variable : new String[] {"TASKER_LOG", "LOG_LEVEL", "RUST_LOG"}) {
            String wanted = environment.getOrDefault(variable, "").toUpperCase(Locale.ROOT);
            if (Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF").contains(wanted)) {
                return wanted;
            }
        }
        boolean quiet = command(args).map(QUIET::contains).orElse(true);
        return quiet ? "WARN" : "INFO";
    }
    /** What stands before the command says; null for nothing (07 §3.1). */
    private static @Nullable String flaggedLevel(String[] args) {
        int verbosity = 0;
        for (String argument : args) {
            if (!argument.startsWith("-")) {
                break;
            }
            if (Set.of("-q", "--quiet").contains(argument)) {
                return "ERROR";
            }
            verbosity += argument.matches("-v+") ? argument.length() - 1 : argument.equals("--verbose") ? 1 : 0;
        }
        return verbosity == 0 ? null : List.of("INFO", "DEBUG", "TRACE").get(Math.min(verbosity, 3) - 1);
    }
}
