package dev.tasker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Properties;

/**
 * A client of one server (or of several equal ones behind one address). Every call blocks its thread, which may well be a virtual one; an
 * interrupt ends it. Thread-safe: make one and share it. What goes wrong is a {@link TaskerException}.
 *
 * <p>Reads, cancellation and creation with an idempotency key are repeated when an answer is lost; everything else only when it certainly has
 * not begun ({@link RetryPolicy}).
 */
public final class TaskerClient implements AutoCloseable {
    private final Calls calls;
    private final Tasks tasks;
    private final Steps steps;
    private final Templates templates;
    private final DeadLetters deadLetters;
    private final Analytics analytics;
    private final Health health;

    private TaskerClient(Calls calls) {
        this.calls = calls;
        this.tasks = new Tasks(calls);
        this.steps = new Steps(calls);
        this.templates = new Templates(calls);
        this.deadLetters = new DeadLetters(calls);
        this.analytics = new Analytics(calls);
        this.health = new Health(calls);
    }

    /** Connects with the first call, not before. */
    public static TaskerClient of(ClientConfig config) {
        return new TaskerClient(new Calls(config));
    }

    /** A client with default limits and no credential. */
    public static TaskerClient of(URI server) {
        return of(ClientConfig.of(server));
    }

    public Tasks tasks() {
        return tasks;
    }

    /** Steps of tasks, and what an operator does to them. */
    public Steps steps() {
        return steps;
    }

    public Templates templates() {
        return templates;
    }

    public DeadLetters deadLetters() {
        return deadLetters;
    }

    public Analytics analytics() {
        return analytics;
    }

    public Health health() {
        return health;
    }

    /** What the server may tell of its configuration; {@link TaskerException.NotFound} where it is told not to. */
    public ServerConfiguration configuration() throws InterruptedException {
        return calls.call(Request.get("/config"), ServerConfiguration.class);
    }

    /** Ends calls that are under way, and connections. */
    @Override
    public void close() {
        calls.close();
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
