package dev.tasker.client;

/** All that a transport can do. Thread-safe. */
interface Operations extends AutoCloseable {
    Tasks tasks();

    Steps steps();

    Templates templates();

    DeadLetters deadLetters();

    Analytics analytics();

    Health health();

    ServerConfiguration configuration() throws InterruptedException;

    /** Ends calls that are under way, and connections. */
    @Override
    void close();
}
