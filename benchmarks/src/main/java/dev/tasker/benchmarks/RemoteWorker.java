package dev.tasker.benchmarks;

import dev.tasker.worker.WorkerConfig;
import dev.tasker.worker.WorkerRuntime;
import dev.tasker.worker.remote.GrpcWorkSource;
import dev.tasker.worker.remote.GrpcWorkSourceConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The worker of the gRPC transport: a process of its own, which ends with the one that started it. */
final class RemoteWorker implements AutoCloseable {
    private final Process process;

    private RemoteWorker(Process process) {
        this.process = process;
    }

    /** Starts a worker process that connects to the gateway on this port. */
    static RemoteWorker start(int port, int slots) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dtasker.log.level=WARN",
                "-cp",
                System.getProperty("java.class.path"),
                RemoteWorker.class.getName(),
                Integer.toString(port),
                Integer.toString(slots)));
        return new RemoteWorker(builder.redirectError(Redirect.INHERIT)
                .redirectOutput(Redirect.DISCARD)
                .start());
    }

    /** Runs the worker until its standard input ends. */
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
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
        try (GrpcWorkSource source = new GrpcWorkSource("127.0.0.1:" + port, GrpcWorkSourceConfig.DEFAULT);
                WorkerRuntime worker = WorkerRuntime.start(
                        source,
                        Scenario.handlers(),
                        WorkerConfig.defaults().withName("bench-remote").withSlots(slots))) {
            parentGone.await();
            worker.close();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
