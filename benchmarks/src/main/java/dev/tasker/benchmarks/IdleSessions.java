package dev.tasker.benchmarks;

import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Workers that wait for steps, each with a connection and a session of its own, in a process that ends with the one that started it. */
final class IdleSessions implements AutoCloseable {
    private static final int SLOTS = 10;

    private final Process process;
    private final BufferedReader answers;

    private IdleSessions(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts the process; its sessions open one after the other from then on. */
    static IdleSessions start(String address, int sessions) throws IOException {
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dtasker.log.level=WARN",
                "-cp",
                System.getProperty("java.class.path"),
                IdleSessions.class.getName(),
                address,
                Integer.toString(sessions));
        return new IdleSessions(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /** How many of the sessions stand now. */
    int connected() throws IOException {
        OutputStream questions = process.getOutputStream();
        questions.write('\n');
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException(
                    "the process of the sessions has ended: " + process.onExit().join());
        }
        return Integer.parseInt(answer);
    }

    /** Processor time that the process has used so far. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    /** Holds the sessions open until its standard input ends; answers each line with how many stand. */
    public static void main(String[] arguments) throws Exception {
        hold(arguments[0], Integer.parseInt(arguments[1]), System.in, System.out);
    }

    static void hold(String address, int sessions, InputStream questions, PrintStream answers) throws IOException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        Deque<WorkerRuntime> workers = new ArrayDeque<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(questions, StandardCharsets.UTF_8))) {
            for (int i = 0; i < sessions; i++) {
                GrpcWorkSource source = new GrpcWorkSource(address, GrpcWorkSourceConfig.DEFAULT);
                opened.push(source);
                WorkerRuntime worker = WorkerRuntime.start(
                        source,
                        Scenario.handlers(),
                        WorkerConfig.defaults().withName("idle-" + i).withSlots(SLOTS));
                opened.push(worker);
                workers.push(worker);
            }
            while (lines.readLine() != null) {
                answers.println(
                        workers.stream().filter(WorkerRuntime::isConnected).count());
                answers.flush();
            }
        } finally {
            opened.forEach(IdleSessions::closeQuietly);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
