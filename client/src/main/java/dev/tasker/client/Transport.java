package dev.tasker.client;

/** What a client speaks with its server. Operations, records and failures are the same. */
public enum Transport {
    /** HTTP/1.1 with JSON; every operation there is. Needs nothing beyond the JDK and Jackson. */
    REST,
    /** The earlier system's {@code tasker.v1} on a port of its own (03 §2). Needs grpc-java and {@code tasker-protocol} on the class path. */
    GRPC
}
