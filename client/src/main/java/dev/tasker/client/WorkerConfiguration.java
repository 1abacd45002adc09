package dev.tasker.client;

/** What a worker may tell of its configuration (03 §1.13); never a secret. */
public record WorkerConfiguration(
        ServerConfiguration.Metadata metadata,
        String workerId,
        String workerType,
        ServerConfiguration.Auth auth,
        ServerConfiguration.Messaging messaging) {}
