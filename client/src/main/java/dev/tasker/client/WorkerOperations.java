package dev.tasker.client;

import org.jspecify.annotations.Nullable;

/** What {@link WorkerClient} can do over a transport. Thread-safe. */
interface WorkerOperations extends AutoCloseable {
    WorkerStatus health() throws InterruptedException;

    WorkerStatus live() throws InterruptedException;

    WorkerReport ready() throws InterruptedException;

    WorkerReport detailed() throws InterruptedException;

    WorkerTemplateList templates(@Nullable String namespace) throws InterruptedException;

    WorkerTemplate template(String namespace, String name, String version) throws InterruptedException;

    WorkerTemplateValidation validate(String namespace, String name, String version) throws InterruptedException;

    WorkerConfiguration configuration() throws InterruptedException;

    String metrics() throws InterruptedException;

    @Override
    void close();
}
