package dev.tasker.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A second Tasker process that holds an embedded PostgreSQL until it is killed or told to end. */
final class OtherJvm implements AutoCloseable {
    private static final String STARTED = "started ";

    private final Process process;
    private final BufferedReader output;

    private OtherJvm(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** What the other process runs: start, say so, wait for the end of input, close. */
    public static void main(String[] arguments) throws IOException {
        try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Path.of(arguments[0])))) {
            System.out.println(STARTED + postgres.processId() + " " + postgres.port());
            while (System.in.read() >= 0) {
                // nothing is sent; only the end matters
            }
        }
    }

    static OtherJvm start(Path folder, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherJvm.class.getName(),
                        folder.toString())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new OtherJvm(builder.start());
    }

    /** Process id and port of its PostgreSQL, once that runs. */
    List<Long> awaitStarted() throws IOException {
        var said = new ArrayList<String>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.add(line);
            if (line.startsWith(STARTED)) {
                String[] words = line.substring(STARTED.length()).split(" ", 2);
                return List.of(Long.valueOf(words[0]), Long.valueOf(words[1]));
            }
        }
        throw new AssertionError("the other JVM ended: " + String.join("\n", said));
    }

    long processId() {
        return process.pid();
    }

    /** SIGKILL: its PostgreSQL goes on. */
    void kill() {
        process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
