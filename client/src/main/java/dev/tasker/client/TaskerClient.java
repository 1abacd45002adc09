package dev.tasker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * A client of one server (or of several equal ones behind one address). Every call blocks its thread, which may well be a virtual one; an
 * interrupt ends it. Thread-safe: make one and share it. What goes wrong is a {@link TaskerException}.
 *
 * <p>Reads, cancellation and creation with an idempotency key are repeated when an answer is lost; everything else only when it certainly has
 * not begun ({@link RetryPolicy}).
 */
public final class TaskerClient implements AutoCloseable {
    private final Operations operations;

    private TaskerClient(Operations operations) {
        this.operations = operations;
    }

    /**
     * Connects with the first call, not before.
     *
     * @throws IllegalStateException when the transport is gRPC and grpc-java is not on the class path
     */
    public static TaskerClient of(ClientConfig config) {
        return new TaskerClient(
                switch (config.transport()) {
                    case REST -> new RestOperations(config);
                    case GRPC -> grpc(() -> new GrpcOperations(config));
                });
    }

    /** What needs optional libraries is loaded here, and only here. */
    static <T> T grpc(Supplier<T> made) {
        try {
            return made.get();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "transport: GRPC without " + e.getMessage()
                            + " (expected: io.grpc:grpc-netty-shaded and dev.tasker:tasker-protocol on the class path)",
                    e);
        }
    }

    /** A client with default limits and no credential; over gRPC when the scheme is {@code grpc} or {@code grpcs}, else over REST. */
    public static TaskerClient of(URI server) {
        return of(ClientConfig.of(server));
    }

    /** By a profile (07 §2): the one that files and environment choose, unless the builder is told another one. */
    public static ClientBuilder<TaskerClient> builder() {
        return new ClientBuilder<>(Endpoint.ORCHESTRATION, TaskerClient::of);
    }

    public Tasks tasks() {
        return operations.tasks();
    }

    /** Steps of tasks, and what an operator does to them. */
    public Steps steps() {
        return operations.steps();
    }

    public Templates templates() {
        return operations.templates();
    }

    public DeadLetters deadLetters() {
        return operations.deadLetters();
    }

    public Analytics analytics() {
        return operations.analytics();
    }

    public Health health() {
        return operations.health();
    }

    /** What the server may tell of its configuration; {@link TaskerException.NotFound} where it is told not to. */
    public ServerConfiguration configuration() throws InterruptedException {
        return operations.configuration();
    }

    /** The same operations without waiting for them. */
    public AsyncTaskerClient async() {
        return new AsyncTaskerClient(this);
    }

    /** Ends calls that are under way, and connections. */
    @Override
    public void close() {
        operations.close();
    }

    /** The version of this library. */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = TaskerClient.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties: not on the class path");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
