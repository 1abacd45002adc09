package dev.tasker.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A client of one worker process, which tells how it is and what it serves (03 §1.13, §2.3); steps go to it over the server alone. Calls block,
 * are repeated and fail as those of {@link TaskerClient}. Thread-safe.
 */
public final class WorkerClient implements AutoCloseable {
    private final WorkerOperations operations;

    private WorkerClient(WorkerOperations operations) {
        this.operations = operations;
    }

    /**
     * Connects with the first call, not before.
     *
     * @throws IllegalStateException when the transport is gRPC and grpc-java is not on the class path
     */
    public static WorkerClient of(ClientConfig config) {
        return new WorkerClient(
                switch (config.transport()) {
                    case REST -> new RestWorker(config);
                    case GRPC -> TaskerClient.grpc(() -> new GrpcWorker(config));
                });
    }

    /** With default limits and no credential; the address names its port. */
    public static WorkerClient of(URI worker) {
        return of(ClientConfig.of(worker));
    }

    /** By the worker of a profile (07 §2). */
    public static ClientBuilder<WorkerClient> builder() {
        return new ClientBuilder<>(Endpoint.WORKER, WorkerClient::of);
    }

    /** Whether somebody is there; {@code healthy}. */
    public WorkerStatus health() throws InterruptedException {
        return operations.health();
    }

    /** Whether the process lives; {@code alive}. */
    public WorkerStatus live() throws InterruptedException {
        return operations.live();
    }

    /**
     * Whether it takes steps.
     *
     * @throws TaskerException.Unavailable when it does not
     */
    public WorkerReport ready() throws InterruptedException {
        return operations.ready();
    }

    /** All checks, good and bad. */
    public WorkerReport detailed() throws InterruptedException {
        return operations.detailed();
    }

    /** What it serves, of all namespaces or of one. */
    public WorkerTemplateList templates(@Nullable String namespace) throws InterruptedException {
        return operations.templates(namespace);
    }

    public WorkerTemplate template(String namespace, String name, String version) throws InterruptedException {
        return operations.template(namespace, name, version);
    }

    /** Whether it can run a template that it serves. <i>REST only.</i> */
    public WorkerTemplateValidation validate(String namespace, String name, String version)
            throws InterruptedException {
        return operations.validate(namespace, name, version);
    }

    /** What it may tell of its configuration. */
    public WorkerConfiguration configuration() throws InterruptedException {
        return operations.configuration();
    }

    /** All metrics in the text form of Prometheus. <i>REST only.</i> */
    public String metrics() throws InterruptedException {
        return operations.metrics();
    }

    /** Ends calls that are under way, and connections. */
    @Override
    public void close() {
        operations.close();
    }
}
