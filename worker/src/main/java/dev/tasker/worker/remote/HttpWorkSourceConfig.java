package dev.tasker.worker.remote;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a worker polls.
 *
 * @param pollWait how long the server may keep a poll without work; it takes less when it is configured so
 * @param callTimeout when any other call without an answer has failed
 * @param credential null: none is shown
 * @param tls for {@code https}; null: what the platform trusts
 */
public record HttpWorkSourceConfig(
        Duration pollWait,
        Duration callTimeout,
        Reconnection reconnection,
        @Nullable WorkerCredential credential,
        @Nullable WorkerTls tls) {

    public static final HttpWorkSourceConfig DEFAULT =
            new HttpWorkSourceConfig(Duration.ofSeconds(25), Duration.ofSeconds(40), Reconnection.DEFAULT, null, null);

    public HttpWorkSourceConfig {
        if (pollWait.isNegative() || pollWait.compareTo(Duration.ofSeconds(30)) > 0) {
            throw new IllegalArgumentException("poll_wait: " + pollWait + " (expected: PT0S to PT30S)");
        }
        if (callTimeout.compareTo(Duration.ofMillis(10)) < 0) {
            throw new IllegalArgumentException("call_timeout: " + callTimeout + " (expected: >= PT0.01S)");
        }
    }

    /** Trying again like this. */
    public HttpWorkSourceConfig withReconnection(Reconnection newReconnection) {
        return new HttpWorkSourceConfig(pollWait, callTimeout, newReconnection, credential, tls);
    }

    /** With this credential, null: with none. */
    public HttpWorkSourceConfig withCredential(@Nullable WorkerCredential newCredential) {
        return new HttpWorkSourceConfig(pollWait, callTimeout, reconnection, newCredential, tls);
    }

    /** With these files for TLS, null: with those of the platform. */
    public HttpWorkSourceConfig withTls(@Nullable WorkerTls newTls) {
        return new HttpWorkSourceConfig(pollWait, callTimeout, reconnection, credential, newTls);
    }
}
