package dev.tasker.cli.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of the kind users run, on the class path of the test. Closing ends it as an operator would, and by force after a while. */
public final class ChildJvm implements AutoCloseable {
    private static final Duration END_MAX = Duration.ofSeconds(20);

    private final String name;
    private final Process process;
    private final List<String> output = new ArrayList<>(); // guarded by itself
    private boolean ended; // guarded by output

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread.ofVirtual().name(name + "-output").start(this::read);
    }

    /**
     * Starts a main class.
     *
     * @param environment all that the process sees of Tasker's variables
     */
    public static ChildJvm start(String name, Class<?> main, Map<String, String> environment, String... arguments) {
        return start(name, System.getProperty("tasker.jacoco.agent", ""), main, environment, arguments);
    }

    /** As {@link #start}, without counting coverage, which takes seconds of the start. */
    static ChildJvm startUncounted(String name, Class<?> main, Map<String, String> environment, String... arguments) {
        return start(name, "", main, environment, arguments);
    }

    private static ChildJvm start(
            String name, String agent, Class<?> main, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        if (!agent.isBlank()) {
            command.add(agent);
        }
        command.addAll(List.of(
                "-Xshare:auto",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(key -> key.startsWith("TASKER_") || key.equals("DATABASE_URL") || key.equals("RUST_LOG"));
        builder.environment().putAll(environment);
        try {
            return new ChildJvm(name, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** The first match of the pattern in a line of the output, past or to come; fails when the process ends without one. */
    public Matcher awaitLine(String pattern, Duration max) {
        Pattern wanted = Pattern.compile(pattern);
        long deadline = System.nanoTime() + max.toNanos();
        synchronized (output) {
            int read = 0;
            while (true) {
                for (; read < output.size(); read++) {
                    Matcher matcher = wanted.matcher(output.get(read));
                    if (matcher.find()) {
                        return matcher;
                    }
                }
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || leftMs <= 0) {
                    throw new AssertionError(name + (ended ? " ended" : " did not in " + max + " print") + " '"
                            + pattern + "':\n" + String.join("\n", output));
                }
                try {
                    output.wait(leftMs);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(e);
                }
            }
        }
    }

    public String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** SIGKILL, and waits until the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: no thread runs, no socket closes. */
    void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    /** SIGTERM, and waits for the exit code. */
    public int stop() {
        process.destroy();
        awaitEnd();
        return process.exitValue();
    }

    /** One more SIGTERM, without waiting. */
    void terminate() {
        signal("TERM");
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            resume(); // a stopped process hears no SIGTERM
            process.destroy();
            try {
                if (!process.waitFor(END_MAX)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .orTimeout(END_MAX.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        process.onExit().orTimeout(END_MAX.toSeconds(), TimeUnit.SECONDS).join();
    }

    private void read() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (output) {
                    output.add(line);
                    output.notifyAll();
                }
            }
        } catch (IOException e) {
            // killed: what it wrote until then is there
        }
        synchronized (output) {
            ended = true;
            output.notifyAll();
        }
    }
}
