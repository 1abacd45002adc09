package dev.tasker.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import sun.misc.Signal;

/** A command in this JVM that runs until it is told to stop. */
record RunningCommand(StringWriter written, CompletableFuture<Integer> exitCode) {
    private static final long STOP_SECONDS = 30;

    static RunningCommand start(String... arguments) {
        StringWriter written = new StringWriter();
        PrintWriter writer = new PrintWriter(written, true);
        CommandLine command = TaskerCommand.commandLine().setOut(writer).setErr(writer);
        CompletableFuture<Integer> exitCode = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> exitCode.complete(command.execute(arguments)));
        return new RunningCommand(written, exitCode);
    }

    /** What it printed so far. */
    String output() {
        return written.toString();
    }

    /**
     * Sends SIGTERM to this JVM and waits for the exit code. Only for a command that is seen to run: before that nobody takes the signal,
     * and the JVM of the tests ends.
     */
    int terminate() throws Exception {
        Signal.raise(new Signal("TERM"));
        return exitCode.get(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
