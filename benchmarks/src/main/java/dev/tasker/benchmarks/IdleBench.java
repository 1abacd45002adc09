package dev.tasker.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.tasker.engine.Migrations;
import dev.tasker.postgres.EmbeddedPostgres;
import dev.tasker.postgres.EmbeddedPostgresConfig;
import dev.tasker.server.TaskerServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What workers cost that have nothing to do: a server in this process, gRPC sessions in another one, PostgreSQL in its own. The processor
 * time of each is read by the system's account of it, in hundredths of a second, so that no process pays for another.
 */
public final class IdleBench {
    private static final Duration OPENING_MAX = Duration.ofMinutes(2);
    private static final long LOOK_MS = 100;

    private final int sessions;
    private final Duration window;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /**
     * A measurement to be made.
     *
     * @param window how long is measured, after as long a rest, so that opening the sessions does not count
     */
    public IdleBench(int sessions, Duration window) {
        this.sessions = sessions;
        this.window = window;
    }

    /**
     * Shares of one core during the window.
     *
     * @param seconds the window as it was
     * @param serverPercent of the server's process, its collector and compiler included
     * @param postgresPercent of PostgreSQL's processes that stood at both ends of the window
     * @param clientsPercent of the process with all the sessions
     */
    public record Report(
            int sessions, double seconds, double serverPercent, double postgresPercent, double clientsPercent) {

        /** One JSON object on one line. */
        public String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"idle\",\"sessions\":%d,\"seconds\":%.1f,\"server_cpu_percent\":%.2f,"
                            + "\"postgres_cpu_percent\":%.2f,\"clients_cpu_percent\":%.2f}",
                    sessions,
                    seconds,
                    serverPercent,
                    postgresPercent,
                    clientsPercent);
        }
    }

    /** Processor times so far, in nanoseconds. */
    private record Reading(long atNanos, long server, long postgres, long clients) {}

    /**
     * Measures and reports.
     *
     * @throws IllegalStateException unless all sessions stand before and after the window
     */
    public Report run() throws Exception {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.start(EmbeddedPostgresConfig.of(Files.createTempDirectory("tasker-bench"))
                        .withKeepData(false))) {
            postgres.createDatabase("bench");
            new Migrations(postgres.dataSource("bench")).migrate();
            try (TaskerServer server = BenchStack.server(postgres, "bench", new TaskTracker(), null)) {
                server.engine().register(Scenario.LINEAR.template(1));
                String address = "127.0.0.1:" + server.grpcPort().orElseThrow();
                try (IdleSessions clients = IdleSessions.start(address, sessions)) {
                    awaitAll(clients);
                    pause(window.toMillis());
                    Reading before = read(postgres, clients);
                    pause(window.toMillis());
                    Reading after = read(postgres, clients);
                    requireAll(clients.connected());
                    return report(before, after);
                }
            }
        }
    }

    private void awaitAll(IdleSessions clients) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + OPENING_MAX.toNanos();
        int connected = clients.connected();
        while (connected < sessions && System.nanoTime() < deadline) {
            pause(LOOK_MS);
            connected = clients.connected();
        }
        requireAll(connected);
    }

    private void requireAll(int connected) {
        if (connected != sessions) {
            throw new IllegalStateException("sessions: " + connected + " stand (expected: " + sessions + ")");
        }
    }

    private static void pause(long millis) throws InterruptedException {
        var _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }

    private Reading read(EmbeddedPostgres postgres, IdleSessions clients) {
        return new Reading(
                System.nanoTime(),
                system.getProcessCpuTime(),
                processorNanos(postgres.processId()),
                clients.processorTime().toNanos());
    }

    private static long processorNanos(long postmaster) {
        return ProcessHandle.of(postmaster).stream()
                .flatMap(parent -> Stream.concat(Stream.of(parent), parent.descendants()))
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .mapToLong(Duration::toNanos)
                .sum();
    }

    private Report report(Reading before, Reading after) {
        double nanos = (double) (after.atNanos - before.atNanos);
        return new Report(
                sessions,
                nanos / TimeUnit.SECONDS.toNanos(1),
                100 * (after.server - before.server) / nanos,
                100 * (after.postgres - before.postgres) / nanos,
                100 * (after.clients - before.clients) / nanos);
    }
}
