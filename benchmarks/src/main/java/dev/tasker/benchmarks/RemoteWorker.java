package dev.tasker.benchmarks;

import dev.tasker.worker.WorkSource;
import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import dev.tasker.worker.remote.HttpWorkSource;
import dev.tasker.worker.remote.HttpWorkSourceConfig;
import dev.tasker.worker.remote.WorkerCredential;
import dev.tasker.worker.remote.WorkerTls;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The worker of a remote transport: a process of its own, which ends with the one that started it. */
final class RemoteWorker implements AutoCloseable {
    private final Process process;

    private RemoteWorker(Process process) {
        this.process = process;
    }

    /**
     * Starts a worker process that connects to a server.
     *
     * @param address host and port of gRPC, or the URL of REST
     * @param credentials null: no TLS and no token
     */
    static RemoteWorker start(String address, int slots, @Nullable BenchCredentials credentials) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dtasker.log.level=WARN",
                "-cp",
                System.getProperty("java.class.path"),
                RemoteWorker.class.getName(),
                address,
                Integer.toString(slots)));
        if (credentials != null) {
            command.add(credentials.certificate().toString());
            command.add(credentials.token().toString());
        }
        return new RemoteWorker(new ProcessBuilder(command)
                .redirectError(Redirect.INHERIT)
                .redirectOutput(Redirect.DISCARD)
                .start());
    }

    /** Runs the worker until its standard input ends. */
    public static void main(String[] arguments) throws Exception {
        boolean secure = arguments.length > 2;
        WorkerTls tls = secure ? new WorkerTls(Path.of(arguments[2]), null, null) : null;
        WorkerCredential credential = secure ? WorkerCredential.bearerFile(Path.of(arguments[3])) : null;
        int slots = Integer.parseInt(arguments[1]);
        CountDownLatch parentGone = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                System.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // the parent is gone either way
            }
            parentGone.countDown();
        });
        try (WorkSource source = source(arguments[0], tls, credential);
                WorkerRuntime worker = WorkerRuntime.start(
                        source,
                        Scenario.handlers(),
                        WorkerConfig.defaults().withName("bench-remote").withSlots(slots))) {
            parentGone.await();
            worker.close();
        }
    }

    private static WorkSource source(String address, @Nullable WorkerTls tls, @Nullable WorkerCredential credential) {
        return HttpWorkSource.isHttp(address)
                ? new HttpWorkSource(
                        URI.create(address),
                        HttpWorkSourceConfig.DEFAULT.withCredential(credential).withTls(tls))
                : new GrpcWorkSource(
                        address,
                        GrpcWorkSourceConfig.DEFAULT.withCredential(credential).withTls(tls));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
